/// Applied rates beside the schedule that was meant.
struct AppliedLog {
  var rows: [AppliedRate]
  var intended: ResolvedSchedule

  /// How many times too fast or slow a schedule may be: any small number, and usual numbers of devices and batches.
  static let paces = Array(2...64) + [96, 100, 128, 192, 256, 384, 500, 512, 1000, 1024, 2048, 4096]
  /// A lost position is looked for this many steps around.
  private static let reach = 100_000

  static func product(_ step: Int, _ times: Int) -> Int {
    let (value, overflow) = step.multipliedReportingOverflow(by: times)
    return overflow ? .max : value
  }

  private func agrees(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-5 * max(abs(a), abs(b)) + 1e-6 * intended.peak
  }

  /// The first of the rows that has not the rate intended for another step.
  func firstMismatch(of rows: ArraySlice<AppliedRate>, _ step: (Int) -> Int) -> Int? {
    rows.firstIndex { !agrees($0.rate, intended.rate(at: step($0.step))) }
  }

  /// The one rate of all rows, if there is only one while the schedule varies over these steps.
  var constant: Double? {
    guard rows.count >= 2, let rate = rows.first?.rate, rows.allSatisfy({ agrees($0.rate, rate) }) else { return nil }
    let meant = rows.map { intended.rate(at: $0.step) }
    return meant.allSatisfy { agrees($0, meant[0]) } ? nil : rate
  }

  /// The factor between applied and intended, if it is the same from a row on.
  func factor(from index: Int) -> Double? {
    let pairs = rows[index...].map { (applied: $0.rate, meant: intended.rate(at: $0.step)) }
    guard pairs.count >= 2, let top = pairs.max(by: { $0.meant < $1.meant }), top.meant > 0 else { return nil }
    let factor = top.applied / top.meant
    return pairs.allSatisfy { agrees($0.applied, factor * $0.meant) } ? factor : nil
  }

  /// By how many steps all rows are behind the schedule (negative: ahead): the whole way back first.
  func shift(of rows: ArraySlice<AppliedRate>) -> Int? {
    guard let first = rows.first else { return nil }
    // A constant end says nothing about the place.
    guard rows.contains(where: { !agrees($0.rate, first.rate) }) else { return nil }
    func fits(_ shift: Int) -> Bool { firstMismatch(of: rows) { $0 - shift } == nil }
    if first.step > 0, fits(first.step) { return first.step }
    for shift in stride(from: 1, to: min(first.step, Self.reach), by: 1) where fits(shift) { return shift }
    for shift in stride(from: 1, through: min(intended.steps, Self.reach), by: 1) where fits(-shift) { return -shift }
    return nil
  }

  /// The row that is furthest off.
  var worst: AppliedRate? {
    rows.max { abs($0.rate - intended.rate(at: $0.step)) < abs($1.rate - intended.rate(at: $1.step)) }
  }
}
