internal import DescentSpecs

/// Packages of one optimizer or a few: transformers 5.24, prodigyopt 1.1, dadaptation 3.2, lion-pytorch 0.2.
enum SmallLibraries {
  /// The form of transformers, without its last settings.
  static let adafactor =
    "adafactor(epsilon: {eps.0}, epsilon2: {eps.1}, clip: {clip_threshold}, decayRate: {decay_rate}, "
    + "weightDecay: {weight_decay}, scaleByParameter: {scale_parameter}, relativeStep: {relative_step}, "
    + "warmup: {warmup_init}"

  static let transformers: [LibraryRule] = [
    LibraryRule(
      "Adafactor",
      "params, lr=None, eps=(1e-30, 1e-3), clip_threshold=1.0, decay_rate=-0.8, beta1=None, "
        + "weight_decay=0.0, scale_parameter=True, relative_step=True, warmup_init=False", rate: nil
    ) { arguments throws(SpecError) in
      let isRelative = try arguments.flag("relative_step")
      if try arguments.isNone("lr") {
        guard isRelative else { throw arguments.error("can only be False where lr is given", on: "relative_step") }
      } else {
        guard !isRelative else {
          throw arguments.error("can only be given with relative_step=False, as transformers itself says", on: "lr")
        }
        arguments.outerRate = try arguments.rate("lr")
      }
      if try arguments.flag("warmup_init"), !isRelative {
        throw arguments.error("needs relative_step=True", on: "warmup_init")
      }
      let momentum = try arguments.isNone("beta1") ? "" : ", beta1: {beta1}"
      return adafactor + "\(momentum))"
    },
    .refused("AdamW", "transformers has none of its own any more; use --from torch"),
  ]

  static let prodigyopt: [LibraryRule] = [
    LibraryRule(
      "Prodigy",
      "params, lr=1.0, betas=(0.9, 0.999), beta3=None, eps=1e-8, weight_decay=0, decouple=True, "
        + "use_bias_correction=False, safeguard_warmup=False, d0=1e-6, d_coef=1.0, growth_rate=inf, fsdp_in_use=False, "
        + "slice_p=1"
    ) { arguments throws(SpecError) in
      let beta3 = try arguments.isNone("beta3") ? "" : "beta3: {beta3}, "
      return
        "prodigy(\(TorchOptimizers.moments), \(beta3)decoupled: {decouple}, biasCorrection: {use_bias_correction}, "
        + "safeguardWarmup: {safeguard_warmup}, d0: {d0}, coefficient: {d_coef}, growthRate: {growth_rate})"
    }
  ]

  static let dadaptation: [LibraryRule] = [
    LibraryRule(
      "DAdaptAdam",
      "params, lr=1.0, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, log_every=0, decouple=False, "
        + "use_bias_correction=False, d0=1e-6, growth_rate=inf, fsdp_in_use=False"
    ) { arguments throws(SpecError) in
      let inner = try arguments.flag("decouple") ? "adamw" : "adam"
      return "dAdaptation(\(inner)(\(TorchOptimizers.moments), biasCorrection: {use_bias_correction}), \(start))"
    },
    LibraryRule(
      "DAdaptSGD",
      "params, lr=1.0, momentum=0.0, weight_decay=0, log_every=0, d0=1e-6, growth_rate=inf, "
        + "fsdp_in_use=False", "dAdaptation(sgd(momentum: {momentum}, weightDecay: {weight_decay}), \(start))"),
    LibraryRule(
      "DAdaptAdaGrad", "params, lr=1.0, momentum=0, log_every=0, weight_decay=0.0, eps=1e-6, d0=1e-6, growth_rate=inf",
      "dAdaptation(adagrad(epsilon: {eps}, initialAccumulator: {eps}, weightDecay: {weight_decay}), \(start))"),
    LibraryRule(
      "DAdaptLion", "params, lr=1.0, betas=(0.9, 0.99), weight_decay=0.0, log_every=0, d0=1e-6, fsdp_in_use=False",
      "dAdaptation(lion(beta1: {betas.0}, beta2: {betas.1}, weightDecay: {weight_decay}), d0: {d0})"),
    LibraryRule(
      "DAdaptAdan",
      "params, lr=1.0, betas=(0.98, 0.92, 0.99), eps=1e-8, weight_decay=0.02, no_prox=False, "
        + "log_every=0, d0=1e-6, growth_rate=inf",
      "dAdaptation(adan(\(TorchOptimizers.moments), beta3: {betas.2}), \(start))"),
  ]

  static let lionPytorch: [LibraryRule] = [
    LibraryRule(
      "Lion", "params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, use_triton=False, decoupled_weight_decay=False"
    ) { arguments throws(SpecError) in
      let decay = try arguments.real("weight_decay")
      let rate = try arguments.rate("lr")
      let isIndependent = try arguments.flag("decoupled_weight_decay")
      let factor = isIndependent && rate > 0 ? decay / rate : decay
      return "lion(beta1: {betas.0}, beta2: {betas.1}, weightDecay: \(plain(factor)))"
    }
  ]

  private static let start = "d0: {d0}, growthRate: {growth_rate}"
}
