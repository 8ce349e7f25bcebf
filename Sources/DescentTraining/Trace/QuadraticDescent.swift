internal import DescentOptimizers
internal import Foundation

/// Gradient descent on a quadratic: along each eigenvector of the Hessian a linear recursion of its own, whose
/// eigenvalues say what happens.
///
/// With the settings of `SGD`, h = λ + γ (coupled decay), a = 1 − ηγ (decoupled) and c = 1 − τ, the distance w and the
/// momentum v follow w ← (a − ηch)·w − ημ·v, v ← ch·w + μ·v; with Nesterov's momentum w ← (a − η(1 + μ)h)·w − ημ²·v.
/// Both have the determinant aμ or μ(a − ηh). Source of the analysis: Polyak, USSR Comp. Math. 4 (1964).
struct QuadraticDescent {
  let start: [Double]
  let rule: SGD
  let rate: Double
  let steps: Int
  let eigen: SymmetricEigen

  init(problem: TraceProblem, hessian: [[Double]], rule: SGD, rate: Double, steps: Int) {
    start = problem.start
    self.rule = rule
    self.rate = rate
    self.steps = steps
    eigen = SymmetricEigen(hessian)
  }

  /// What one step does to the distance along a direction, in the long run.
  struct Recursion {
    /// The spectral radius: what the distance is multiplied by.
    var factor: Double
    /// The eigenvalue of that size is negative: the distance changes its sign each step.
    var alternates: Bool
    /// Steps of one swing where the eigenvalues are complex.
    var period: Double?

    /// Steps until half of the distance is left.
    var halving: Double { factor < 1 ? -log(2) / log(factor) : .infinity }
  }

  func recursion(_ curvature: Double) -> Recursion {
    let (mu, gamma) = (rule.momentum, rule.weightDecay)
    let a = rule.decoupled ? 1 - rate * gamma : 1
    let h = curvature + (rule.decoupled ? 0 : gamma)
    if mu == 0 { return Recursion(factor: abs(a - rate * h), alternates: a - rate * h < 0) }
    let c = rule.nesterov ? 1 : 1 - rule.dampening
    let trace = a - rate * c * h * (rule.nesterov ? 1 + mu : 1) + mu
    let determinant = rule.nesterov ? mu * (a - rate * h) : a * mu
    let discriminant = trace * trace - 4 * determinant
    if discriminant < 0 {
      let radius = determinant.squareRoot()
      let angle = acos(min(1, max(-1, trace / (2 * radius))))
      return Recursion(factor: radius, alternates: false, period: 2 * .pi / angle)
    }
    return Recursion(factor: (abs(trace) + discriminant.squareRoot()) / 2, alternates: trace < 0)
  }

  func verdict(steady: Bool) -> TraceVerdict {
    let (outcome, reason) = judged
    let subject = steady ? "It" : "At its largest rate it"
    return TraceVerdict(outcome, sentence: "\(subject) \(outcome.rawValue)\(reason).")
  }

  private var judged: (TraceVerdict.Outcome, String) {
    guard let low = eigen.values.first, let high = eigen.values.last else {
      return (.converges, ": it has no direction")
    }
    let scale = max(abs(low), abs(high))
    let threshold = rule.stabilityThreshold(learningRate: rate)
    let plain = rule.momentum == 0 && rule.weightDecay == 0
    // η·λ against 2 where that is the whole story; otherwise λ against the threshold of the rule.
    let compared = plain ? "η·λ = \(fourDigits(rate * high))" : "λ = \(fourDigits(high))"
    let edge = plain ? "2" : "the threshold \(fourDigits(threshold))"
    let steep = recursion(high)
    let factor = plain ? "|1 − η·λ| = \(fourDigits(steep.factor))" : fourDigits(steep.factor)
    let each = " (each step multiplies the distance by \(factor))"

    if abs(high / threshold - 1) <= 1e-12 {
      return (.bounces, ": \(compared) is exactly \(edge), so every step lands as far out as it began")
    }
    if high > threshold { return (.blowsUp, ": \(compared) is above \(edge)\(each)") }
    let decay = rule.decoupled ? 0 : rule.weightDecay
    if low + decay < -1e-12 * scale { return saddle(low, decay: decay) }

    // A direction without curvature has nothing to approach.
    let flat = eigen.values.first { $0 + rule.weightDecay > 1e-12 * scale } ?? high
    let slow = recursion(flat)
    let below = plain ? (rate * high <= 1 ? "at most 1" : "between 1 and 2") : "below \(edge)"
    let others =
      flat < high * (1 - 1e-9) && slow.factor > steep.factor * (1 + 1e-9)
      ? "; the flattest direction, λ = \(fourDigits(flat)), keeps \(fourDigits(slow.factor)) of its distance each step"
      : ""
    let slowest = max(slow.halving, steep.halving)
    if slowest > 100, slowest > Double(steps), slowest.isFinite {
      let place = flat < high * (1 - 1e-9) ? "along the flattest direction, λ = \(fourDigits(flat)), " : ""
      let kept = plain ? "|1 − η·λ| = \(fourDigits(slow.factor))" : fourDigits(slow.factor)
      let base = place.isEmpty ? "\(compared) is far below \(edge); " : ""
      return (
        .crawls,
        ": \(base)\(place)each step multiplies the distance by \(kept), so that halving it takes "
          + "\(Int(slowest.rounded(.up))) steps"
      )
    }
    if let period = steep.period {
      return (
        .oscillates,
        ": \(compared) is \(below), and momentum carries it past the minimum: it swings with a period of "
          + "\(fourDigits(period)) steps, and each step multiplies the swing by \(fourDigits(steep.factor))\(others)"
      )
    }
    if steep.alternates {
      return (.oscillates, ": \(compared) is \(below), so every step overshoots and lands nearer\(each)\(others)")
    }
    return (.converges, ": \(compared) is \(below)\(each)\(others)")
  }

  /// One direction falls: it leads away from the saddle, unless the start has no part of it.
  private func saddle(_ low: Double, decay: Double) -> (TraceVerdict.Outcome, String) {
    let part = eigen.length(of: start) { $0 + decay < 0 }
    let size = max(start.map(abs).max() ?? 0, .leastNormalMagnitude)
    let growth = recursion(low).factor
    let direction = "the falling direction, λ = \(fourDigits(low))"
    if part <= 1e-15 * size {
      return (
        .saddle,
        ": the start lies exactly on the ridge, where the gradient along \(direction), is 0, so that no step leaves it; "
          + "any other start would fall away, by ×\(fourDigits(growth)) each step"
      )
    }
    let leaving = log(size / part) / log(growth)
    if leaving > Double(steps) {
      return (
        .saddle,
        " so far: the distance along \(direction), grows from \(fourDigits(part)) by ×\(fourDigits(growth)) each step "
          + "and takes about \(Int(leaving.rounded(.up))) steps to lead away"
      )
    }
    return (
      .blowsUp,
      ": the curvature \(fourDigits(low)) of one direction is negative, and the loss falls there without end"
        + " (each step multiplies the distance by \(fourDigits(growth)))"
    )
  }
}
