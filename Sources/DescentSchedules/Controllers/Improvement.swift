/// Which figure a controller watches.
public enum WatchedFigure: String, Sendable, Hashable, Codable, CaseIterable {
  /// ``Observation/loss``, at every step.
  case loss
  /// ``Observation/metric``, where it was measured; other observations pass unseen.
  case validation
}

/// Which way a figure is better.
public enum MetricMode: String, Sendable, Hashable, Codable, CaseIterable {
  case min, max
}

/// What a threshold is measured by.
public enum ThresholdMode: String, Sendable, Hashable, Codable, CaseIterable {
  /// |best|.
  case relative = "rel"
  /// 1.
  case absolute = "abs"
}

/// What is watched, and when it counts as better than the best so far.
///
/// With the margin d = threshold (absolute) or threshold·|best| (relative), a value counts as better if it lies more than
/// d below the best (mode min) or above it (mode max). The first finite value is always better. |best| keeps the margin on
/// the right side for negative figures; `best·(1 − threshold)`, which is what PyTorch and Optax calculate, lies on the
/// wrong side of a negative best, where a worse value would pass as better. A best of 0 has no relative margin.
///
/// A value that is not a number counts as neither, nor does one that is infinite on the better side. One that is infinite
/// on the worse side is worse.
public struct Improvement: Sendable, Hashable, Codable {
  public var mode: MetricMode
  /// 0 or more, and below 1 if relative.
  public var threshold: Double
  public var thresholdMode: ThresholdMode
  /// nil: the metric of an observation that has one, otherwise its loss.
  public var watch: WatchedFigure?

  public init(
    mode: MetricMode = .min, threshold: Double, thresholdMode: ThresholdMode, watch: WatchedFigure? = nil
  ) {
    self.mode = mode
    self.threshold = threshold
    self.thresholdMode = thresholdMode
    self.watch = watch
  }

  enum Verdict { case better, worse, neither }

  /// What is watched in an observation; nil: it is not measured there.
  func value(in observation: Observation) -> Double? {
    switch watch {
    case .loss: observation.loss
    case .validation: observation.metric
    case nil: observation.metric ?? observation.loss
    }
  }

  var figureName: String {
    switch watch {
    case .loss: "loss"
    case .validation: "validation figure"
    case nil: "figure watched"
    }
  }

  /// True for what counts as neither better nor worse.
  func isUnusable(_ value: Double) -> Bool {
    value.isNaN || value == (mode == .min ? -.infinity : .infinity)
  }

  func verdict(_ value: Double, best: Double?) -> Verdict {
    if isUnusable(value) { return .neither }
    guard value.isFinite else { return .worse }
    guard let best else { return .better }
    // Written as a factor, so that it equals the usual formula to the last bit where that one is right.
    let margin = (best < 0) == (mode == .min) ? 1 + threshold : 1 - threshold
    let bar =
      switch thresholdMode {
      case .relative: best * margin
      case .absolute: mode == .min ? best - threshold : best + threshold
      }
    return (mode == .min ? value < bar : value > bar) ? .better : .worse
  }

  /// What is wrong with the settings; nil: nothing.
  var problem: String? {
    guard threshold >= 0, threshold.isFinite else {
      return "threshold must be at least 0, and \(number(threshold)) is not"
    }
    return thresholdMode == .relative && threshold >= 1
      ? "a relative threshold must be below 1, and \(number(threshold)) is not" : nil
  }

  /// What there is to say of a value that counts as neither.
  func note(_ value: Double, at step: Int, multiplier: Double) -> RateChange {
    RateChange(
      step, multiplier, multiplier, .notANumber,
      because:
        "The \(figureName) is \(value.isNaN ? "not a number" : "\(value)"), which counts neither as better nor as worse"
    )
  }
}
