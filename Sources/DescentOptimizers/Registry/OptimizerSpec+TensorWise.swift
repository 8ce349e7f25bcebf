extension OptimizerSpec {
  /// Rules that need to know which elements form a tensor.
  static let tensorWise: [any UpdateRule] = [
    LARS(),
    LAMB(),
    Fromage(),
    NovoGrad(),
    StableAdamW(),
    AdamP(),
    Adafactor(),
    CAME(),
    Muon(),
    Shampoo(),
    SOAP(),
  ]

  /// Rules that look at curvature, by Hessian products or by evaluating again.
  static let curvature: [any UpdateRule] = [
    Sophia(),
    LBFGS(),
  ]
}
