import DescentSchedules
import Testing

@Suite struct DecayTests {
  @Test(arguments: [
    ("constant", false), ("linear to 25%", false), ("linear to 15%", true), ("warmup 5% -> cosine", true),
    ("warmup 100%", false), ("inverse-sqrt(1000)", false), ("drop x0.1 at 50%", true),
  ])
  func `a schedule decays if its last rate is under a fifth of the peak`(_ text: String, _ decays: Bool) throws {
    let rates = try Schedule(parsing: text).resolved(peak: 0.3, horizon: Horizon(steps: 1000))
    #expect(rates.decays == decays)
  }
}
