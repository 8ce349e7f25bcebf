/// Turns lengths into steps of one run, exactly.
///
/// Sums of percentages in floating point are not what they seem (0.7 + 0.2 + 0.1 ≠ 1), and a boundary rounded half up
/// must not depend on that. So places are whole numbers of ticks in 128 bits, a step having 10¹¹ times a common multiple
/// of what an update is worth in samples and tokens; percent, epochs and seconds are taken to the ninth decimal.
struct Clock {
  static let largest = 1 << 53
  private static let decimals = 1e9
  private static let hundredths: Int128 = 100_000_000_000
  let horizon: Horizon
  private let ticksPerStep: Int128
  private let batches: BatchClock?

  init(_ horizon: Horizon) throws(ScheduleError) {
    guard (1...Self.largest).contains(horizon.steps) else {
      throw ScheduleError("a run needs 1 to 2^53 steps, it has \(horizon.steps)")
    }
    try Self.check(horizon.stepsPerEpoch, "an epoch needs at least 1 step, it has")
    try Self.check(horizon.tokensPerStep, "a step needs at least 1 token, it has")
    try Self.check(horizon.samplesPerEpoch, "an epoch needs at least 1 sample, it has")
    try Self.check(horizon.tokensPerSample, "a sample needs at least 1 token, it has")
    try Self.check(horizon.accumulation, "accumulation needs at least 1 batch, it has")
    try Self.check(horizon.dataParallel, "data parallelism needs at least 1 device, it has")
    if let seconds = horizon.secondsPerStep, !(seconds.isFinite && seconds > 0) {
      throw ScheduleError("a step must last longer than 0 seconds, it lasts \(number(seconds))")
    }
    self.horizon = horizon
    batches = try horizon.batch.map { plan throws(ScheduleError) in try BatchClock(plan, horizon) }
    var multiple = Int128(horizon.tokensPerStep ?? 1)
    for worth in batches?.worths ?? [] {
      let (next, overflow) = (multiple / commonDivisor(multiple, worth)).multipliedReportingOverflow(by: worth)
      // Past this, a tick is a 10¹¹th of a step, and samples are rounded to it.
      if overflow || next > Int128(1) << 108 / (Self.hundredths * Int128(horizon.steps)) { break }
      multiple = next
    }
    ticksPerStep = Self.hundredths * multiple
  }

  /// The same facts over another number of steps.
  func over(_ steps: Int) throws(ScheduleError) -> Clock {
    var other = horizon
    other.steps = steps
    return try Clock(other)
  }

  /// The boundaries b₀ = 0, b₁, … of pieces with these lengths (nil: what is left), rounded half up on the sum.
  func boundaries(_ lengths: [Length?]) throws(ScheduleError) -> [Int] {
    let free = lengths.firstIndex { $0 == nil }
    var places: [Int128] = [0]
    for length in lengths[..<(free ?? lengths.count)] {
      places.append(try place(after: length, from: places.last ?? 0))
    }
    if let free {
      let total = Int128(horizon.steps) * ticksPerStep
      let start = places.last ?? 0
      let rest = lengths[(free + 1)...]
      var end = max(start, try start + left(rest, after: start, of: total))
      places.append(end)
      for length in rest {
        end = try place(after: length, from: end)
        places.append(end)
      }
    }
    var steps: [Int] = []
    for place in places { steps.append(try rounded(place)) }
    return steps
  }

  /// How many ticks the lengths `rest` leave of `total` after `start`: backwards where an update's worth changes.
  private func left(_ rest: ArraySlice<Length?>, after start: Int128, of total: Int128) throws(ScheduleError) -> Int128
  {
    var end = total
    for length in rest.reversed() {
      guard let length else { continue }
      if let worth = worth(length), let batches, batches.isRamp {
        end = batches.place(before: end, by: worth, ticksPerStep)
      } else {
        end -= try ticks(length)
      }
    }
    return end - start
  }

  /// One place or length in whole steps, rounded half up.
  func steps(_ length: Length) throws(ScheduleError) -> Int { try rounded(try place(after: length, from: 0)) }

  /// The same, rounded up.
  func steps(_ length: Length, rounded rule: FloatingPointRoundingRule) throws(ScheduleError) -> Int {
    let place = try place(after: length, from: 0)
    return try checked((place + (rule == .up ? ticksPerStep - 1 : 0)) / ticksPerStep)
  }

  /// A length in steps, not rounded, above 0.
  func exactSteps(_ length: Length, _ what: String) throws(ScheduleError) -> Double {
    let ticks = try place(after: length, from: 0)
    guard ticks > 0 else { throw ScheduleError("\(what) must be longer than 0, it is \(length)") }
    let whole = ticks / ticksPerStep
    return Double(whole) + Double(ticks - whole * ticksPerStep) / Double(ticksPerStep)
  }

  func samples(after steps: Int) throws(ScheduleError) -> Int {
    guard let batches else { throw ScheduleError("samples need the batch size, which is not given") }
    guard (0...Self.largest).contains(steps) else { throw ScheduleError("steps are 0 to 2^53, not \(steps)") }
    let samples = batches.samples(at: Int128(steps))
    guard let count = Int(exactly: samples) else { throw ScheduleError("the run has too many samples to be counted") }
    return count
  }

  /// The complaint if the percentages alone exceed the run.
  static func tooManyPercent(_ lengths: [Length]) -> String? {
    var sum = 0.0
    for case .percent(let percent) in lengths { sum += (percent * decimals).rounded() }
    return sum > 100 * decimals
      ? "the pieces add up to \(number(sum / decimals))% of the run; at most 100% is there" : nil
  }

  private func rounded(_ ticks: Int128) throws(ScheduleError) -> Int {
    try checked((2 * ticks + ticksPerStep) / (2 * ticksPerStep))
  }

  private func checked(_ steps: Int128) throws(ScheduleError) -> Int {
    guard steps <= Self.largest else { throw ScheduleError("the schedule is longer than 2^53 steps") }
    return Int(steps)
  }

  /// Where a length ends that begins at `place`: in the samples of a batch ramp that depends on where it begins.
  private func place(after length: Length?, from place: Int128) throws(ScheduleError) -> Int128 {
    guard let length else { return place }
    if let worth = worth(length), let batches, batches.isRamp {
      return try inRange(batches.place(after: place, by: worth, ticksPerStep))
    }
    return try inRange(place + (try ticks(length)))
  }

  /// A length as samples in billionths, if that is how it is counted here.
  private func worth(_ length: Length) -> Int128? {
    let billion = Int128(Self.decimals)
    switch length {
    case .samples(let n): return Int128(n) * billion
    case .tokens(let n):
      guard horizon.tokensPerStep == nil, let tokens = horizon.tokensPerSample else { return nil }
      return Int128(n) * billion / Int128(tokens)
    case .epochs(let n):
      guard horizon.stepsPerEpoch == nil, let samples = horizon.samplesPerEpoch, n <= 1e9 else { return nil }
      return Int128((n * Self.decimals).rounded()) * Int128(samples)
    default: return nil
    }
  }

  private func ticks(_ length: Length) throws(ScheduleError) -> Int128 {
    switch length {
    case .steps(let n): return try product(Int128(n), ticksPerStep)
    case .percent(let percent):
      let share = Int128((percent * Self.decimals).rounded()) * Int128(horizon.steps)
      return try product(share, ticksPerStep / Self.hundredths)
    case .seconds(let n):
      guard let seconds = horizon.secondsPerStep else {
        throw ScheduleError("\(length) needs the number of seconds per step, which is not given")
      }
      let steps = (n / seconds * Self.decimals).rounded()
      guard steps < 0x1p90 else { throw ScheduleError("the schedule is too long to be counted") }
      return try product(Int128(steps), ticksPerStep / Int128(Self.decimals))
    case .samples(let n):
      return try product(Int128(n), ticksPerStep) / (try samplesPerStep(length))
    case .tokens(let n):
      if let tokens = horizon.tokensPerStep { return try product(Int128(n), ticksPerStep) / Int128(tokens) }
      guard let tokens = horizon.tokensPerSample, batches != nil else {
        throw ScheduleError("\(length) needs the number of tokens per step, which is not given")
      }
      return try product(Int128(n), ticksPerStep) / (try samplesPerStep(length) * Int128(tokens))
    case .epochs(let n):
      guard n <= 1e9 else { throw ScheduleError("\(length) is too long; at most 1e9 epochs can be counted") }
      let epochs = Int128((n * Self.decimals).rounded())
      if let steps = horizon.stepsPerEpoch {
        return try product(epochs * Int128(steps), ticksPerStep / Int128(Self.decimals))
      }
      guard let samples = horizon.samplesPerEpoch, batches != nil else {
        throw ScheduleError("\(length) needs the number of steps per epoch, which is not given")
      }
      let ticks = try product(epochs * Int128(samples), ticksPerStep / Int128(Self.decimals))
      return ticks / (try samplesPerStep(length))
    }
  }

  /// Samples in an update of a run whose batch does not change.
  private func samplesPerStep(_ length: Length) throws(ScheduleError) -> Int128 {
    guard let batches else { throw ScheduleError("\(length) needs the batch size, which is not given") }
    return batches.first
  }

  private func product(_ a: Int128, _ b: Int128) throws(ScheduleError) -> Int128 {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    guard !overflow else { throw ScheduleError("the schedule is too long to be counted") }
    return try inRange(value)
  }

  private func inRange(_ ticks: Int128) throws(ScheduleError) -> Int128 {
    // Sums and doubling stay in range: 2^110 leaves room for 2^16 pieces.
    guard ticks < Int128(1) << 110 else { throw ScheduleError("the schedule is too long to be counted") }
    return ticks
  }

  private static func check(_ count: Int?, _ complaint: String) throws(ScheduleError) {
    if let count, !(1...largest).contains(count) { throw ScheduleError("\(complaint) \(count)") }
  }
}

/// The greatest number that divides both (Euclid); both are above 0.
private func commonDivisor(_ a: Int128, _ b: Int128) -> Int128 {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
