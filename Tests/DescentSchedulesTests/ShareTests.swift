import DescentSchedules
import Testing

@Suite struct ShareTests {
  @Test(arguments: [
    "constant", "warmup 5% -> cosine", "drop x0.1 at 30%, 60%, 90%", "onecycle(peak: 0.1, warmup: 30%)",
  ])
  func `a schedule told in shares is itself`(_ text: String) throws {
    let schedule = try Schedule(parsing: text)
    #expect(try schedule.inShares(of: Horizon(steps: 1000), peak: 1) == schedule)
  }

  @Test(arguments: [
    "warmup 100 -> cosine to 0", "warmup 100 -> hold 400 -> linear to 0", "step x0.5 every 100", "exponential x0.999",
    "restarts 100 x2 decay 0.5", "inverse-sqrt(200)", "0.2: warmup 50 -> cosine to 1%",
  ])
  func `any other keeps its rates, and its shape over other lengths`(_ text: String) throws {
    let schedule = try Schedule(parsing: text)
    let shares = try schedule.inShares(of: Horizon(steps: 1000), peak: 1)
    var before = schedule
    before.peak = 1
    var after = shares
    after.peak = 1
    let whole = try before.resolved(horizon: Horizon(steps: 1000))
    let again = try after.resolved(horizon: Horizon(steps: 1000))
    for step in 0..<1000 { #expect(abs(whole.rate(at: step) - again.rate(at: step)) < 0.02, "step \(step)") }
    let short = try after.resolved(horizon: Horizon(steps: 100))
    // Corners may fall between two steps of the short run.
    let far = (0..<100).count { abs(short.rate(at: $0) - whole.rate(at: 10 * $0 + 5)) > 0.06 }
    #expect(far <= 6)
  }

  @Test func `what does not fit the run is told`() throws {
    let schedule = try Schedule(parsing: "warmup 2ep -> cosine")
    #expect(throws: ScheduleError.self) { try schedule.inShares(of: Horizon(steps: 100), peak: 1) }
  }
}
