import DescentDiagnosis
import DescentSchedules
import Testing

struct ScheduleFaultTests {
  private func rates(_ text: String, _ steps: Int = 400) throws -> [Double] {
    try Schedule(parsing: text).resolved(horizon: Horizon(steps: steps)).rates()
  }

  private func diagnosed(_ applied: String, intended: String? = nil, every: Int = 1) throws -> Finding? {
    let rates = try rates(applied)
    let rows = stride(from: 0, to: 400, by: every).map { $0 }
    var run = log(rows.map { healthyLosses(400)[$0] }, rates: rows.map { rates[$0] }, every: every)
    run.intended = try intended.map { try Schedule(parsing: $0).resolved(horizon: Horizon(steps: 400)) }
    return found(.scheduleFault, in: run)
  }

  @Test(
    arguments: [
      "0.1: constant", "0.1: warmup 5% -> cosine", "0.1: linear to 0", "0.1: drop x0.1 at 50%, 75%",
      "onecycle(peak: 0.1, warmup: 30%)", "0.1: restarts 100 x2", "0.1: inverse-sqrt(100)", "0.1: exponential x0.99",
      "cyclic(low: 0.001, high: 0.1, up: 50, down: 50)", "0.1: warmup 10% -> hold 70% -> 1-sqrt 20% to 0",
    ], [1, 10])
  func `No usual schedule is a fault, a constant rate least of all`(text: String, every: Int) throws {
    #expect(try diagnosed(text, every: every) == nil)
    #expect(try diagnosed(text, intended: text, every: every) == nil)
  }

  @Test(arguments: [
    ("0.1: linear 40% to 0", "rate-gone"), ("0.1: warmup 800", "endless-warmup"),
    ("0.1: warmup 5% -> linear 45% to 50% -> warmup 5% from 0 -> linear 45% to 50%", "begun-again"),
  ])
  func `Faults that the rates alone show`(text: String, kind: String) throws {
    #expect(try diagnosed(text)?.kind == kind)
  }

  @Test(arguments: [
    ("0.1: constant", "0.1: linear to 0", "never-applied"),
    ("0.1: linear 25% to 0", "0.1: linear to 0", "stepped-too-fast"),
  ])
  func `Faults that the intended schedule shows`(applied: String, intended: String, kind: String) throws {
    #expect(try diagnosed(applied, intended: intended)?.kind == kind)
  }
}
