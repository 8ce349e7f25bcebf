/// Where a training stands towards the edge of stability.
public enum EdgeVerdict: String, Sendable, Hashable, Codable {
  /// Nothing has been measured yet.
  case unknown
  /// The rule has no threshold: steps of fixed length, or rates it finds itself.
  case noThreshold
  /// ρ < 0.5: stable, the rate could be larger.
  case below
  /// 0.5 ≤ ρ < 0.95.
  case approaching
  /// About 1: the normal regime of training at a useful rate. The loss rises on some steps and falls over many.
  case atEdge
  /// ρ stays above 1.5, or above 1.2 while the loss rises: the rate is too high.
  case beyond
}

/// Something that happened on the way.
public struct EdgeEvent: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    /// ρ reached 1, for the first time or after having ``left``.
    case crossing
    /// Five measurements in a row round 1 (median within 0.8 … 1.2).
    case hovering
    /// ρ above 1.5 for more than 20 steps.
    case escape
    /// The median of five measurements fell below 0.8 after a crossing.
    case left
  }

  public var kind: Kind
  /// The step of the measurement that showed it.
  public var step: Int

  public init(kind: Kind, step: Int) {
    self.kind = kind
    self.step = step
  }
}

/// Figures of a whole run.
public struct EdgeSummary: Sendable, Hashable, Codable {
  /// The step of the first measurement with ρ ≥ 1; nil if there was none.
  public var crossingStep: Int?
  /// Of the measurements from the crossing on; nil without one.
  public var meanRatio: Double?
  public var medianRatio: Double?
  public var p5Ratio: Double?
  public var p95Ratio: Double?
  public var maxRatio: Double?
  /// The share of steps on which the loss was higher than on the one before, over all steps; nil with fewer than two.
  public var fractionRising: Double?
}

/// The course of sharpness against the threshold over a run: made by ``EdgeTracker``, or of numbers from a log.
public struct EdgeRecord: Sendable, Hashable, Codable {
  public private(set) var measurements: [EdgeMeasurement] = []
  public private(set) var events: [EdgeEvent] = []
  private var steps = 0
  private var risingSteps = 0
  private var lastLoss: Double?
  /// Measurements before the last crossing; nil before one, and after having left.
  private var crossing: Int?
  private var isHovering = false
  private var hasEscaped = false
  /// The step since which ρ has been above 1.5.
  private var highSince: Int?

  public init() {}

  /// Takes in the loss of the next step, whether or not sharpness is measured there.
  public mutating func observe(loss: Double) {
    if let lastLoss {
      steps += 1
      // A loss that is no longer a number has not fallen.
      if !(loss <= lastLoss) { risingSteps += 1 }
    }
    lastLoss = loss
  }

  /// Takes in a measurement, later than those before.
  public mutating func append(_ measurement: EdgeMeasurement) {
    measurements.append(measurement)
    let ratio = measurement.ratio
    guard ratio.isFinite, measurement.threshold.isFinite else { return }
    let step = measurement.step
    let middle = median(ofLast: 5)
    if ratio >= 1, crossing == nil {
      crossing = measurements.count - 1
      events.append(EdgeEvent(kind: .crossing, step: step))
    }
    if let crossing, measurements.count - crossing >= 5, let middle {
      if !isHovering, (0.8...1.2).contains(middle) {
        isHovering = true
        events.append(EdgeEvent(kind: .hovering, step: step))
      } else if middle < 0.8 {
        (self.crossing, isHovering) = (nil, false)
        events.append(EdgeEvent(kind: .left, step: step))
      }
    }
    if ratio > 1.5 {
      let since = highSince ?? step
      highSince = since
      if step - since > 20, !hasEscaped {
        (hasEscaped, isHovering) = (true, false)
        events.append(EdgeEvent(kind: .escape, step: step))
      }
    } else {
      (highSince, hasEscaped) = (nil, false)
    }
  }

  /// Where the run stands, by its last five measurements. Never being at the edge is a finding, not a failure.
  public var verdict: EdgeVerdict {
    guard let last = measurements.last else { return .unknown }
    guard last.threshold.isFinite else { return .noThreshold }
    guard let middle = median(ofLast: 5), last.loss.isFinite, last.ratio.isFinite else { return .beyond }
    if hasEscaped || (middle > 1.2 && isLossRising) { return .beyond }
    // Momentum hovers a little below its line.
    if middle >= (crossing != nil ? 0.85 : 0.95) { return .atEdge }
    return middle >= 0.5 ? .approaching : .below
  }

  public var summary: EdgeSummary {
    let crossing = measurements.firstIndex { $0.ratio >= 1 && $0.threshold.isFinite }
    let ratios = crossing.map { measurements[$0...].map(\.ratio) } ?? []
    return EdgeSummary(
      crossingStep: crossing.map { measurements[$0].step },
      meanRatio: ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count),
      medianRatio: quantile(0.5, of: ratios), p5Ratio: quantile(0.05, of: ratios), p95Ratio: quantile(0.95, of: ratios),
      maxRatio: ratios.max(), fractionRising: steps > 0 ? Double(risingSteps) / Double(steps) : nil)
  }

  private func median(ofLast count: Int) -> Double? {
    quantile(0.5, of: measurements.suffix(count).map(\.ratio).filter(\.isFinite))
  }

  /// Whether the last five measured losses are on average above the five before.
  private var isLossRising: Bool {
    guard measurements.count >= 4 else { return false }
    let width = min(5, measurements.count / 2)
    let recent = measurements.suffix(width).reduce(0) { $0 + $1.loss }
    let earlier = measurements.dropLast(width).suffix(width).reduce(0) { $0 + $1.loss }
    return recent > earlier
  }
}
