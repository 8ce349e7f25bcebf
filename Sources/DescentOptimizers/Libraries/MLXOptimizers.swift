internal import DescentSpecs

/// `mlx.optimizers`, 0.32.
enum MLXOptimizers {
  static let rules: [LibraryRule] = [
    mlx("SGD", "learning_rate, momentum=0.0, weight_decay=0.0, dampening=0.0, nesterov=False") {
      arguments throws(SpecError) in
      let momentum = try arguments.real("momentum")
      if momentum > 0, try arguments.real("dampening") > 0 {
        throw arguments.error(
          "damps the first gradient too, where our rule and PyTorch begin with the whole one; leave it out",
          on: "dampening")
      }
      guard momentum > 0 else {
        arguments.pass("dampening")
        arguments.pass("nesterov")
        return "sgd(weightDecay: {weight_decay})"
      }
      return "sgd(momentum: {momentum}, weightDecay: {weight_decay}, nesterov: {nesterov})"
    },
    mlx("RMSprop", "learning_rate, alpha=0.99, eps=1e-8", "rmsprop(beta2: {alpha}, epsilon: {eps})"),
    mlx("Adagrad", "learning_rate, eps=1e-8", "adagrad(epsilon: {eps})"),
    mlx("AdaDelta", "learning_rate, rho=0.9, eps=1e-6", "adadelta(rho: {rho}, epsilon: {eps})"),
    mlx("Adam", "learning_rate, betas=[0.9, 0.999], eps=1e-8, bias_correction=False") { arguments throws(SpecError) in
      try noteCorrection(&arguments)
      return "adam(\(moments), biasCorrection: {bias_correction})"
    },
    mlx("AdamW", "learning_rate, betas=[0.9, 0.999], eps=1e-8, weight_decay=0.01, bias_correction=False") {
      arguments throws(SpecError) in
      try noteCorrection(&arguments)
      return "adamw(\(moments), weightDecay: {weight_decay}, biasCorrection: {bias_correction})"
    },
    mlx(
      "Lion", "learning_rate, betas=[0.9, 0.99], weight_decay=0.0",
      "lion(beta1: {betas.0}, beta2: {betas.1}, weightDecay: {weight_decay})"),
    LibraryRule(
      "Adafactor",
      "learning_rate=None, eps=(1e-30, 1e-3), clip_threshold=1.0, decay_rate=-0.8, beta_1=None, "
        + "weight_decay=0.0, scale_parameter=True, relative_step=True, warmup_init=False", rate: nil
    ) { arguments throws(SpecError) in
      if try arguments.flag("relative_step") {
        if try !arguments.isNone("learning_rate") {
          arguments.notes.append("With relative_step=True the learning rate given has no effect.")
        }
      } else {
        arguments.outerRate = try arguments.rate("learning_rate")
      }
      let momentum = try arguments.isNone("beta_1") ? "" : ", beta1: {beta_1}"
      return SmallLibraries.adafactor + "\(momentum))"
    },
    mlx("Muon", "learning_rate, momentum=0.95, weight_decay=0.01, nesterov=True, ns_steps=5") {
      arguments throws(SpecError) in
      guard try arguments.real("weight_decay") == 0 else {
        throw arguments.error(
          "is added to the gradient before that is made orthonormal; it can be followed with weight_decay=0",
          on: "weight_decay")
      }
      arguments.notes.append(
        "mlx gives vectors plain momentum and rounds its coefficients to single precision: this is followed for a matrix "
          + "alone, to about 1e-5.")
      return "muon(style: jordan, products: full, momentum: {momentum}, nesterov: {nesterov}, "
        + "newtonSchulzSteps: {ns_steps}, "
        + "matrices: all)"
    },
    .refused("Adamax", "mlx leaves out the bias correction, which our rule has"),
    .refused("MultiOptimizer", "give one optimizer for all parameters"),
  ]

  private static func noteCorrection(_ arguments: inout LibraryArguments) throws(SpecError) {
    if try arguments.flag("bias_correction") {
      arguments.notes.append("mlx computes the bias correction in single precision: the paths agree to about 1e-5.")
    }
  }

  private static let moments = "beta1: {betas.0}, beta2: {betas.1}, epsilon: {eps}"

  private static func mlx(_ name: String, _ signature: String, reading: @escaping LibraryRule.Reading) -> LibraryRule {
    LibraryRule(name, signature, rate: "learning_rate", reading: reading)
  }

  private static func mlx(_ name: String, _ signature: String, _ template: String) -> LibraryRule {
    LibraryRule(name, signature, rate: "learning_rate", template)
  }
}
