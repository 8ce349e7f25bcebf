public import DescentOptimizers
internal import Foundation

/// What gradient descent with a rate does on a quadratic, judged by its curvature and not by the path.
public struct TraceVerdict: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, Codable {
    /// Shrinks steadily in every direction.
    case converges
    /// Overshoots in the steepest direction, but lands closer each time.
    case oscillates
    /// Stays where the stability threshold holds it: neither closer nor further.
    case bounces
    /// Grows without end.
    case blowsUp = "blows up"
  }

  public var outcome: Outcome
  /// One sentence with the reason in numbers.
  public var sentence: String

  /// The verdict for the SGD family on a problem with constant curvature, at the largest of `rates`.
  ///
  /// Nil for other rules and problems, if no rate is above 0, and for more than 200 parameters.
  public init?(problem: TraceProblem, optimizer: OptimizerSpec, rates: [Double]) {
    guard let sgd = optimizer.rule as? SGD, let hessian = problem.constantHessian, hessian.count <= 200,
      let rate = rates.max(), rate > 0, rate.isFinite
    else { return nil }
    let eigenvalues = symmetricEigenvalues(hessian)
    guard let low = eigenvalues.first, let high = eigenvalues.last else { return nil }
    let threshold = sgd.stabilityThreshold(learningRate: rate)
    // η·λ against 2 where that is the whole story; otherwise λ against the threshold of the rule.
    let plain = sgd.momentum == 0 && sgd.weightDecay == 0
    let product = rate * high
    let compared = plain ? "η·λ = \(fourDigits(product))" : "λ = \(fourDigits(high))"
    let edge = plain ? "2" : "the threshold \(fourDigits(threshold))"
    let factor = plain ? " (each step multiplies the distance by |1 − η·λ| = \(fourDigits(abs(1 - product))))" : ""

    let reason: String
    if low + sgd.weightDecay < -1e-12 * max(abs(low), abs(high)) {
      outcome = .blowsUp
      reason = "the curvature \(fourDigits(low)) of one direction is negative, and the loss falls there without end"
    } else if abs(high / threshold - 1) <= 1e-12 {
      outcome = .bounces
      reason = "\(compared) is exactly \(edge), so every step lands as far out as it began"
    } else if high > threshold {
      outcome = .blowsUp
      reason = "\(compared) is above \(edge)\(factor)"
    } else if plain && product > 1 {
      outcome = .oscillates
      reason = "\(compared) is between 1 and 2, so every step overshoots and lands nearer\(factor)"
    } else {
      outcome = .converges
      reason = "\(compared) is \(plain ? "at most 1" : "below \(edge)")\(factor)"
    }
    let steady = rates.allSatisfy { $0 == rate }
    sentence = "\(steady ? "It" : "At its largest rate it") \(outcome.rawValue): \(reason)."
  }
}

/// Eigenvalues of a symmetric matrix, ascending, by cyclic Jacobi rotations (Golub and Van Loan, 8.5); for small matrices.
func symmetricEigenvalues(_ matrix: [[Double]]) -> [Double] {
  var a = matrix
  let n = a.count
  for _ in 0..<60 {
    var off = 0.0
    var all = 0.0
    for i in 0..<n {
      for j in 0..<n {
        all += a[i][j] * a[i][j]
        if i != j { off += a[i][j] * a[i][j] }
      }
    }
    if off <= 1e-30 * all { break }
    for p in 0..<n {
      for q in (p + 1)..<max(n, p + 1) where a[p][q] != 0 {
        let tau = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (tau >= 0 ? 1.0 : -1.0) / (abs(tau) + (1 + tau * tau).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        let s = t * c
        for k in 0..<n { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
        for k in 0..<n { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
      }
    }
  }
  return (0..<n).map { a[$0][$0] }.sorted()
}
