internal import DescentSpecs

/// `optax.contrib`, 0.2.8.
enum OptaxContributions {
  private static let moments = OptaxOptimizers.moments
  private static func optax(_ name: String, _ signature: String, _ template: String) -> LibraryRule {
    OptaxOptimizers.optax(name, signature, template)
  }

  static let rules: [LibraryRule] = [
    LibraryRule(
      "schedule_free_sgd",
      "learning_rate=1.0, warmup_steps=None, b1=0.9, weight_decay=None, weight_lr_power=2.0, "
        + "state_dtype=None", rate: "learning_rate"
    ) { arguments throws(SpecError) in
      let decay = try arguments.isNone("weight_decay") ? "sgd" : "sgd(weightDecay: {weight_decay})"
      return try scheduleFree(decay, &arguments)
    },
    LibraryRule(
      "schedule_free_adamw",
      "learning_rate=0.0025, warmup_steps=None, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0, "
        + "weight_lr_power=2.0, state_dtype=None", rate: "learning_rate"
    ) { arguments throws(SpecError) in
      try scheduleFree("adamw(beta2: {b2}, epsilon: {eps}, weightDecay: {weight_decay})", &arguments)
    },
    LibraryRule(
      "prodigy",
      "learning_rate=1.0, betas=(0.9, 0.999), beta3=None, eps=1e-8, estim_lr0=1e-6, estim_lr_coef=1.0, "
        + "weight_decay=0.0, safeguard_warmup=False", rate: "learning_rate"
    ) { arguments throws(SpecError) in
      let beta3 = try arguments.isNone("beta3") ? "" : "beta3: {beta3}, "
      return "prodigy(\(TorchOptimizers.moments), \(beta3)biasCorrection: true, d0: {estim_lr0}, "
        + "coefficient: {estim_lr_coef}, safeguardWarmup: {safeguard_warmup})"
    },
    LibraryRule(
      "dadapt_adamw", "learning_rate=1.0, betas=(0.9, 0.999), eps=1e-8, estim_lr0=1e-6, weight_decay=0.0",
      rate: "learning_rate", "dAdaptation(adamw(\(TorchOptimizers.moments)), d0: {estim_lr0})"),
    LibraryRule(
      "dog", "learning_rate=1.0, init_step=('heuristic', 1e-6), eps=1e-8, weight_decay=None, mask=None",
      rate: "learning_rate", reading: dog),
    LibraryRule(
      "dowg", "learning_rate=1.0, init_estim_sq_dist=None, eps=1e-4, weight_decay=None, mask=None",
      rate: "learning_rate"
    ) { arguments throws(SpecError) in
      let first = try arguments.isNone("init_estim_sq_dist") ? "{eps}" : "{init_estim_sq_dist}"
      let decay = try arguments.isNone("weight_decay") ? "" : ", weightDecay: {weight_decay}"
      return "dowg(initialSquaredDistance: \(first), epsilon: {eps}\(decay))"
    },
    OptaxOptimizers.optax(
      "muon",
      "learning_rate, ns_coeffs=(3.4445, -4.775, 2.0315), ns_steps=5, beta=0.95, eps=1e-8, weight_decay=0.0, "
        + "weight_decay_mask=None, mu_dtype=None, *, nesterov=True, adaptive=False, preconditioning='frobenius', "
        + "adam_b1=0.9, adam_b2=0.999, adam_eps_root=0.0, adam_weight_decay=0.0, adam_learning_rate=None, "
        + "muon_weight_dimension_numbers=None, consistent_rms=None"
    ) { arguments throws(SpecError) in
      let rms = try arguments.optionalReal("consistent_rms")
      guard rms == nil || rms == 0.2 else {
        throw arguments.error("can be followed with None or 0.2", on: "consistent_rms")
      }
      return "muon(style: optax, products: full, newtonSchulzSteps: {ns_steps}, momentum: {beta}, "
        + "weightDecay: {weight_decay}, "
        + "nesterov: {nesterov}, adaptive: {adaptive}, auxiliaryWeightDecay: {adam_weight_decay}, "
        + "scale: \(rms == nil ? "original" : "matchRMS"), matrices: all)"
    },
    OptaxOptimizers.optax(
      "ademamix",
      "learning_rate, b1=0.9, b2=0.999, b3=0.9999, alpha=5.0, eps=1e-8, eps_root=0.0, mu_dtype=None, "
        + "weight_decay=0.0, mask=None"
    ) { arguments throws(SpecError) in
      "ademamix(\(moments), beta3: {b3}, alpha: {alpha}, weightDecay: {weight_decay}, decoupled: true)"
    },
    optax(
      "simplified_ademamix",
      "learning_rate, b1=0.99, b2=0.95, alpha=0.0, eps=1e-8, eps_root=0.0, weight_decay=0.0, "
        + "mask=None",
      "simplifiedAdEMAMix(\(moments), alpha: {alpha}, weightDecay: {weight_decay}, decoupled: true)"),
    LibraryRule(
      "mechanize", "base_optimizer, weight_decay=1e-2, eps=1e-8, s_init=1e-6, num_betas=6", rate: nil
    ) { arguments throws(SpecError) in
      let inner = try arguments.inner("base_optimizer")
      return "mechanic(\(inner), decay: {weight_decay}, epsilon: {eps}, initial: {s_init}, betas: {num_betas})"
    },
    LibraryRule(
      "sam", "optimizer, adv_optimizer, sync_period=2, reset_state=True, opaque_mode=False, batch_axis_name=None",
      rate: nil, reading: sam),
    LibraryRule(
      "cocob", "learning_rate=1.0, alpha=100.0, eps=1e-8, weight_decay=0.0, mask=None", rate: "learning_rate",
      "cocob(alpha: {alpha}, epsilon: {eps}, weightDecay: {weight_decay})"),
    LibraryRule(
      "momo", "learning_rate=1.0, beta=0.9, lower_bound=0.0, weight_decay=0.0, adapt_lower_bound=False",
      rate: "learning_rate",
      "momo(beta1: {beta}, lowerBound: {lower_bound}, weightDecay: {weight_decay}, estimateBound: {adapt_lower_bound})"),
    LibraryRule(
      "momo_adam",
      "learning_rate=0.01, b1=0.9, b2=0.999, eps=1e-8, lower_bound=0.0, weight_decay=0.0, "
        + "adapt_lower_bound=False", rate: "learning_rate",
      "momoAdam(\(moments), lowerBound: {lower_bound}, weightDecay: {weight_decay}, estimateBound: {adapt_lower_bound})"
    ),
    optax(
      "acprop", "learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16, weight_decay=0.0, mask=None",
      "acprop(\(moments), epsilonInside: {eps_root}, weightDecay: {weight_decay})"),
    optax(
      "adopt",
      "learning_rate, b1=0.9, b2=0.9999, eps=1e-6, mu_dtype=None, *, nesterov=False, use_clipping=True, "
        + "clip_value_fn=None", "adopt(\(moments))"),
    optax(
      "madgrad", "learning_rate, momentum=0.9, weight_decay=0.0, eps=1e-6",
      "madgrad(momentum: {momentum}, weightDecay: {weight_decay}, epsilon: {eps})"),
    .refused("schedule_free", "around any optimizer; schedule_free_sgd and schedule_free_adamw can be"),
    .refused("sophia", "it estimates curvature along directions drawn at random"),
    .refused("galore", "GaLore is not among our rules"),
  ]

  private static func scheduleFree(_ inner: String, _ arguments: inout LibraryArguments) throws(SpecError) -> String {
    let warmup = try arguments.isNone("warmup_steps") ? "" : ", warmup: {warmup_steps}"
    return "scheduleFree(\(inner), style: optax, momentum: {b1}, weightPower: {weight_lr_power}\(warmup))"
  }

  private static func dog(_ arguments: inout LibraryArguments) throws(SpecError) -> String {
    let step = try arguments.list("init_step")
    guard step.count == 2, case .text(let kind) = step[0].value else {
      throw arguments.error("must be a pair like ('heuristic', 1e-6)", on: "init_step")
    }
    let first: String
    switch kind {
    case "heuristic": first = "initialDistance: {init_step.1}"
    case "learning_rate": first = "initialRate: {init_step.1}"
    default: throw arguments.error("can be followed with 'heuristic' or 'learning_rate'", on: "init_step")
    }
    let decay = try arguments.isNone("weight_decay") ? "" : ", weightDecay: {weight_decay}"
    return "dog(\(first), epsilon: {eps}\(decay))"
  }

  /// `sam(opt, chain(normalize(), sgd(rho)), opaque_mode=True)`.
  private static func sam(_ arguments: inout LibraryArguments) throws(SpecError) -> String {
    guard try arguments.flag("opaque_mode") else {
      throw arguments.error(
        "must be True to be followed: otherwise every other update is a step up", on: "opaque_mode")
    }
    let inner = try arguments.inner("optimizer")
    guard case .call(let chain)? = try arguments.value("adv_optimizer")?.value, chain.name == "chain",
      chain.arguments.count == 2, case .call(let first) = chain.arguments[0].value.value, first.name == "normalize",
      case .call(let ascent) = chain.arguments[1].value.value, ascent.name == "sgd",
      ascent.arguments.count == 1, let radius = ascent.arguments[0].value.value.number
    else { throw arguments.error("must be chain(normalize(), sgd(rho)) to be followed", on: "adv_optimizer") }
    return "sam(\(inner), rho: \(plain(radius)))"
  }
}
