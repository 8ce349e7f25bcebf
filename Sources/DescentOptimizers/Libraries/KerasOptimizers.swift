internal import DescentSpecs

/// `keras.optimizers`, 3.15. Weight decay is decoupled in all of them.
enum KerasOptimizers {
  static let rules: [LibraryRule] = [
    keras("SGD", "learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None") { arguments throws(SpecError) in
      guard try arguments.real("momentum") > 0 else {
        arguments.pass("nesterov")
        return "sgd(\(try decay(&arguments)))"
      }
      return "sgd(momentum: {momentum}, nesterov: {nesterov}, \(try decay(&arguments)))"
    },
    keras(
      "Adam", "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=None"
    ) { arguments throws(SpecError) in
      "adam(\(moments), amsgrad: {amsgrad}, epsilonHat: true, \(try decay(&arguments)))"
    },
    keras(
      "AdamW", "learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False"
    ) { arguments throws(SpecError) in
      "adamw(\(moments), amsgrad: {amsgrad}, epsilonHat: true, weightDecay: {weight_decay})"
    },
    keras("Adamax", "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None") {
      arguments throws(SpecError) in
      arguments.notes.append(
        "Keras adds ε to the largest gradient, our rule (PyTorch's) before taking it: the paths agree to about 1e-7.")
      return "adamax(\(moments), \(try decay(&arguments)))"
    },
    keras("Nadam", "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None") {
      arguments throws(SpecError) in
      "nadam(\(moments), momentumDecay: 1, \(try decay(&arguments)))"
    },
    keras(
      "RMSprop", "learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, weight_decay=None"
    ) { arguments throws(SpecError) in
      let momentum = try arguments.real("momentum") > 0 ? "momentum: {momentum}, rateInMomentum: true, " : ""
      return "rmsprop(beta2: {rho}, epsilon: 0, epsilonInside: {epsilon}, centered: {centered}, \(momentum)"
        + "\(try decay(&arguments)))"
    },
    keras("Adagrad", "learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, weight_decay=None") {
      arguments throws(SpecError) in
      "adagrad(initialAccumulator: {initial_accumulator_value}, epsilon: 0, epsilonInside: {epsilon}, "
        + "\(try decay(&arguments)))"
    },
    keras("Adadelta", "learning_rate=0.001, rho=0.95, epsilon=1e-7, weight_decay=None") { arguments throws(SpecError) in
      "adadelta(rho: {rho}, epsilon: {epsilon}, \(try decay(&arguments)))"
    },
    keras("Lion", "learning_rate=0.001, beta_1=0.9, beta_2=0.99, weight_decay=None") { arguments throws(SpecError) in
      "lion(beta1: {beta_1}, beta2: {beta_2}, \(try decay(&arguments)))"
    },
    keras("Lamb", "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None") {
      arguments throws(SpecError) in
      guard try arguments.optionalReal("weight_decay") ?? 0 == 0 else {
        throw arguments.error(
          "is outside the trust ratio in Keras, inside in our rule and the paper; leave it out",
          on: "weight_decay")
      }
      return "lamb(\(moments))"
    },
    keras(
      "Adafactor",
      "learning_rate=0.001, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3, clip_threshold=1.0, "
        + "relative_step=True, weight_decay=None"
    ) { arguments throws(SpecError) in
      guard try arguments.isNone("weight_decay") else {
        throw arguments.error(
          "acts before the size of a variable is taken, in our rule after it; leave it out", on: "weight_decay")
      }
      arguments.pass("relative_step")
      arguments.notes.append("Keras rounds beta_2_decay to single precision: the paths agree to about 1e-6.")
      let root = plain(try arguments.real("epsilon_1").squareRoot())
      return "adafactor(style: torch, epsilon: \(root), decayRate: {beta_2_decay}, epsilon2: {epsilon_2}, "
        + "clip: {clip_threshold})"
    },
    keras(
      "ScheduleFreeAdamW",
      "learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0, "
        + "weight_decay=None"
    ) { arguments throws(SpecError) in
      guard try arguments.optionalReal("weight_decay") ?? 0 == 0 else {
        throw arguments.error("moves y alone in Keras, the whole in our rule; leave it out", on: "weight_decay")
      }
      arguments.notes.append("Keras averages with equal weights, the method's authors by squared rates.")
      return "scheduleFree(adamw(beta2: {beta_2}, epsilon: {epsilon}, weightDecay: 0), momentum: {beta_1}, "
        + "weightPower: 0, warmup: {warmup_steps})"
    },
    keras(
      "Muon",
      "learning_rate=0.001, adam_beta_1=0.9, adam_beta_2=0.999, adam_weight_decay=0.004, epsilon=1e-7, "
        + "weight_decay=0.004",
      tail: ", exclude_layers=None, exclude_embeddings=True, muon_a=3.4445, muon_b=-4.775, muon_c=2.0315, "
        + "adam_lr_ratio=1, momentum=0.95, ns_steps=5, nesterov=True, rms_rate=0.2"
    ) { arguments throws(SpecError) in
      arguments.notes.append(
        "Keras adds ε in other places, of Muon and of the Adam for vectors: the paths agree to about 1e-5.")
      return "muon(style: jordan, products: full, scale: matchRMS, momentum: {momentum}, nesterov: {nesterov}, "
        + "newtonSchulzSteps: {ns_steps}, weightDecay: {weight_decay}, auxiliaryBeta1: {adam_beta_1}, "
        + "auxiliaryBeta2: {adam_beta_2}, auxiliaryEpsilon: {epsilon}, auxiliaryWeightDecay: {adam_weight_decay}, "
        + "auxiliaryRateFactor: {adam_lr_ratio})"
    },
    .refused("Ftrl", "FTRL is not among our rules"),
    .refused("LossScaleOptimizer", "give the optimizer inside"),
    .refused("MultiOptimizer", "give one optimizer for all variables"),
  ]

  private static let moments = "beta1: {beta_1}, beta2: {beta_2}, epsilon: {epsilon}"

  private static func decay(_ arguments: inout LibraryArguments) throws(SpecError) -> String {
    try arguments.isNone("weight_decay") ? "decoupled: false" : "weightDecay: {weight_decay}, decoupled: true"
  }

  private static func keras(
    _ name: String, _ own: String, tail: String = "", reading: @escaping LibraryRule.Reading
  ) -> LibraryRule {
    LibraryRule(
      name,
      own + ", clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False, ema_momentum=0.99, "
        + "ema_overwrite_frequency=None, loss_scale_factor=None, gradient_accumulation_steps=None, name=None" + tail,
      rate: "learning_rate", reading: reading)
  }
}
