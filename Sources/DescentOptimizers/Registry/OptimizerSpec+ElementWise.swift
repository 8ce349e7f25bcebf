extension OptimizerSpec {
  /// Rules that treat each element by itself.
  static let elementWise: [any UpdateRule] = [
    SGD(),
    Adam(),
    Adam.adamW,
    RMSprop(),
    Adagrad(),
    Adamax(),
    Lion(),
  ]
}
