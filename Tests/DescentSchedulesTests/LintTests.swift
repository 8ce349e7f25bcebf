import DescentSchedules
import Testing

/// A schedule over 1,000 steps and the codes it must give, gravest first.
private let linted: [(text: String, codes: [String])] = [
  ("0: constant", ["every-rate-zero"]),
  ("1: hold from 0", ["every-rate-zero"]),
  ("1: exponential x10", ["non-finite-rate"]),
  ("1: warmup 1000 -> cosine", ["warmup-exceeds-run"]),
  ("1: warmup 2000 -> cosine", ["warmup-exceeds-run", "peak-never-reached", "longer-than-run"]),
  ("1: warmup 100%", ["warmup-exceeds-run"]),
  ("onecycle(peak: 1, warmup: 100%)", ["warmup-exceeds-run"]),
  ("1: linear 10 from 0 to 100% -> cosine", ["first-update-zero"]),
  ("1: warmup 10 to 50% -> cosine", ["peak-never-reached"]),
  ("cyclic(low: 0, high: 1, up: 3000)", ["first-update-zero", "peak-never-reached"]),
  ("1: cosine 50% to 10% -> hold from 50%", ["jump-at-join"]),
  ("1: warmup 40% -> drop x0.1 at 30%", ["jump-at-join"]),
  ("1: warmup 100 -> noam(512, 100)", ["jump-at-join"]),
  ("1: warmup 100 -> cosine 1000 to 1%", ["longer-than-run"]),
  ("1: cosine 500", ["shorter-than-run"]),
  ("1: cosine 500 to 10%", ["shorter-than-run"]),
  ("1: exponential x0.9999 to 1%", ["floor-never-reached"]),
  ("1e-9: constant", ["below-float32-resolution"]),
  ("1: exponential x0.9", ["below-float32-resolution"]),
  ("1: cosine to 0.1", ["ambiguous-level"]),
  ("1: cosine 500 | after continue", ["rises-after-end"]),
  ("1: drop x0.1 at 50%, 1000", ["place-beyond-run"]),
  ("1: drop x0.1 at 50% for 40% -> cosine", ["place-beyond-run"]),
  ("1: knots linear 0 = 100%, 2000 = 10%", ["place-beyond-run"]),
  ("1: restarts 999", ["restart-at-end"]),
  ("1: restarts 199 to 1%", ["restart-at-end"]),
  ("1: linear 999 | after repeat", ["restart-at-end"]),
  ("1: cosine | floor 100%", ["floor-above-peak"]),
  ("1: (warmup 10 to 50% -> hold) * (cosine)", ["peak-never-reached"]),
  ("1: linear 500 | stretch x3", ["longer-than-run"]),
  ("1: linear 500 to 10% | offset 100", ["peak-never-reached", "shorter-than-run"]),
]

private let healthy = [
  "0.1: constant", "0.1: warmup 5% -> cosine", "0.1: warmup 100 -> cosine 900 to 1%",
  "0.1: warmup 10 -> hold -> 1-sqrt 20% to 0", "0.1: linear to 0", "0.1: drop x0.1 at 30%, 60%, 90%",
  "0.1: step x0.5 every 100", "0.1: exponential x0.999", "0.1: polynomial(2) to 0", "0.1: inverse-time(0.01)",
  "0.1: warmup 100 -> inverse-sqrt(100)", "1: noam(512, 400)", "0.1: restarts 100 x2 decay 0.5 to 1%",
  "onecycle(peak: 0.1, warmup: 30%)", "cyclic(low: 0.001, high: 0.1, up: 50, down: 50, mode: triangular2)", "0.1: rex",
  "1: wsd()", "1: tri-stage()", "1: tanh", "1: chebyshev(10, 64)", "1: waves(2.5)",
  "1: warmup 100 -> power(0.5) knee 100",
  "1: repeat 4 (warmup 5% -> cosine to 1%)", "1: cosine | floor 1%", "1: (warmup 5% -> hold) * (drop x0.1 at 50%)",
  "1: linear | jitter 1% seed 5", "1: knots log 0 = 100%, 100% = 1%", "1: polynomial(1) cycle 300 to 1%",
  "1: cosine 500 | stretch x2", "1: cosine 250 to 1% | after repeat",
  "0.1: exponential x0.99 to 1%", "1: cosine to 1e-3 absolute", "1: warmup 0 -> cosine",
]

@Suite struct LintTests {
  @Test(arguments: linted.indices)
  func `gives just these findings`(index: Int) throws {
    let (text, codes) = linted[index]
    #expect(try run(text, steps: 1000).lint().map(\.code) == codes, "\(text)")
  }

  @Test(arguments: healthy)
  func `has nothing to say about a healthy schedule`(text: String) throws {
    #expect(try run(text, steps: 1000).lint().isEmpty)
  }

  @Test func `every code of the table is seen here, with its severity`() throws {
    let all = Set(LintCode.allCases.map(\.rawValue))
    #expect(Set(linted.flatMap(\.codes)) == all.subtracting(["below-bfloat16-resolution"]))
    for (text, _) in linted {
      for finding in try run(text, steps: 1000).lint() {
        let code = try #require(LintCode(rawValue: finding.code))
        #expect(code.meaning.hasSuffix("."))
        let stopsEarly = code == .shorterThanRun && finding.severity == .warning
        #expect(finding.severity == code.severity || stopsEarly)
      }
    }
  }

  @Test func `what bfloat16 loses is told when asked for`() throws {
    let run = try run("1e-3: cosine", steps: 1000)
    #expect(run.lint().isEmpty)
    #expect(run.lint(precision: .bfloat16).map(\.code) == ["below-bfloat16-resolution"])
    #expect(try DescentSchedulesTests.run("1e-2: cosine", steps: 1000).lint(precision: .bfloat16).isEmpty)
  }

  @Test func `a jump says its place and size`() throws {
    let finding = try run("1: hold 50% -> linear from 25%", steps: 1000).lint().first
    #expect(finding?.message == "At step 500, where linear begins, the rate jumps from 1 to 0.25 (by -0.75).")
  }

  @Test func `an ambiguous level says both readings`() throws {
    let finding = try run("1: cosine to 0.001", steps: 10).lint().first
    #expect(finding?.severity == .note)
    #expect(
      finding?.message
        == "The level 0.001 (character 14) is read as that share of the peak; write \"0.001 of peak\" or \"0.001 absolute\" "
        + "to say which is meant.")
  }

  @Test func `an early end at zero is a warning, at a rate a note`() throws {
    #expect(try run("1: cosine 500", steps: 1000).lint().first?.severity == .warning)
    #expect(try run("1: cosine 500 to 10%", steps: 1000).lint().first?.severity == .note)
  }

  @Test func `a run of a million million steps is looked at at once`() throws {
    for text in ["1: step x0.999999 every 1", "1: restarts 1 decay 0.5", "cyclic(low: 0.1, high: 1, up: 1)"] {
      #expect(try run(text, steps: 1_000_000_000_000).lint().allSatisfy { $0.severity != .error }, "\(text)")
    }
  }
}
