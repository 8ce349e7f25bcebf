internal import DescentSpecs

/// The package pytorch_optimizer, 4.1: descent with momentum, matrices, rates found by the rule, wrappers.
enum PytorchOptimizersMore {
  private static let tail = PytorchOptimizers.tail
  private static let coupled = PytorchOptimizers.coupled
  private static let decay = PytorchOptimizers.decay
  private static let moments = PytorchOptimizers.moments
  private static let start = "d0: {d0}, growthRate: {growth_rate}"

  static let rules: [LibraryRule] =
    [
      LibraryRule("AggMo", "params, lr=1e-3, betas=(0.0, 0.9, 0.99), \(coupled)\(tail)") {
        arguments throws(SpecError) in
        let betas = try arguments.reals("betas")
        let base = betas.count > 1 ? 1 - betas[1] : 0.1
        var power = 1.0
        for beta in betas {
          guard abs(1 - power - beta) < 1e-12 else {
            throw arguments.error("can be followed where they are 1 − aᵏ, as 0, 0.9, 0.99 are", on: "betas")
          }
          power *= base
        }
        return "aggmo(velocities: \(betas.count), base: \(plain((base * 1e12).rounded() / 1e12)), "
          + "weightDecay: {weight_decay}, decoupled: {weight_decouple})"
      },
      LibraryRule("Fromage", "params, lr=1e-2, p_bound=None\(tail)", "fromage"),
      LibraryRule(
        "Kate", "params, lr=1e-3, delta=0.0, \(decay), eps=1e-8\(tail)",
        "kate(delta: {delta}, epsilon: {eps}, weightDecay: {weight_decay}, decoupled: {weight_decouple})"),
      LibraryRule(
        "LARS",
        "params, lr=1e-3, weight_decay=0.0, momentum=0.9, dampening=0.0, trust_coefficient=1e-3, nesterov=False, "
          + "foreach=None, maximize=False",
        "lars(matricesOnly: true, epsilon: 0, weightDecay: {weight_decay}, momentum: {momentum}, dampening: {dampening}, "
          + "trustCoefficient: {trust_coefficient}, nesterov: {nesterov})"),
      LibraryRule(
        "MADGRAD", "params, lr=1e-3, momentum=0.9, weight_decay=0.0, weight_decouple=False, eps=1e-6\(tail)",
        "madgrad(momentum: {momentum}, weightDecay: {weight_decay}, epsilon: {eps}, decoupled: {weight_decouple})"),
      LibraryRule(
        "PID", "params, lr=1e-3, momentum=0.0, dampening=0.0, derivative=10.0, integral=5.0, \(coupled)\(tail)",
        "pid(momentum: {momentum}, dampening: {dampening}, derivative: {derivative}, integral: {integral}, "
          + "weightDecay: {weight_decay}, decoupled: {weight_decouple})"),
      LibraryRule(
        "QHM", "params, lr=1e-3, momentum=0.0, nu=1.0, \(coupled), maximize=False, foreach=False",
        "qhm(momentum: {momentum}, nu: {nu}, weightDecay: {weight_decay}, decoupled: {weight_decouple})"),
      LibraryRule(
        "SGDW",
        "params, lr=1e-4, momentum=0.0, weight_decay=0.0, weight_decouple=True, dampening=0.0, nesterov=False, "
          + "foreach=None, maximize=False",
        "sgdw(momentum: {momentum}, dampening: {dampening}, weightDecay: {weight_decay}, nesterov: {nesterov}, "
          + "decoupled: {weight_decouple})"),
      LibraryRule(
        "SignSGD",
        "params, lr=1e-3, momentum=0.9, weight_decay=0.0, weight_decouple=True, foreach=None, maximize=False",
        "signum(momentum: {momentum}, weightDecay: {weight_decay}, decoupled: {weight_decouple})"),
      LibraryRule(
        "Shampoo",
        "params, lr=1e-3, momentum=0.0, \(coupled), preconditioning_compute_steps=1, matrix_eps=1e-6, "
          + "maximize=False"
      ) { arguments throws(SpecError) in
        if try arguments.real("weight_decay") > 0, try !arguments.flag("weight_decouple") {
          throw arguments.error("can be followed with weight_decouple=True", on: "weight_decay")
        }
        arguments.pass("weight_decouple")
        return "shampoo(epsilon: {matrix_eps}, weightDecay: {weight_decay}, every: {preconditioning_compute_steps})"
      },
      LibraryRule(
        "SOAP",
        "params, lr=3e-3, betas=(0.95, 0.95), shampoo_beta=None, weight_decay=1e-2, precondition_frequency=10, "
          + "max_precondition_dim=10000, merge_dims=False, precondition_1d=False, correct_bias=True, "
          + "normalize_gradient=False, data_format='channels_first', eps=1e-8, maximize=False", idle: ["data_format"],
        "soap(\(moments), every: {precondition_frequency}, maxPreconditionedSide: {max_precondition_dim}, "
          + "biasCorrection: {correct_bias})",
        note: "pytorch_optimizer takes the QR factors in single precision, for errors of about 1e-6."),
      LibraryRule(
        "AliG", "params, max_lr=None, projection_fn=None, momentum=0.0, adjusted_momentum=False\(tail)", rate: "max_lr",
        "alig(momentum: {momentum}, adjustedMomentum: {adjusted_momentum})"),
      LibraryRule(
        "Prodigy",
        "params, lr=1.0, betas=(0.9, 0.999), beta3=None, d0=1e-6, d_coef=1.0, growth_rate=inf, \(decay), "
          + "bias_correction=False, safeguard_warmup=False, eps=1e-8\(tail)"
      ) { arguments throws(SpecError) in
        let beta3 = try arguments.isNone("beta3") ? "" : "beta3: {beta3}, "
        return "prodigy(\(moments), \(beta3)decoupled: {weight_decouple}, biasCorrection: {bias_correction}, "
          + "safeguardWarmup: {safeguard_warmup}, coefficient: {d_coef}, \(start))"
      },
      LibraryRule(
        "DAdaptAdam",
        "params, lr=1.0, betas=(0.9, 0.999), d0=1e-6, growth_rate=inf, \(coupled), bias_correction=False, "
          + "eps=1e-8\(tail)",
        "dAdaptation(adam(\(moments), decoupled: {weight_decouple}, biasCorrection: {bias_correction}), \(start))"),
      LibraryRule("Lookahead", "optimizer, k=5, alpha=0.5, pullback_momentum='none'", rate: nil) {
        arguments throws(SpecError) in
        let inner = try arguments.inner("optimizer")
        let pullback = try arguments.text("pullback_momentum") ?? "none"
        guard let momentum = ["none": "keep", "reset": "reset", "pullback": "pullback"][pullback] else {
          throw arguments.error("must be 'none', 'reset' or 'pullback'", on: "pullback_momentum")
        }
        return "lookahead(\(inner), k: {k}, alpha: {alpha}, momentum: \(momentum))"
      },
    ] + refused

  private static let refused: [LibraryRule] = [
    .refused("ADOPT", "it counts its bound from the set-up step, one ahead of the authors'; timm's Adopt can be"),
    .refused("Lamb", "it bounds the norm of parameters by 10 and corrects only the first average; timm's can be"),
    .refused("AdaFactor", "its form is not among our rules; --from transformers and --from torch have theirs"),
    .refused("SophiaH", "it estimates curvature along directions drawn at random"),
    .refused("AdaHessian", "it estimates curvature along directions drawn at random"),
    .refused("Muon", "its auxiliary rule has a rate of its own; --from torch has PyTorch's"),
    .refused("MARS", "vectors have a rate of their own; timm's Mars can be"),
    .refused("SAM", "give it to --optimizer as sam(sgd(momentum: 0.9), rho: 0.05)"),
    .refused("ASGD", "it is accelerated SGD, not the averaged one; --from torch has that"),
    .refused("DAdaptAdaGrad", "its ε is 0 by default; --from dadaptation has the authors'"),
    .refused("DAdaptSGD", "its form is not among our rules; --from dadaptation has the authors'"),
    .refused("SimplifiedAdEMAMix", "it counts its averages otherwise than the authors; --from optax can be"),
    .refused("DAdaptLion", "its form is not among our rules; --from dadaptation has the authors'"),
    .refused("DAdaptAdan", "its form is not among our rules; --from dadaptation has the authors'"),
    .refused("ScheduleFreeSGD", "its form is not among our rules; --from schedulefree has the authors'"),
    .refused("ScheduleFreeAdamW", "its form is not among our rules; --from schedulefree has the authors'"),
    .refused("ScheduleFreeRAdam", "its form is not among our rules; --from schedulefree has the authors'"),
    .refused("ScheduleFreeWrapper", "its form is not among our rules; --from schedulefree has the authors'"),
    .refused("SM3", "SM3 is not among our rules"),
    .refused("FTRL", "FTRL is not among our rules"),
    .refused("Amos", "Amos is not among our rules"),
    .refused("SRMM", "SRMM is not among our rules"),
    .refused("SPAM", "SPAM is not among our rules"),
    .refused("SGDP", "SGDP is not among our rules"),
    .refused("Ranger", "Ranger is not among our rules; Lookahead(RAdam(…)) is near"),
    .refused("Ranger21", "Ranger21 is not among our rules"),
    .refused("DiffGrad", "diffGrad is not among our rules"),
    .refused("Kron", "PSGD is not among our rules"),
    .refused("GaLore", "GaLore is not among our rules"),
    .refused("Adai", "Adai is not among our rules"),
    .refused("AdaShift", "AdaShift is not among our rules"),
    .refused("AdamMini", "Adam-mini is not among our rules"),
    .refused("AdamS", "AdamS is not among our rules"),
    .refused("PAdam", "Padam is not among our rules"),
  ]
}
