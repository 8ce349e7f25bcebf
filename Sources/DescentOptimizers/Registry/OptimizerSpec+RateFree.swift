extension OptimizerSpec {
  /// Rules that find the learning rate themselves.
  static let rateFree: [any UpdateRule] = [
    Prodigy(),
    DAdaptation(),
    DoG(),
    LayerwiseDoG(),
    DoWG(),
    COCOB(),
    Polyak(),
    ALIG(),
    MoMo(),
    MoMoAdam(),
    AdamG(),
  ]
}
