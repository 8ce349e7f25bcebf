import DescentSchedules
import Testing

@Suite struct AppliedTests {
  private let intended = "0.1: warmup 10 -> cosine to 1%"

  /// A log with the rates of other steps than its own.
  private func log(_ range: Range<Int> = 0..<200, _ rate: (ResolvedSchedule, Int) -> Double) throws -> [LintFinding] {
    let run = try run(intended, steps: 200)
    // As a float32 would have it.
    return run.check(applied: range.map { AppliedRate(step: $0, rate: Double(Float(rate(run, $0)))) })
  }

  @Test func `what was intended passes, with gaps and in any order`() throws {
    #expect(try log { $0.rate(at: $1) }.isEmpty)
    let run = try run(intended, steps: 200)
    let rows = [150, 3, 77].map { AppliedRate(step: $0, rate: run.rate(at: $0)) }
    #expect(run.check(applied: rows).isEmpty && run.check(applied: []).isEmpty)
  }

  @Test(arguments: [2, 3, 8, 128])
  func `too fast and too slow`(times: Int) throws {
    let fast = try log { $0.rate(at: $1 * times) }
    #expect(fast.first?.code == "stepped-too-fast" && fast.first?.message.contains(" \(times) times") == true)
    let slow = try log { $0.rate(at: $1 / times) }
    #expect(slow.first?.code == "stepped-too-slow" && slow.first?.message.contains(" \(times) times") == true)
    #expect(fast.first?.severity == .error)
  }

  @Test func `never applied`() throws {
    let findings = try log { _, _ in 0.1 }
    #expect(findings.map(\.code) == ["never-applied"])
  }

  @Test func `lost on a resume`() throws {
    let again = try log { $0.rate(at: $1 < 120 ? $1 : $1 - 120) }
    #expect(again.first?.code == "lost-on-resume")
    #expect(again.first?.message.contains("From step 120 on the schedule begins again from 0") == true)
    #expect(again.contains { $0.code == "applied-jump" } == true)
    let behind = try log { $0.rate(at: $1 < 120 ? $1 : $1 - 7) }
    #expect(behind.first?.message.contains("7 steps behind") == true)
    let ahead = try log { $0.rate(at: $1 < 120 ? $1 : $1 + 7) }
    #expect(ahead.first?.message.contains("7 steps ahead") == true)
    // PyTorch built on a decayed rate.
    let scaled = try log { $0.rate(at: $1) * ($1 < 120 ? 1 : 0.105) }
    #expect(scaled.first?.code == "lost-on-resume" && scaled.first?.message.contains("0.105 times") == true)
  }

  @Test func `off by one, scaled, and otherwise`() throws {
    #expect(try log { $0.rate(at: $1 + 1) }.first?.code == "off-by-one")
    #expect(try log { $0.rate(at: $1) * 3 }.first?.code == "applied-scaled")
    let other = try log { $0.rate(at: $1) + (50..<60).reduce(0) { $1 == 55 ? 0.01 : $0 } * ($1 % 7 == 3 ? 1 : 0) }
    #expect(other.first?.code == "applied-differs")
    #expect(try log { $1 == 9 ? .nan : $0.rate(at: $1) }.map(\.code) == ["applied-non-finite"])
  }

  @Test func `jumps are told, three at most`() throws {
    let findings = try log { $0.rate(at: $1) * ($1 % 20 == 19 ? 0 : 1) }
    #expect(findings.filter { $0.code == "applied-jump" }.count == 3)
    #expect(findings.first?.code == "applied-differs")
  }

  @Test func `a constant schedule is not called never applied`() throws {
    let run = try run("0.1: constant", steps: 50)
    #expect(run.check(applied: (0..<50).map { AppliedRate(step: $0, rate: 0.1) }).isEmpty)
    #expect(run.check(applied: (0..<50).map { AppliedRate(step: $0, rate: 0.2) }).map(\.code) == ["applied-scaled"])
  }

  @Test func `every code has a sentence`() {
    for code in AppliedCode.allCases { #expect(code.meaning.hasSuffix(".")) }
  }
}
