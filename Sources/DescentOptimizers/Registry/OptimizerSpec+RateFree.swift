extension OptimizerSpec {
  /// Rules that find the learning rate or its schedule themselves.
  static let rateFree: [any UpdateRule] = [
    ScheduleFreeSGD(),
    Prodigy(),
  ]
}
