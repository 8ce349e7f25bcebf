/// Turns lengths into steps of one run, exactly.
///
/// Sums of percentages in floating point are not what they seem (0.7 + 0.2 + 0.1 ≠ 1), and a boundary rounded half up
/// must not depend on that. So places are whole numbers of 1/(10¹¹ · tokens per step) of a step, in 128 bits; percent
/// and epochs are taken to the ninth decimal.
struct Clock {
  private typealias Ticks = Int128

  static let largest = 1 << 53
  private static let decimals = 1e9
  private let horizon: Horizon
  private let ticksPerStep: Int128

  init(_ horizon: Horizon) throws(ScheduleError) {
    guard (1...Self.largest).contains(horizon.steps) else {
      throw ScheduleError("a run needs 1 to 2^53 steps, it has \(horizon.steps)")
    }
    if let steps = horizon.stepsPerEpoch, !(1...Self.largest).contains(steps) {
      throw ScheduleError("an epoch needs at least 1 step, it has \(steps)")
    }
    if let tokens = horizon.tokensPerStep, !(1...Self.largest).contains(tokens) {
      throw ScheduleError("a step needs at least 1 token, it has \(tokens)")
    }
    self.horizon = horizon
    ticksPerStep = Ticks(100 * Self.decimals) * Ticks(horizon.tokensPerStep ?? 1)
  }

  /// The boundaries b₀ = 0, b₁, … of pieces with these lengths (nil: what is left), rounded half up on the sum.
  func boundaries(_ lengths: [Length?]) throws(ScheduleError) -> [Int] {
    var ticks: [Int128?] = []
    var given: Int128 = 0
    for length in lengths {
      let length = try length.map { length throws(ScheduleError) in try self.ticks(length) }
      given += length ?? 0
      ticks.append(length)
    }
    let left = max(0, Ticks(horizon.steps) * ticksPerStep - given)
    var places = [0]
    var sum: Int128 = 0
    for length in ticks {
      sum += length ?? left
      places.append(try rounded(sum))
    }
    return places
  }

  /// One place or length in whole steps, rounded half up.
  func steps(_ length: Length) throws(ScheduleError) -> Int { try rounded(try ticks(length)) }

  /// The complaint if the percentages alone exceed the run.
  static func tooManyPercent(_ lengths: [Length]) -> String? {
    var sum = 0.0
    for case .percent(let percent) in lengths { sum += (percent * decimals).rounded() }
    return sum > 100 * decimals
      ? "the pieces add up to \(number(sum / decimals))% of the run; at most 100% is there" : nil
  }

  private func rounded(_ ticks: Int128) throws(ScheduleError) -> Int {
    let steps = (2 * ticks + ticksPerStep) / (2 * ticksPerStep)
    guard steps <= Self.largest else { throw ScheduleError("the schedule is longer than 2^53 steps") }
    return Int(steps)
  }

  private func ticks(_ length: Length) throws(ScheduleError) -> Int128 {
    switch length {
    case .steps(let n): return try product(Ticks(n), ticksPerStep)
    case .percent(let percent):
      let share = Ticks((percent * Self.decimals).rounded()) * Ticks(horizon.steps)
      return try product(share, Ticks(horizon.tokensPerStep ?? 1))
    case .tokens(let n):
      guard horizon.tokensPerStep != nil else {
        throw ScheduleError("\(length) needs the number of tokens per step, which is not given")
      }
      return try product(Ticks(n), Ticks(100 * Self.decimals))
    case .epochs(let n):
      guard let stepsPerEpoch = horizon.stepsPerEpoch else {
        throw ScheduleError("\(length) needs the number of steps per epoch, which is not given")
      }
      guard n <= 1e9 else { throw ScheduleError("\(length) is too long; at most 1e9 epochs can be counted") }
      let steps = Ticks((n * Self.decimals).rounded()) * Ticks(stepsPerEpoch)
      return try product(steps, ticksPerStep / Ticks(Self.decimals))
    }
  }

  private func product(_ a: Int128, _ b: Int128) throws(ScheduleError) -> Int128 {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    // Sums and doubling stay in range: 2^110 leaves room for 2^16 pieces.
    guard !overflow, value < Ticks(1) << 110 else { throw ScheduleError("the schedule is too long to be counted") }
    return value
  }
}
