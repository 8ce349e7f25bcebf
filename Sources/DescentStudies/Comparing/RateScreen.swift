/// Which rates of one rule and schedule may be the best of a whole run, by what short runs show.
///
/// Short runs favour higher rates. The lowest points of two lengths, one four times the other, give the shift by a factor of
/// four, and that once more gives the place at full length (the fall of the best rate with the horizon is about a power law:
/// arXiv:2409.19913).
struct RateScreen {
  /// log₁₀ of the family's rates, rising.
  let exponents: [Double]

  /// Decades from the expected place at full length within which rates are kept.
  static let reach = 0.6
  /// Decades below and above the lowest point of the shortest runs that go on to longer ones.
  static let below = 1.1
  static let above = 0.55

  /// Places of the rates that go on, by the shortest runs' mean losses; all where none of them made progress.
  func afterFirst(_ losses: [Double], initialLoss: Double) -> [Int] {
    guard let lowest = vertex(Array(exponents.indices), losses, initialLoss) else { return Array(exponents.indices) }
    let near = exponents.indices.filter {
      exponents[$0] >= lowest - Self.below && exponents[$0] <= lowest + Self.above
    }
    return near.isEmpty ? nearest(to: lowest, of: Array(exponents.indices)) : near
  }

  /// Places of the rates that go on to whole runs.
  ///
  /// - Parameters:
  ///   - first: mean losses of the shortest runs, by rate; nil if there were none.
  ///   - kept: places of the rates that had longer runs.
  ///   - second: their mean losses.
  ///   - initialLoss: before training.
  func afterSecond(first: [Double]?, kept: [Int], second: [Double], initialLoss: Double) -> [Int] {
    guard let later = vertex(kept, second, initialLoss) else { return kept }
    let earlier = first.flatMap { vertex(Array(exponents.indices), $0, initialLoss) }
    // One measured shift is noisy, and never upward.
    let shift = earlier.map { min(max(later - $0, -0.5), 0) } ?? -0.15
    let expected = later + shift
    let reach = earlier == nil ? Self.reach + 0.15 : Self.reach
    let near = kept.filter { abs(exponents[$0] - expected) <= reach }
    return near.isEmpty ? nearest(to: expected, of: kept) : near
  }

  /// Of a coarse grid no rate may be near enough; one goes on all the same, since a rule and schedule is never dropped.
  private func nearest(to expected: Double, of places: [Int]) -> [Int] {
    places.min { abs(exponents[$0] - expected) < abs(exponents[$1] - expected) }.map { [$0] } ?? []
  }

  /// The lowest point of the losses over log rate; nil where no rate made progress.
  private func vertex(_ places: [Int], _ losses: [Double], _ initialLoss: Double) -> Double? {
    var curve = LossCurve(ceiling: initialLoss)
    for (place, loss) in zip(places, losses) { curve.add(exponents[place], [loss]) }
    guard let least = losses.min(), least < initialLoss else { return nil }
    return curve.vertex
  }
}

extension LossCurve {
  /// The lowest point of the ``parabola``, no further than half way to either neighbour; the lowest point itself where
  /// there is none.
  fileprivate var vertex: Double {
    let i = lowest
    guard let parabola else { return points[i].exponent }
    let (a, b, c) = (points[i - 1].exponent, points[i].exponent, points[i + 1].exponent)
    return min(max(parabola.vertex, (a + b) / 2), (b + c) / 2)
  }
}
