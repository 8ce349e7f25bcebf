import DescentSchedules
import Testing

/// Resuming needs the position and nothing else.
@Suite struct ResumeTests {
  @Test func `any split of any schedule gives the same bits`() throws {
    var random = RandomSchedules(seed: 21)
    for _ in 0..<400 {
      let schedule = random.next()
      let peak = schedule.peak == nil ? 0.25 : nil
      let whole = try schedule.resolved(peak: peak, horizon: everyFact).rates()
      var start = 0
      var pieced: [Double] = []
      // Every part begins in a new process, so to speak: from the text and a number.
      while start < whole.count {
        let end = Int.random(in: (start + 1)...whole.count, using: &random.generator)
        let again = try Schedule(parsing: schedule.description).resolved(peak: peak, horizon: everyFact)
        let byBatch = Bool.random(using: &random.generator)
        pieced += byBatch ? again.rates(in: start..<end) : (start..<end).map { again.rate(at: $0) }
        start = end
      }
      #expect(pieced.map(\.bitPattern) == whole.map(\.bitPattern), "\(schedule)")
    }
  }

  @Test func `the buffer of a batch is filled as far as asked`() throws {
    let run = try run("1: warmup 10 -> cosine", steps: 100)
    var buffer = [Double](repeating: -1, count: 60)
    run.rates(in: 5..<55, into: &buffer)
    #expect(Array(buffer[..<50]) == (5..<55).map { run.rate(at: $0) })
    #expect(buffer[50...].allSatisfy { $0 == -1 })
  }

  @Test func `the digest is the same on every machine and another for another schedule`() throws {
    // FNV-1a of the canonical text.
    #expect(
      try Schedule(parsing: "0.1: warmup 5%->cosine").digest
        == Schedule(peak: 0.1, .warmup(.percent(5)), .cosine()).digest)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "0.1: constant".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    #expect(UInt64(try Schedule(parsing: "0.1: constant").digest, radix: 16) == hash)
    var random = RandomSchedules(seed: 22)
    var seen: [String: Schedule] = [:]
    for _ in 0..<2000 {
      let schedule = random.next()
      #expect(schedule.digest.count == 16)
      if let other = seen.updateValue(schedule, forKey: schedule.digest) { #expect(other == schedule) }
    }
  }
}
