internal import DescentSpecs

/// Optax' aliases, 0.2.8.
enum OptaxOptimizers {
  static let moments = "beta1: {b1}, beta2: {b2}, epsilon: {eps}"

  static let rules: [LibraryRule] = [
    optax("sgd", "learning_rate, momentum=None, nesterov=False, accumulator_dtype=None") {
      arguments throws(SpecError) in
      guard let momentum = try arguments.optionalReal("momentum"), momentum > 0 else {
        arguments.pass("nesterov")
        return "sgd"
      }
      return "sgd(momentum: {momentum}, nesterov: {nesterov})"
    },
    optax("adam", "\(adam), *, nesterov=False") { arguments throws(SpecError) in
      try adam(&arguments, decay: "")
    },
    optax("adamw", "\(adam), weight_decay=1e-4, mask=None, *, nesterov=False") { arguments throws(SpecError) in
      try adam(&arguments, decay: ", weightDecay: {weight_decay}")
    },
    optax("nadam", "\(adam), *, nesterov=True") { arguments throws(SpecError) in try adam(&arguments, decay: "") },
    optax("nadamw", "\(adam), weight_decay=1e-4, mask=None, *, nesterov=True") { arguments throws(SpecError) in
      try adam(&arguments, decay: ", weightDecay: {weight_decay}")
    },
    optax("adamax", "learning_rate, b1=0.9, b2=0.999, eps=1e-8", "adamax(\(moments))"),
    optax(
      "adamaxw", "learning_rate, b1=0.9, b2=0.999, eps=1e-8, weight_decay=1e-4, mask=None",
      "adamax(\(moments), weightDecay: {weight_decay}, decoupled: true)"),
    optax(
      "radam", "learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, threshold=5.0, *, nesterov=False",
      "radam(\(moments), style: optax)"),
    optax(
      "rmsprop",
      "learning_rate, decay=0.9, eps=1e-8, initial_scale=0.0, eps_in_sqrt=True, centered=False, "
        + "momentum=None, nesterov=False, bias_correction=False"
    ) { arguments throws(SpecError) in
      let epsilon = try arguments.flag("eps_in_sqrt") ? "epsilon: 0, epsilonInside: {eps}" : "epsilon: {eps}"
      var momentum = ""
      if let value = try arguments.optionalReal("momentum"), value > 0 {
        momentum = ", momentum: {momentum}, nesterov: {nesterov}"
      } else {
        arguments.pass("nesterov")
      }
      return "rmsprop(beta2: {decay}, \(epsilon), initialAccumulator: {initial_scale}, centered: {centered}, "
        + "biasCorrection: {bias_correction}\(momentum))"
    },
    optax(
      "adagrad", "learning_rate, initial_accumulator_value=0.1, eps=1e-7",
      "adagrad(initialAccumulator: {initial_accumulator_value}, epsilon: 0, epsilonInside: {eps})"),
    optax(
      "adadelta", "learning_rate=None, rho=0.9, eps=1e-6, weight_decay=0.0, weight_decay_mask=None",
      "adadelta(rho: {rho}, epsilon: {eps}, weightDecay: {weight_decay})"),
    optax("adabelief", "learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16, *, nesterov=False") {
      arguments throws(SpecError) in
      guard try arguments.real("eps") == (try arguments.real("eps_root")) else {
        throw arguments.error("must be the same as eps_root to be followed: our rule has one ε for both", on: "eps")
      }
      return "adabelief(\(moments))"
    },
    optax("yogi", "learning_rate, b1=0.9, b2=0.999, eps=1e-3", "yogi(\(moments))"),
    optax(
      "lion", "learning_rate, b1=0.9, b2=0.99, mu_dtype=None, weight_decay=1e-3, mask=None",
      "lion(beta1: {b1}, beta2: {b2}, weightDecay: {weight_decay})"),
    optax(
      "lamb", "learning_rate, b1=0.9, b2=0.999, eps=1e-6, eps_root=0.0, weight_decay=0.0, mask=None",
      "lamb(\(moments), weightDecay: {weight_decay})"),
    optax(
      "lars",
      "learning_rate, weight_decay=0.0, weight_decay_mask=True, trust_coefficient=0.001, eps=0.0, "
        + "trust_ratio_mask=True, momentum=0.9, nesterov=False",
      "lars(style: optax, weightDecay: {weight_decay}, trustCoefficient: {trust_coefficient}, epsilon: {eps}, "
        + "momentum: {momentum}, nesterov: {nesterov})"),
    optax(
      "adafactor",
      "learning_rate=None, min_dim_size_to_factor=128, decay_rate=0.8, decay_offset=0, "
        + "multiply_by_parameter_scale=True, clipping_threshold=1.0, momentum=None, dtype_momentum=None, "
        + "weight_decay_rate=None, eps=1e-30, factored=True, weight_decay_mask=None", rate: nil,
      idle: ["dtype_momentum"],
      reading: adafactor),
    optax(
      "adan", "learning_rate, b1=0.98, b2=0.92, b3=0.99, eps=1e-8, eps_root=1e-8, weight_decay=0.0, mask=None",
      "adan(style: optax, \(moments), beta3: {b3}, epsilonInside: {eps_root}, weightDecay: {weight_decay})"),
    optax(
      "novograd", "learning_rate, b1=0.9, b2=0.25, eps=1e-6, eps_root=0.0, weight_decay=0.0",
      "novograd(\(moments), weightDecay: {weight_decay})"),
    optax("sign_sgd", "learning_rate", "signSGD"),
    optax("signum", "learning_rate, beta=0.9, accumulator_dtype=None", "signum(momentum: {beta})"),
    optax("fromage", "learning_rate, min_norm=1e-6", "fromage(minimumNorm: {min_norm})"),
    LibraryRule(
      "polyak_sgd", "max_learning_rate=1.0, scaling=1.0, f_min=0.0, eps=0.0, variant='sps'", rate: "max_learning_rate",
      "polyak(minimum: {f_min}, epsilon: {eps}, clamped: false)"),
    LibraryRule("lookahead", "fast_optimizer, sync_period, slow_step_size, reset_state=False", rate: nil) {
      arguments throws(SpecError) in
      let inner = try arguments.inner("fast_optimizer")
      return "lookahead(\(inner), k: {sync_period}, alpha: {slow_step_size})"
    },
    LibraryRule(
      "lbfgs", "learning_rate=None, memory_size=10, scale_init_precond=True, linesearch='zoom'", rate: "learning_rate"
    ) { arguments throws(SpecError) in
      guard try arguments.isNone("linesearch") else {
        throw arguments.error(
          "can be followed with None and a rate: Optax' zoom search is not ours", on: "linesearch")
      }
      return "lbfgs(history: {memory_size}, search: fixed, style: optax)"
    },
    .refused(
      "amsgrad", "it keeps the largest corrected second moment, ours (and PyTorch's) the largest before correction"),
    .refused("rprop", "its step sizes act one step late, so that the first step moves nothing"),
    .refused("sm3", "SM3 is not among our rules"),
    .refused("noisy_sgd", "it adds random noise"),
    .refused("dpsgd", "it adds random noise"),
    .refused("optimistic_gradient_descent", "optimistic descent is not among our rules"),
    .refused("optimistic_adam", "optimistic descent is not among our rules"),
    .refused("optimistic_adam_v2", "optimistic descent is not among our rules"),
    .refused("chain", "a chain is no optimizer by name; give the one that does the step, as in adamw(1e-3)"),
  ]

  private static let adam = "learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, mu_dtype=None"

  /// A rule whose rate is the argument `learning_rate`.
  static func optax(
    _ name: String, _ signature: String, rate: String? = "learning_rate", idle: [String] = [],
    reading: @escaping LibraryRule.Reading
  ) -> LibraryRule {
    LibraryRule(name, signature, rate: rate, idle: idle, reading: reading)
  }

  static func optax(_ name: String, _ signature: String, _ template: String) -> LibraryRule {
    LibraryRule(name, signature, rate: "learning_rate", template)
  }

  /// Adam or, with Nesterov's momentum, NAdam in Optax' form; `decay`: what makes it a decoupled one.
  private static func adam(_ arguments: inout LibraryArguments, decay: String) throws(SpecError) -> String {
    guard try arguments.flag("nesterov") else {
      return "\(decay.isEmpty ? "adam" : "adamw")(\(moments), epsilonInside: {eps_root}\(decay))"
    }
    guard try arguments.real("eps_root") == 0 else {
      throw arguments.error("must be 0 to be followed with Nesterov's momentum", on: "eps_root")
    }
    return "\(decay.isEmpty ? "nadam" : "nadamw")(style: optax, \(moments)\(decay))"
  }

  private static func adafactor(_ arguments: inout LibraryArguments) throws(SpecError) -> String {
    if try !arguments.isNone("learning_rate") { arguments.outerRate = try arguments.rate("learning_rate") }
    guard let decayRate = try arguments.optionalReal("decay_rate") else { return "adafactor" }
    let momentum = try arguments.isNone("momentum") ? "" : ", beta1: {momentum}"
    let decay = try arguments.isNone("weight_decay_rate") ? "" : ", weightDecay: {weight_decay_rate}"
    return "adafactor(style: optax, minimumSizeToFactor: {min_dim_size_to_factor}, decayRate: \(plain(-decayRate)), "
      + "scaleByParameter: {multiply_by_parameter_scale}, clip: {clipping_threshold}, epsilon: {eps}\(momentum)\(decay))"
  }
}
