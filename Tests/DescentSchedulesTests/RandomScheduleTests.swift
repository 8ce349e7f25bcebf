import DescentSchedules
import Testing

@Suite struct RandomScheduleTests {
  private let horizon = everyFact

  @Test func `text and JSON round trip over random schedules`() throws {
    var random = RandomSchedules(seed: 1)
    for _ in 0..<3000 {
      let schedule = random.next()
      #expect(try Schedule(parsing: schedule.description) == schedule, "\(schedule)")
      #expect(try throughJSON(schedule) == schedule)
    }
  }

  @Test func `random access, sequential access and a value read back agree bit for bit`() throws {
    var random = RandomSchedules(seed: 2)
    for _ in 0..<300 {
      let schedule = random.next()
      let peak = schedule.peak == nil ? 0.25 : nil
      let whole = try schedule.resolved(peak: peak, horizon: horizon)
      let rates = whole.rates()
      let again = try Schedule(parsing: schedule.description).resolved(peak: peak, horizon: horizon)
      for step in (0..<horizon.steps).shuffled(using: &random.generator) {
        #expect(again.rate(at: step).bitPattern == rates[step].bitPattern, "\(schedule) at \(step)")
      }
      #expect(whole.rate(at: -5) == rates[0])
    }
  }

  @Test func `rates are finite and never negative, and hold after the last piece`() throws {
    var random = RandomSchedules(seed: 3)
    for _ in 0..<500 {
      let schedule = random.next()
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: horizon)
      #expect(run.rates().allSatisfy { $0.isFinite && $0 >= 0 }, "\(schedule)")
      let end = max(run.boundaries.last ?? 0, horizon.steps)
      if schedule.modifiers == Modifiers() { #expect(run.rate(at: end) == run.rate(at: end + 12345)) }
    }
  }

  @Test func `a multiplier scales with its peak`() throws {
    var random = RandomSchedules(seed: 4)
    for _ in 0..<200 {
      var schedule = random.next()
      if schedule.description.contains("cyclic") { continue }
      if schedule.description.contains("absolute") { continue }
      schedule.peak = nil
      let one = try schedule.resolved(peak: 1, horizon: horizon).rates()
      let four = try schedule.resolved(peak: 4, horizon: horizon).rates()
      #expect(zip(one, four).allSatisfy { abs($0 * 4 - $1) <= 1e-14 * $1 }, "\(schedule)")
    }
  }

  @Test func `between breakpoints the rate is monotone`() throws {
    var random = RandomSchedules(seed: 5)
    for _ in 0..<300 {
      let schedule = random.next()
      // gamma bends the ramps of exp-range, which may then have a top of their own; so may products.
      if schedule.description.contains("exp-range") || schedule.description.contains("*") { continue }
      if schedule.modifiers.jitter != nil { continue }
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: horizon)
      let rates = run.rates()
      let breaks = [0] + run.breakpoints + [horizon.steps]
      #expect(breaks == breaks.sorted() && Set(breaks).count == breaks.count, "\(schedule)")
      for (start, end) in zip(breaks, breaks.dropFirst()) {
        let part = rates[start..<end]
        let slack = 1e-14 * (part.max() ?? 0)
        let pairs = zip(part, part.dropFirst())
        let isMonotone = pairs.allSatisfy { $0 <= $1 + slack } || pairs.allSatisfy { $0 >= $1 - slack }
        #expect(isMonotone, "\(schedule) in \(start)..<\(end)")
      }
    }
  }
}
