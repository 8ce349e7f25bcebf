public import DescentCore

/// The largest step along an update that does not raise the loss now, found by evaluating losses alone.
///
/// From the last critical rate it doubles or halves until the loss is higher than where it started, then bisects
/// between. 2/η_c is the curvature along the update: well below the sharpness before the edge of stability, near it at
/// the edge. So it says how far the next step may go, not how far the rate is from the edge.
///
/// - Source: Kalra & Barkeshli 2024 (arXiv:2406.09405), appendix on the critical rate.
public struct CriticalRate: Sendable, Hashable {
  /// How a search ended.
  public enum Outcome: String, Sendable, Hashable {
    case found
    /// The loss never rose, however large the step.
    case neverRises
    /// The loss rises however small the step: the update does not descend.
    case neverFalls
  }

  public var outcome: Outcome
  /// η_c, the middle of `low` and `high`; nil unless found.
  public var rate: Double?
  /// The largest rate tried that did not raise the loss; 0 if all did.
  public var low: Double
  /// The smallest rate tried that raised it; infinite if none did.
  public var high: Double
  /// Losses evaluated, the one at rate 0 not counted.
  public var evaluations: Int

  /// Searches along whatever a trial step of some rate does.
  ///
  /// - Parameters:
  ///   - start: the rate to try first: the last critical rate, or the rate in use.
  ///   - loss: the loss here.
  ///   - precision: (high − low)/high to stop at.
  ///   - lossAfterStep: the loss after a step of the given rate from here, as `Probing` trainees offer it. One that is not
  ///     finite counts as higher.
  public static func search(
    from start: Double, loss: Double, precision: Double = 1.0 / 16, lossAfterStep: (Double) throws -> Double
  ) rethrows -> CriticalRate {
    var result = CriticalRate(outcome: .found, rate: nil, low: 0, high: .infinity, evaluations: 0)
    func rises(_ rate: Double) throws -> Bool {
      result.evaluations += 1
      // A loss that is not a number is not lower.
      return !(try lossAfterStep(rate) <= loss)
    }
    // As far as doubling and halving go: 2⁴⁰ either way.
    var rate = start > 0 && start.isFinite ? start : 1e-3
    if try rises(rate) {
      result.high = rate
      for _ in 0..<40 where result.low == 0 {
        rate /= 2
        if try rises(rate) { result.high = rate } else { result.low = rate }
      }
    } else {
      result.low = rate
      for _ in 0..<40 where result.high == .infinity {
        rate *= 2
        if try rises(rate) { result.high = rate } else { result.low = rate }
      }
    }
    guard result.low > 0 else {
      result.outcome = .neverFalls
      return result
    }
    guard result.high.isFinite else {
      result.outcome = .neverRises
      return result
    }
    while result.high - result.low > precision * result.high {
      let middle = (result.low + result.high) / 2
      if try rises(middle) { result.high = middle } else { result.low = middle }
    }
    result.rate = (result.low + result.high) / 2
    return result
  }

  /// Searches along θ − η·`update`.
  ///
  /// - Parameters:
  ///   - start: the rate to try first.
  ///   - objective: the loss.
  ///   - point: θ.
  ///   - update: what the rate multiplies: the gradient, or an adaptive rule's step at rate 1.
  ///   - precision: (high − low)/high to stop at.
  /// - Throws: what the objective throws.
  public static func search<Scalar: BinaryFloatingPoint & Sendable>(
    from start: Double, _ objective: any Objective<Scalar>, at point: [Scalar], along update: [Scalar],
    precision: Double = 1.0 / 16
  ) throws -> CriticalRate {
    var trial = point
    return try search(from: start, loss: objective.loss(at: point), precision: precision) { rate in
      assign(1, times: point, to: &trial)
      add(-rate, times: update, to: &trial)
      return try objective.loss(at: trial)
    }
  }
}
