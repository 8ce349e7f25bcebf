/// Where a path ended: at a minimum, a saddle, nowhere yet, or beyond all bounds.
struct PathEnd {
  let problem: TraceProblem
  let path: [[Double]]
  /// The curvature up to which the rule is stable, where it is the curvature of the loss itself that counts.
  let threshold: Double?

  var verdict: TraceVerdict {
    let (outcome, reason) = judged
    return TraceVerdict(outcome, sentence: "It \(outcome.rawValue)\(reason).")
  }

  private var points: [[Double]] { [problem.start] + path }
  private var steps: Int { path.count }

  private var judged: (TraceVerdict.Outcome, String) {
    let losses = points.map { problem.loss(at: $0) }
    guard let end = path.last, let last = losses.last, let first = losses.first else { return (.underWay, "") }
    guard last.isFinite, end.allSatisfy(\.isFinite), last <= first + 10 * max(abs(first), 1e-300) else {
      return (.blowsUp, growth(losses))
    }
    if let hessian = problem.constantHessian, let away = falling(hessian, end) { return away }
    let travelled = zip(points, path).map { distance($0, $1) }.max() ?? 0
    let reach = max(distance(problem.start, end), travelled)
    if let place = stationary(near: end) {
      // The last points, so that a swing through it is no arrival.
      let off = points.suffix(3).map { distance(place, $0) }.max() ?? 0
      if off <= max(0.02 * max(distance(problem.start, place), reach), 1e-9) { return arrived(place, off: off) }
    }
    return moving(losses, end)
  }

  /// Why the loss grew: by the curvature, if the rule's threshold is one of the loss itself.
  private func growth(_ losses: [Double]) -> String {
    if let threshold {
      for (step, point) in points.enumerated().prefix(1000) where point.allSatisfy(\.isFinite) {
        guard let steepest = SymmetricEigen(problem.hessian(at: point)).values.last, steepest.isFinite else { break }
        if steepest > threshold {
          let place = step == 0 ? "at the start" : "after step \(step)"
          return ": the curvature \(place), λ = \(fourDigits(steepest)), is above the threshold "
            + "\(fourDigits(threshold)) of this rate"
        }
      }
    }
    if let step = losses.firstIndex(where: { !$0.isFinite }) { return ": the loss is not finite after step \(step)" }
    return ": the loss grew from \(fourDigits(losses[0])) to \(fourDigits(losses[losses.count - 1]))"
  }

  /// On a quadratic with a falling direction: whether the path follows it or still stands at the saddle.
  private func falling(_ hessian: [[Double]], _ end: [Double]) -> (TraceVerdict.Outcome, String)? {
    let eigen = SymmetricEigen(hessian)
    guard let low = eigen.values.first, low < -1e-12 * (eigen.values.last.map(abs) ?? 1) else { return nil }
    let (before, now) = (eigen.length(of: problem.start) { $0 < 0 }, eigen.length(of: end) { $0 < 0 })
    let direction = "the falling direction, λ = \(fourDigits(low))"
    if now == 0 {
      return (
        .saddle,
        ": the start lies exactly on the ridge, where the gradient along \(direction), is 0, so no step leaves it"
      )
    }
    if now <= (problem.start.map(abs).max() ?? 0) {
      return (
        .saddle, " so far: the distance along \(direction), went from \(fourDigits(before)) to \(fourDigits(now))"
      )
    }
    return (
      .blowsUp,
      ": the loss falls without end along \(direction); the distance there went from \(fourDigits(before)) to "
        + "\(fourDigits(now))"
    )
  }

  /// The stationary point that Newton's method finds from a point; nil if it finds none nearby.
  private func stationary(near point: [Double]) -> [Double]? {
    var place = point
    var gradient = point
    let bound = 0.5 + 0.5 * (point.map(abs).max() ?? 0)
    for _ in 0..<20 {
      _ = problem.gradient(at: place, into: &gradient)
      if gradient.allSatisfy({ $0 == 0 }) { return place }
      guard let step = SymmetricEigen(problem.hessian(at: place)).solve(gradient) else { return nil }
      let next = zip(place, step).map { $0 - $1 }
      guard next.allSatisfy(\.isFinite), distance(next, point) <= bound else { return nil }
      if distance(next, place) <= 1e-13 * (1 + (next.map(abs).max() ?? 0)) { return next }
      place = next
    }
    return nil
  }

  private func arrived(_ place: [Double], off: Double) -> (TraceVerdict.Outcome, String) {
    let curvatures = SymmetricEigen(problem.hessian(at: place)).values
    let level = problem.loss(at: place)
    let within = off > 0 ? ", to within \(fourDigits(off))" : " exactly"
    if let low = curvatures.first, low < 0 {
      return (
        .saddle,
        " \(placeText(place)): the gradient vanishes there, and what leads away (λ = \(fourDigits(low))) has not grown yet"
      )
    }
    let minima = problem.minima
    guard let lowest = minima.map({ problem.loss(at: $0) }).min(), level > lowest + 1e-9 * max(1, abs(lowest)) else {
      let among = minima.count > 1 ? ", one of \(minima.count)" : ""
      return (.minimum, " \(placeText(place))\(among)\(within)")
    }
    return (
      .localMinimum,
      " \(placeText(place)) with the loss \(fourDigits(level)): every direction rises from there; the lowest, "
        + "\(fourDigits(lowest)), is at \(placeText(minima[0]))"
    )
  }

  private func moving(_ losses: [Double], _ end: [Double]) -> (TraceVerdict.Outcome, String) {
    let tail = losses.suffix(max(4, losses.count / 4))
    let rises = zip(tail, tail.dropFirst()).count { $1 > $0 }
    let half = losses.count / 2
    let (early, late) = (losses.prefix(half).min() ?? .infinity, losses.suffix(half).min() ?? 0)
    if losses.count >= 12, 4 * rises >= tail.count - 1, late >= early {
      return (
        .unsettled,
        ": the loss rose in \(rises) of the last \(tail.count - 1) steps and is no lower than in the first half; the rate "
          + "is too high to come to rest"
      )
    }
    let nearest = problem.minima.min { distance($0, end) < distance($1, end) }
    var slow = ""
    if threshold != nil {
      let curvatures = SymmetricEigen(problem.hessian(at: end)).values
      if let low = curvatures.map(abs).min(), let high = curvatures.last, low > 0, high > 30 * low {
        slow =
          "; the curvatures there go from \(fourDigits(curvatures[0])) to \(fourDigits(high)), and a rate for the steepest "
          + "direction is slow in the others"
      }
    }
    let rest = nearest.map { ", \(fourDigits(distance($0, end))) from the minimum \(placeText($0))" } ?? ""
    return (
      .underWay,
      " after \(steps) step\(steps == 1 ? "" : "s"): the loss went from \(fourDigits(losses[0])) to "
        + "\(fourDigits(losses[losses.count - 1]))\(rest)\(slow)"
    )
  }
}

extension TraceProblem {
  /// The global minima; empty where there is none. Of a quadratic without falling directions the origin, even where
  /// others share its height.
  public var minima: [[Double]] {
    switch loss {
    case .function(let function): function.minima(count: start.count)
    case .quadratic(let hessian):
      if let values = Optional(SymmetricEigen(hessian).values), let low = values.first, let high = values.last,
        low >= -1e-12 * abs(high)
      {
        [start.map { _ in 0 }]
      } else {
        []
      }
    }
  }
}
