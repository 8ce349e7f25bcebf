/// How two schedules over runs differ.
public struct ScheduleDifference: Sendable, Hashable {
  /// The largest difference of the rates, second minus first, and the first update that has it.
  public var largest: Double
  public var step: Int
  /// The rates there.
  public var rates: [Double]
  /// The first update at which they differ at all; nil: none.
  public var firstStep: Int?
  /// The difference of the areas over their runs, second minus first.
  public var integral: Double
  /// That by the first area.
  public var relativeIntegral: Double
  /// The difference of the sums over all updates compared, second minus first; nil if not every update was looked at.
  public var sum: Double?
  /// Updates compared: as many as the longer run has, each schedule going on after its run as it says.
  public var steps: Int
  /// Whether every update was looked at; else the corners of both and a grid of a million.
  public var isExact: Bool

  /// Whether they have the same rates.
  public var isNone: Bool { firstStep == nil }
}

extension ResolvedSchedule {
  private static var comparesAll: Int { 1 << 24 }

  /// What another schedule does differently.
  public func difference(to other: ResolvedSchedule) -> ScheduleDifference {
    let count = max(steps, other.steps)
    let area = integral()
    let gap = other.integral() - area
    var difference = ScheduleDifference(
      largest: 0, step: 0, rates: [rate(at: 0), other.rate(at: 0)], firstStep: nil, integral: gap,
      relativeIntegral: gap == 0 ? 0 : gap / area, sum: nil, steps: count, isExact: count <= Self.comparesAll)
    if difference.isExact {
      compareAll(other, &difference)
    } else {
      let grid = (0..<1_000_000).map { Int(Double($0) / 999_999 * Double(count - 1)) }
      let corners = (track.segments + other.track.segments).map(\.start).filter { $0 < count }
      for step in Set(grid + corners + corners.map { max($0 - 1, 0) }).sorted() {
        difference.look(step, rate(at: step), other.rate(at: step))
      }
    }
    return difference
  }

  private func compareAll(_ other: ResolvedSchedule, _ difference: inout ScheduleDifference) {
    let count = difference.steps
    var sum = CompensatedSum()
    var mine = [Double](repeating: 0, count: min(4096, count))
    var theirs = mine
    for start in stride(from: 0, to: count, by: 4096) {
      let range = start..<min(start + 4096, count)
      rates(in: range, into: &mine)
      other.rates(in: range, into: &theirs)
      for index in 0..<range.count {
        sum.add(theirs[index] - mine[index])
        difference.look(start + index, mine[index], theirs[index])
      }
    }
    difference.sum = sum.value
  }
}

extension ScheduleDifference {
  /// Between two lists of rates, one per update; the areas are their sums, and the shorter list ends the comparison.
  public init(from first: [Double], to second: [Double]) {
    let count = min(first.count, second.count)
    var sums = (CompensatedSum(), CompensatedSum())
    self.init(
      largest: 0, step: 0, rates: [first.first ?? 0, second.first ?? 0], firstStep: nil, integral: 0,
      relativeIntegral: 0, sum: 0, steps: count, isExact: true)
    for step in 0..<count {
      sums.0.add(first[step])
      sums.1.add(second[step] - first[step])
      look(step, first[step], second[step])
    }
    (integral, sum) = (sums.1.value, sums.1.value)
    relativeIntegral = integral == 0 ? 0 : integral / sums.0.value
  }

  fileprivate mutating func look(_ step: Int, _ a: Double, _ b: Double) {
    // Infinities that are the same do not differ.
    guard a != b else { return }
    if firstStep == nil { firstStep = step }
    if abs(b - a) > abs(largest) { (largest, self.step, rates) = (b - a, step, [a, b]) }
  }
}
