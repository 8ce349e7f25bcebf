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
}
