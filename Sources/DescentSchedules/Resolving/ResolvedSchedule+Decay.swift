extension ResolvedSchedule {
  /// Whether the run ends far below its peak: its last rate is under a fifth of it. What is asked where the best peak
  /// depends on whether the rate decays.
  public var decays: Bool { rate(at: steps - 1) < 0.2 * peak }
}
