internal import DescentSpecs

/// `torch.optim`, 2.13.
enum TorchOptimizers {
  static let rules: [LibraryRule] = [
    LibraryRule(
      "SGD",
      "params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False, "
        + "foreach=None, differentiable=False, fused=None",
      "sgd(momentum: {momentum}, dampening: {dampening}, weightDecay: {weight_decay}, nesterov: {nesterov})"),
    LibraryRule(
      "Adam",
      "params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *, foreach=None, "
        + "maximize=False, capturable=False, differentiable=False, fused=None, decoupled_weight_decay=False"
    ) { arguments throws(SpecError) in
      let name = try arguments.flag("decoupled_weight_decay") ? "adamw" : "adam"
      return "\(name)(\(moments), amsgrad: {amsgrad})"
    },
    LibraryRule(
      "AdamW",
      "params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *, maximize=False, "
        + "foreach=None, capturable=False, differentiable=False, fused=None",
      "adamw(\(moments), amsgrad: {amsgrad})"),
    LibraryRule(
      "Adamax",
      "params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, *, maximize=False, "
        + "differentiable=False, capturable=False", "adamax(\(moments))"),
    LibraryRule(
      "NAdam",
      "params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3, "
        + "decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, differentiable=False"
    ) { arguments throws(SpecError) in
      let name = try arguments.flag("decoupled_weight_decay") ? "nadamw" : "nadam"
      return "\(name)(\(moments), momentumDecay: {momentum_decay})"
    },
    LibraryRule(
      "RAdam",
      "params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, decoupled_weight_decay=False, *, "
        + "foreach=None, maximize=False, capturable=False, differentiable=False",
      "radam(\(moments), decoupled: {decoupled_weight_decay})"),
    LibraryRule(
      "RMSprop",
      "params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, capturable=False, "
        + "foreach=None, maximize=False, differentiable=False",
      "rmsprop(beta2: {alpha}, epsilon: {eps}, weightDecay: {weight_decay}, momentum: {momentum}, centered: {centered})"
    ),
    LibraryRule(
      "Adagrad",
      "params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, foreach=None, *, "
        + "maximize=False, differentiable=False, fused=None",
      "adagrad(rateDecay: {lr_decay}, weightDecay: {weight_decay}, initialAccumulator: {initial_accumulator_value}, "
        + "epsilon: {eps})"),
    LibraryRule(
      "Adadelta",
      "params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, foreach=None, *, capturable=False, maximize=False, "
        + "differentiable=False", "adadelta(rho: {rho}, epsilon: {eps}, weightDecay: {weight_decay})"),
    LibraryRule(
      "Rprop",
      "params, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), *, capturable=False, foreach=None, "
        + "maximize=False, differentiable=False",
      "rprop(etaMinus: {etas.0}, etaPlus: {etas.1}, stepMin: {step_sizes.0}, stepMax: {step_sizes.1})"),
    LibraryRule(
      "ASGD",
      "params, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0, foreach=None, maximize=False, "
        + "differentiable=False, capturable=False",
      "asgd(lambda: {lambd}, alpha: {alpha}, t0: {t0}, weightDecay: {weight_decay})"),
    LibraryRule(
      "Adafactor",
      "params, lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, *, foreach=None, "
        + "maximize=False"
    ) { arguments throws(SpecError) in
      let hasEpsilon = try arguments.list("eps").first?.value.number != nil
      return "adafactor(style: torch, decayRate: {beta2_decay}, \(hasEpsilon ? "epsilon: {eps.0}, " : "")"
        + "epsilon2: {eps.1}, clip: {d}, weightDecay: {weight_decay})"
    },
    LibraryRule(
      "LBFGS",
      "params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-7, tolerance_change=1e-9, "
        + "history_size=100, line_search_fn=None"
    ) { arguments throws(SpecError) in
      let evaluations = try arguments.isNone("max_eval") ? "\(try mostEvaluations(&arguments))" : "{max_eval}"
      let search = try arguments.text("line_search_fn")
      guard search == nil || search == "strong_wolfe" else {
        throw arguments.error("must be None or 'strong_wolfe'", on: "line_search_fn")
      }
      return "lbfgs(history: {history_size}, iterations: {max_iter}, maxEvaluations: \(evaluations), "
        + "search: \(search == nil ? "fixed" : "strongWolfe"))"
    },
    LibraryRule(
      "Muon",
      "params, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True, "
        + "ns_coefficients=(3.4445, -4.7750, 2.0315), eps=1e-7, ns_steps=5, adjust_lr_fn=None"
    ) { arguments throws(SpecError) in
      let adjustment = try arguments.text("adjust_lr_fn")
      guard let scale = ["original": "original", "match_rms_adamw": "matchRMS"][adjustment ?? "original"] else {
        throw arguments.error("must be None, 'original' or 'match_rms_adamw'", on: "adjust_lr_fn")
      }
      arguments.notes.append(inHalfPrecision)
      return "muon(weightDecay: {weight_decay}, momentum: {momentum}, nesterov: {nesterov}, "
        + "newtonSchulzSteps: {ns_steps}, scale: \(scale), matrices: all)"
    },
    .refused("SparseAdam", "it takes sparse gradients, and those of a trace are dense"),
  ]

  /// What most descendants of Adam share.
  static let moments = "beta1: {betas.0}, beta2: {betas.1}, epsilon: {eps}, weightDecay: {weight_decay}"
  static let inHalfPrecision =
    "Muon takes its Newton–Schulz steps in bfloat16, two to three digits; the path here is that of exact arithmetic, for "
    + "a matrix alone."

  /// PyTorch's default, 5/4 of the iterations.
  private static func mostEvaluations(_ arguments: inout LibraryArguments) throws(SpecError) -> Int {
    let iterations = try arguments.real("max_iter")
    guard iterations >= 1, iterations < 1e9 else { throw arguments.error("must be 1 or more", on: "max_iter") }
    return Int(iterations * 5 / 4)
  }
}
