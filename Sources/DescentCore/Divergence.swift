/// Why a run counts as diverged.
public enum DivergenceReason: String, Sendable, Hashable, Codable {
  /// The loss is not a number or infinite.
  case nonFiniteLoss
  /// The gradient holds a value that is not finite.
  case nonFiniteGradient
  /// The parameters hold a value that is not finite.
  case nonFiniteParameters
  /// The median of the last ten losses lies above L₀ + 10·max(|L₀|, |L₀ − L_best|).
  case lossExploded
}

/// Where and why a run diverged.
public struct Divergence: Sendable, Hashable, Codable {
  /// The zero-based step whose report showed it.
  public var step: Int
  /// What the report showed.
  public var reason: DivergenceReason
  /// The mini-batch loss of that step; may be not finite.
  public var loss: Double

  public init(step: Int, reason: DivergenceReason, loss: Double) {
    self.step = step
    self.reason = reason
    self.loss = loss
  }
}

/// Decides, step by step, whether a run has diverged.
///
/// Diverged = any non-finite loss, gradient or parameter, or the median of the last 10 losses above
/// L₀ + 10·max(|L₀|, |L₀ − L_best|), where L₀ is the first loss and L_best the lowest so far.
/// Its state is a value, so it can be kept in a checkpoint.
public struct DivergenceDetector: Sendable, Hashable, Codable {
  private static let window = 10
  private var first: Double?
  private var best = Double.infinity
  private var recent: [Double] = []

  /// A detector that has seen no step.
  public init() {}

  /// L₀: the loss of the first step; nil before it.
  public var initialLoss: Double? { first }

  /// Takes the report of `step` and returns the divergence it shows, if any.
  public mutating func observe(_ report: StepReport, step: Int) -> Divergence? {
    guard report.loss.isFinite else {
      return Divergence(step: step, reason: .nonFiniteLoss, loss: report.loss)
    }
    if let norm = report.gradientNorm, !norm.isFinite {
      return Divergence(step: step, reason: .nonFiniteGradient, loss: report.loss)
    }
    if let norm = report.parameterNorm, !norm.isFinite {
      return Divergence(step: step, reason: .nonFiniteParameters, loss: report.loss)
    }
    let initial = first ?? report.loss
    first = initial
    best = min(best, report.loss)
    if recent.count == Self.window { recent.removeFirst() }
    recent.append(report.loss)
    guard recent.count == Self.window else { return nil }
    let limit = initial + 10 * max(abs(initial), abs(initial - best))
    guard recent.count(where: { $0 > limit }) >= Self.window / 2 else { return nil }
    let sorted = recent.sorted()
    let median = (sorted[Self.window / 2 - 1] + sorted[Self.window / 2]) / 2
    return median > limit ? Divergence(step: step, reason: .lossExploded, loss: report.loss) : nil
  }
}
