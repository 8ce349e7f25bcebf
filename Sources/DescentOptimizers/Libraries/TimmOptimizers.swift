internal import DescentSpecs

/// timm's own optimizer classes (`timm.optim`, 1.0.31); PyTorch's it hands on.
enum TimmOptimizers {
  static let rules: [LibraryRule] = [
    timm(
      "AdaBelief",
      "params, lr=1e-3, betas=(0.9, 0.999), eps=1e-16, weight_decay=0, amsgrad=False, "
        + "decoupled_decay=True, fixed_decay=False, rectify=True, degenerated_to_sgd=True, foreach=None"
    ) { arguments throws(SpecError) in
      guard try !arguments.flag("rectify") else {
        throw arguments.error("must be False to be followed: rectification is not among our rules", on: "rectify")
      }
      arguments.pass("degenerated_to_sgd")
      return "adabelief(\(moments), decoupled: {decoupled_decay})"
    },
    timm(
      "AdamP",
      "params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, delta=0.1, wd_ratio=0.1, "
        + "nesterov=False, caution=False", cautious: "caution",
      "adamp(\(moments), delta: {delta}, projectedDecay: {wd_ratio}, nesterov: {nesterov})"),
    timm(
      "AdamWLegacy",
      "\(adam), weight_decay=1e-2, amsgrad=False, caution=False, corrected_weight_decay=False, "
        + "maximize=False, foreach=None, capturable=False, clipping_threshold=None", cautious: "caution",
      "adamw(\(moments), amsgrad: {amsgrad})"),
    timm(
      "NAdamW",
      "\(adam), weight_decay=1e-2, caution=False, corrected_weight_decay=False, maximize=False, foreach=None, "
        + "capturable=False, clipping_threshold=None", cautious: "caution", "nadamw(style: timm, \(moments))"),
    timm(
      "Adan",
      "params, lr=1e-3, betas=(0.98, 0.92, 0.99), eps=1e-8, weight_decay=0.0, no_prox=False, caution=False, "
        + "foreach=None", cautious: "caution"
    ) { arguments throws(SpecError) in
      let isPlain = try arguments.flag("no_prox")
      return "adan(\(moments), beta3: {betas.2}, proximal: \(!isPlain))"
    },
    timm(
      "Adopt",
      "params, lr=1e-3, betas=(0.9, 0.9999), eps=1e-6, clip_exp=0.333, weight_decay=0.0, decoupled=False, "
        + "corrected_weight_decay=False, *, caution=False, foreach=None, maximize=False, capturable=False, "
        + "differentiable=False", cautious: "caution"
    ) { arguments throws(SpecError) in
      guard try !arguments.isNone("clip_exp") else {
        throw arguments.error("must be a number to be followed: our rule always has a bound", on: "clip_exp")
      }
      return "adopt(\(moments), clipExponent: {clip_exp}, decoupled: {decoupled})"
    },
    timm(
      "LaProp",
      "params, lr=4e-4, betas=(0.9, 0.999), eps=1e-15, weight_decay=0.0, caution=False, "
        + "corrected_weight_decay=False, foreach=None", cautious: "caution", "laprop(\(moments))"),
    timm(
      "Lamb",
      "params, lr=1e-3, bias_correction=True, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01, "
        + "grad_averaging=True, max_grad_norm=1.0, trust_clip=False, always_adapt=False, caution=False, "
        + "decoupled_decay=False, corrected_weight_decay=False, foreach=None", cautious: "caution"
    ) { arguments throws(SpecError) in
      let limit = try arguments.isNone("max_grad_norm") ? "" : ", maxGradientNorm: {max_grad_norm}"
      return "lamb(\(moments), biasCorrection: {bias_correction}\(limit), clip: {trust_clip}, "
        + "adaptWithoutDecay: {always_adapt})"
    },
    timm(
      "Lars",
      "params, lr=1.0, momentum=0, dampening=0, weight_decay=0, nesterov=False, trust_coeff=0.001, eps=1e-8, "
        + "trust_clip=False, always_adapt=False, foreach=None"
    ) { arguments throws(SpecError) in
      let momentum = "momentum: {momentum}, dampening: {dampening}, nesterov: {nesterov}"
      if try arguments.real("weight_decay") == 0, try !arguments.flag("always_adapt") {
        for name in ["trust_coeff", "eps", "trust_clip"] { arguments.pass(name) }
        arguments.notes.append("Without weight decay timm leaves the trust ratio out, unless always_adapt=True.")
        return "sgd(\(momentum))"
      }
      arguments.pass("always_adapt")
      return "lars(\(momentum), weightDecay: {weight_decay}, trustCoefficient: {trust_coeff}, epsilon: {eps}, "
        + "clip: {trust_clip})"
    },
    timm(
      "Lion",
      "params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, caution=False, corrected_weight_decay=False, "
        + "maximize=False, foreach=None", cautious: "caution",
      "lion(beta1: {betas.0}, beta2: {betas.1}, weightDecay: {weight_decay})"),
    timm(
      "MADGRAD", "params, lr=1e-2, momentum=0.9, weight_decay=0, eps=1e-6, decoupled_decay=False",
      "madgrad(momentum: {momentum}, weightDecay: {weight_decay}, epsilon: {eps}, decoupled: {decoupled_decay})"),
    timm(
      "Mars",
      "params, lr=3e-3, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.0, gamma=0.025, mars_type='adamw', "
        + "optimize_1d=False, lr_1d_factor=1.0, betas_1d=None, caution=False", cautious: "caution"
    ) { arguments throws(SpecError) in
      let base = try arguments.text("mars_type") ?? "adamw"
      guard ["adamw", "lion"].contains(base) else {
        throw arguments.error("can be followed with 'adamw' or 'lion'", on: "mars_type")
      }
      return "mars(\(moments), gamma: {gamma}, base: \(base))"
    },
    timm(
      "NvNovoGrad",
      "params, lr=1e-3, betas=(0.95, 0.98), eps=1e-8, weight_decay=0, grad_averaging=False, "
        + "amsgrad=False, decoupled_decay=False, corrected_weight_decay=False",
      "novograd(\(moments), averaging: {grad_averaging})"),
    timm(
      "RMSpropTF",
      "params, lr=1e-2, alpha=0.9, eps=1e-10, weight_decay=0, momentum=0.0, centered=False, "
        + "decoupled_decay=False, corrected_weight_decay=False, lr_in_momentum=True, caution=False, foreach=None",
      cautious: "caution"
    ) { arguments throws(SpecError) in
      var momentum = ""
      if try arguments.real("momentum") > 0 {
        momentum = ", momentum: {momentum}, rateInMomentum: {lr_in_momentum}"
      } else {
        arguments.pass("lr_in_momentum")
      }
      return "rmsprop(beta2: {alpha}, epsilon: 0, epsilonInside: {eps}, initialAccumulator: 1, centered: {centered}, "
        + "weightDecay: {weight_decay}, decoupled: {decoupled_decay}\(momentum))"
    },
    timm(
      "SGDW",
      "params, lr=1e-3, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, *, caution=False, "
        + "corrected_weight_decay=False, maximize=False, foreach=None, differentiable=False", cautious: "caution",
      "sgdw(momentum: {momentum}, dampening: {dampening}, weightDecay: {weight_decay}, nesterov: {nesterov})"),
    .refused(
      "Lookahead", "timm's slow weights begin at the first synchronization, ours (and the paper's) at the start"),
    .refused("Adafactor", "timm's keeps matrices with a side below min_dim_size_to_factor whole and has its own rate"),
    .refused("AdafactorBigVision", "Big Vision's form is not among our rules"),
    .refused("Adahessian", "it estimates curvature along directions drawn at random"),
    .refused("Kron", "PSGD is not among our rules"),
    .refused("Muon", "timm's own scaling and fallback are not among our rules; --from torch has PyTorch's"),
    .refused("SGDP", "SGDP is not among our rules"),
    .refused("NAdamLegacy", "timm's older form is not among our rules; nadam is PyTorch's"),
    .refused("RAdamLegacy", "timm's older form is not among our rules; radam is PyTorch's"),
  ]

  private static let moments = TorchOptimizers.moments
  private static let adam = "params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8"

  /// `cautious`: the flag that lets only those elements of a step through that agree with the gradient.
  private static func timm(
    _ name: String, _ signature: String, cautious: String? = nil, reading: @escaping LibraryRule.Reading
  ) -> LibraryRule {
    LibraryRule(name, signature) { arguments throws(SpecError) in
      let inner = try reading(&arguments)
      if let cautious, try arguments.flag(cautious) { return "cautious(\(inner))" }
      return inner
    }
  }

  private static func timm(
    _ name: String, _ signature: String, cautious: String? = nil, _ template: String
  ) -> LibraryRule {
    timm(name, signature, cautious: cautious) { _ in template }
  }
}
