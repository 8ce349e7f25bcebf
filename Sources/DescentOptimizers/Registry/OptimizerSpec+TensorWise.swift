extension OptimizerSpec {
  /// Rules that need to know which elements form a tensor.
  static let tensorWise: [any UpdateRule] = [
    LAMB(),
    Adafactor(),
  ]
}
