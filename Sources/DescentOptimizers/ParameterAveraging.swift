/// An average of the parameters over steps, which often generalises better than the last parameters.
///
/// After every step a ← a + w·(θ − a), where ``weight(afterStep:)`` gives w. The first step taken is copied.
public enum ParameterAveraging: Sendable, Hashable, Codable {
  /// a ← d·a + (1 − d)·θ with the decay 0 < d < 1, from step `start` on: an exponential moving average.
  ///
  /// Source: Polyak and Juditsky, SIAM J. Control Optim. 30 (1992), in the form of
  /// `torch.optim.swa_utils.get_ema_multi_avg_fn`; the first parameters are copied, not mixed with zeros.
  case exponential(decay: Double, start: Int = 0)

  /// The plain mean over the steps from `start` on: tail averaging.
  ///
  /// Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization" (SWA), UAI 2018
  /// (arXiv 1803.05407), taken after every step; Polyak averaging where `start` is 0.
  case mean(start: Int)

  /// The zero-based step whose result is the first one taken.
  public var start: Int {
    switch self {
    case .exponential(_, let start): start
    case .mean(let start): start
    }
  }

  /// w after the zero-based `step`; nil before ``start``.
  public func weight(afterStep step: Int) -> Double? {
    let taken = step - start + 1
    guard taken > 0 else { return nil }
    if taken == 1 { return 1 }
    switch self {
    case .exponential(let decay, _): return 1 - decay
    case .mean: return 1 / Double(taken)
    }
  }
}
