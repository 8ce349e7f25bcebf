/// A mark on an axis.
package struct Tick: Sendable, Hashable {
  package var value: Double
  /// Empty for a minor tick.
  package var label: String
  package var isMajor: Bool { !label.isEmpty }
}

extension Scale {
  /// Ticks at round numbers inside the scale, ascending, with about `count` labels.
  ///
  /// Linear: multiples of 1, 2 or 5 times a power of ten. Logarithmic: powers of ten (every second, third … when there
  /// are too many) with minor ticks between; 1-2-5 when fewer than two powers fall inside; linear ticks when even those
  /// are too few.
  package func ticks(count: Int) -> [Tick] {
    let count = max(2, count)
    // Few labels asked and round numbers far apart can leave none inside: ask for more until there are two.
    for wanted in [count, 2 * count, 4 * count] {
      let ticks = kind == .linear ? linearTicks(count: wanted) : logTicks(count: wanted)
      if ticks.count(where: \.isMajor) >= 2 { return ticks }
    }
    return [Tick(value: lower, label: NumberText.short(lower)), Tick(value: upper, label: NumberText.short(upper))]
  }

  private func linearTicks(count: Int) -> [Tick] {
    let span = upper - lower
    let step = Self.roundStep(atLeast: span / Double(count))
    guard step > 0, step.isFinite else { return [] }
    // Indices rather than repeated addition, so that 3 × 0.1 is 0.3 as near as can be.
    let first = (lower / step - 1e-9).rounded(.up), last = (upper / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    let values = (0...Int(last - first)).map { (first + Double($0)) * step }
    let labels = Self.labels(values, step: step)
    return zip(values, labels).map { Tick(value: $0, label: $1) }
  }

  /// The least of 1, 2, 5 × 10ᵏ that is not below `target`.
  static func roundStep(atLeast target: Double) -> Double {
    guard target > 0, target.isFinite, let position = toAxis(target, .log) else { return 0 }
    let exponent = Int(position.rounded(.down))
    for power in [exponent, exponent + 1] {
      for mantissa in [1, 2, 5] {
        // Read as decimal text: the nearest Double to the round number, with no overflow on the way.
        if let step = Double("\(mantissa)e\(power)"), step >= target * (1 - 1e-12) { return step }
      }
    }
    return 0
  }

  private static func labels(_ values: [Double], step: Double) -> [String] {
    let largest = values.reduce(0) { max($0, abs($1)) }
    let stepPower = Int((toAxis(step, .log) ?? 0).rounded(.down))
    let largestPower = Int((toAxis(largest, .log) ?? 0).rounded(.down))
    let digits = min(17, max(1, largestPower - stepPower + 1))
    if largest >= 1e6 || (largest < 1e-3 && largest > 0) {
      return values.map { NumberText.scientific($0, digits: digits) }
    }
    return values.map { NumberText.fixed($0, decimals: min(17, max(0, -stepPower))) }
  }

  private func logTicks(count: Int) -> [Tick] {
    let tolerance = 1e-9
    let first = Int((start - tolerance).rounded(.up)), last = Int((end + tolerance).rounded(.down))
    let decades = last - first + 1
    if decades < 2 {
      let fine = mantissaTicks(from: first - 1, to: max(last, first - 1), labelled: [1, 2, 5])
      if fine.count(where: \.isMajor) >= 2 { return fine }
      return linearTicks(count: count).filter { $0.value > 0 }
    }
    if decades > count {
      let stride = (decades + count - 1) / count
      return (first...last).compactMap { power in
        guard let value = Double("1e\(power)"), value > 0 else { return nil }
        return Tick(value: value, label: power.isMultiple(of: stride) ? NumberText.short(value) : "")
      }
    }
    let labelled = decades * 3 <= count ? [1, 2, 5] : [1]
    return mantissaTicks(from: first - 1, to: last, labelled: labelled)
  }

  private func mantissaTicks(from first: Int, to last: Int, labelled: [Int]) -> [Tick] {
    (first...last).flatMap { power in
      (1...9).compactMap { mantissa -> Tick? in
        guard let value = Double("\(mantissa)e\(power)"), value > 0, let place = fraction(value),
          place >= -1e-9, place <= 1 + 1e-9
        else { return nil }
        return Tick(value: value, label: labelled.contains(mantissa) ? NumberText.short(value) : "")
      }
    }
  }
}
