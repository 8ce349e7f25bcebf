internal import DescentSpecs

/// The package pytorch_optimizer, 4.1: rules of the Adam family. It hands on PyTorch's own too.
enum PytorchOptimizers {
  static let moments = TorchOptimizers.moments
  static let tail = ", maximize=False, foreach=None"
  static let decay = "weight_decay=0.0, weight_decouple=True, fixed_decay=False"
  static let coupled = "weight_decay=0.0, weight_decouple=False, fixed_decay=False"
  static let betas = "params, lr=1e-3, betas=(0.9, 0.999)"

  static let rules: [LibraryRule] = [
    LibraryRule(
      "AdaBelief",
      "\(betas), \(decay), rectify=False, n_sma_threshold=5, degenerated_to_sgd=True, ams_bound=False, "
        + "foreach=None, eps=1e-16, maximize=False", idle: ["n_sma_threshold", "degenerated_to_sgd"],
      "adabelief(\(moments), decoupled: {weight_decouple})"),
    LibraryRule(
      "AdaBound",
      "params, lr=1e-3, final_lr=0.1, betas=(0.9, 0.999), gamma=1e-3, \(decay), ams_bound=False, eps=1e-8"
        + tail,
      "adabound(\(moments), finalRate: {final_lr}, gamma: {gamma}, epsilonInside: 1e-15, decoupled: {weight_decouple})"),
    LibraryRule(
      "AdaDelta", "params, lr=1.0, rho=0.9, \(coupled), eps=1e-6\(tail)",
      "adadelta(rho: {rho}, epsilon: {eps}, weightDecay: {weight_decay}, decoupled: {weight_decouple})"),
    LibraryRule(
      "AdaMax", "\(betas), \(coupled), eps=1e-8\(tail)", "adamax(\(moments), decoupled: {weight_decouple})"),
    LibraryRule("AdamC", "\(betas), \(decay), ams_bound=False, eps=1e-8\(tail)") { arguments throws(SpecError) in
      arguments.notes.append("Only groups marked `normalized` decay by lr²/lr_max; this call marks none, and is AdamW.")
      return "adam(\(moments), epsilonHat: true, decoupled: {weight_decouple})"
    },
    LibraryRule(
      "AdamG", "params, lr=1.0, betas=(0.95, 0.999, 0.95), p=0.2, q=0.24, \(coupled), eps=1e-8\(tail)",
      "adamg(\(moments), beta3: {betas.2}, p: {p}, q: {q}, decoupled: {weight_decouple})"),
    LibraryRule(
      "AdamP", "\(betas), \(decay), delta=0.1, wd_ratio=0.1, nesterov=False, eps=1e-8, maximize=False, foreach=False",
      "adamp(\(moments), delta: {delta}, projectedDecay: {wd_ratio}, nesterov: {nesterov})",
      note: "pytorch_optimizer adds ε in another place: the paths agree to about 1e-6."),
    LibraryRule(
      "Adan",
      "params, lr=1e-3, betas=(0.98, 0.92, 0.99), weight_decay=0.0, weight_decouple=False, max_grad_norm=0.0, "
        + "foreach=None, eps=1e-8, maximize=False"
    ) { arguments throws(SpecError) in
      let isPlain = try arguments.flag("weight_decouple")
      return "adan(\(moments), beta3: {betas.2}, proximal: \(!isPlain))"
    },
    LibraryRule(
      "AdEMAMix",
      "params, lr=1e-3, betas=(0.9, 0.999, 0.9999), \(coupled), alpha=5.0, t_alpha_beta3=None, eps=1e-8\(tail)"
    ) { arguments throws(SpecError) in
      let warmup = try arguments.isNone("t_alpha_beta3") ? "" : ", warmup: {t_alpha_beta3}"
      return "ademamix(\(moments), beta3: {betas.2}, alpha: {alpha}\(warmup), decoupled: {weight_decouple})"
    },
    LibraryRule(
      "Ano", "params, lr=1e-4, betas=(0.92, 0.99), \(decay), logarithmic_schedule=False, eps=1e-8\(tail)",
      "ano(\(moments), decoupled: {weight_decouple})"),
    LibraryRule(
      "CAME",
      "params, lr=2e-4, betas=(0.9, 0.999, 0.9999), \(decay), clip_threshold=1.0, ams_bound=False, eps1=1e-30, "
        + "eps2=1e-16\(tail)",
      "came(beta1: {betas.0}, beta2: {betas.1}, beta3: {betas.2}, weightDecay: {weight_decay}, clip: {clip_threshold}, "
        + "epsilon: {eps1}, epsilon2: {eps2})"),
    LibraryRule(
      "Grams", "\(betas), weight_decay=0.0, weight_decouple=True, eps=1e-6, maximize=False, foreach=False",
      "grams(\(moments))"),
    LibraryRule(
      "LaProp",
      "params, lr=4e-4, betas=(0.9, 0.999), centered=False, steps_before_using_centered=10, \(decay), "
        + "ams_bound=False, eps=1e-15\(tail)", idle: ["steps_before_using_centered"],
      "laprop(beta1: {betas.0}, beta2: {betas.1}, epsilon: 0, epsilonInside: {eps}, weightDecay: {weight_decay})",
      note: "pytorch_optimizer computes the weights of its averages in single precision, for an error of about 1e-7."),
    LibraryRule(
      "Lion", "params, lr=1e-4, betas=(0.9, 0.99), \(decay), foreach=None, maximize=False",
      "lion(beta1: {betas.0}, beta2: {betas.1}, weightDecay: {weight_decay}, decoupled: {weight_decouple})"),
    LibraryRule(
      "NovoGrad", "params, lr=1e-3, betas=(0.95, 0.98), \(coupled), grad_averaging=False, eps=1e-8\(tail)",
      "novograd(\(moments), averaging: {grad_averaging})"),
    LibraryRule(
      "QHAdam", "\(betas), nus=(1.0, 1.0), \(coupled), eps=1e-8\(tail)",
      "qhadam(\(moments), nu1: {nus.0}, nu2: {nus.1}, decoupled: {weight_decouple})",
      note: "pytorch_optimizer computes the weights of its averages in single precision, for an error of about 1e-7."),
    LibraryRule("RAdam", "\(betas), \(decay), n_sma_threshold=5, degenerated_to_sgd=False, eps=1e-8\(tail)") {
      arguments throws(SpecError) in
      let isIdle = try !arguments.flag("degenerated_to_sgd")
      if isIdle, try arguments.real("weight_decay") > 0 {
        throw arguments.error(
          "waits for rectification in pytorch_optimizer and not in our rule; it can be followed with "
            + "degenerated_to_sgd=True", on: "weight_decay")
      }
      let style = isIdle ? "skip" : "momentum"
      return "radam(\(moments), unrectified: \(style), decoupled: {weight_decouple})"
    },
    LibraryRule(
      "StableAdamW",
      "params, lr=1e-3, betas=(0.9, 0.99), kahan_sum=True, weight_decay=1e-2, weight_decouple=True, "
        + "eps=1e-8, foreach=None, maximize=False", idle: ["kahan_sum"], "stableAdamW(\(moments))"),
    LibraryRule(
      "Tiger",
      "params, lr=1e-3, beta=0.965, weight_decay=0.01, weight_decouple=True, fixed_decay=False, foreach=None, "
        + "maximize=False", "tiger(beta1: {beta}, weightDecay: {weight_decay}, decoupled: {weight_decouple})"),
    LibraryRule(
      "Yogi", "params, lr=1e-2, betas=(0.9, 0.999), initial_accumulator=1e-6, \(decay), eps=1e-3\(tail)",
      "yogi(\(moments), initialAccumulator: {initial_accumulator}, decoupled: {weight_decouple})"),
  ]
}
