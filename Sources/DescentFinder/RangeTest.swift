/// A learning-rate range test: take steps while the rate rises from `from` to `to`, and watch the loss.
///
/// Rate of step k = 0 … N−1: from · (to/from)^(k/(N−1)) (exponential) or from + (to − from) · k/(N−1) (linear); the
/// first is exactly `from`, the last exactly `to`.
///
/// - Source: Smith 2017 (arXiv:1506.01186), who ramps linearly; the exponential ramp is fastai's, whose ladder never
///   reaches `to`, while Lightning's skips its first rung.
public struct RangeTest: Sendable, Hashable {
  /// How the rate rises.
  public enum Ramp: String, Sendable, Hashable, Codable, CaseIterable {
    case exponential
    case linear
  }

  /// The first rate, in parameter units per update unit.
  public let from: Double
  /// The last rate.
  public let to: Double
  /// Optimizer steps of one repeat.
  public let steps: Int
  public let ramp: Ramp
  /// Of ``StopRule``: stop this many descents above the best loss; infinity never stops.
  public let stopFactor: Double
  /// Points in the running median of ``smoothed(_:window:)``; nil for a twentieth of the points.
  public let smoothingWindow: Int?

  /// - Throws: ``FinderError`` (`invalidSetting`) unless 0 < from < to, all finite, steps ≥ 2, stopFactor > 1 and the
  ///   window is positive and odd.
  public init(
    from: Double = 1e-6, to: Double = 10, steps: Int = 100, ramp: Ramp = .exponential, stopFactor: Double = 4,
    smoothingWindow: Int? = nil
  ) throws(FinderError) {
    guard from > 0, from.isFinite else {
      throw FinderError(.invalidSetting, "The first rate must be a positive number, not \(from).")
    }
    guard to > from, to.isFinite else {
      throw FinderError(.invalidSetting, "The last rate must be a number above the first rate \(from), not \(to).")
    }
    guard steps >= 2 else {
      throw FinderError(.invalidSetting, "A range test needs at least 2 steps, not \(steps); 100 is usual.")
    }
    guard stopFactor > 1 else {
      throw FinderError(.invalidSetting, "The stop factor must be above 1, not \(stopFactor); 4 is usual.")
    }
    if let window = smoothingWindow, window < 1 || window.isMultiple(of: 2) {
      throw FinderError(.invalidSetting, "The smoothing window must be a positive odd number, not \(window).")
    }
    self.from = from
    self.to = to
    self.steps = steps
    self.ramp = ramp
    self.stopFactor = stopFactor
    self.smoothingWindow = smoothingWindow
  }

  /// The rate of `step` (0 ..< steps).
  public func rate(at step: Int) -> Double {
    if step >= steps - 1 { return to }
    let fraction = Double(step) / Double(steps - 1)
    return switch ramp {
    case .exponential: from * power(to / from, fraction)
    case .linear: from + (to - from) * fraction
    }
  }
}
