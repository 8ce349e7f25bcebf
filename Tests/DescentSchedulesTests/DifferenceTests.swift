import DescentSchedules
import Testing

@Suite struct DifferenceTests {
  @Test func `a schedule does not differ from itself`() throws {
    var random = RandomSchedules(seed: 51)
    for _ in 0..<50 {
      let schedule = random.next()
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let difference = run.difference(to: run)
      #expect(difference.isNone && difference.largest == 0 && difference.integral == 0 && difference.sum == 0)
    }
  }

  @Test func `transformers' cosine against timm's with a prefix`() throws {
    // Measured with the libraries: 0.096 at t = 71, the sum over 100 updates 9.8 % more.
    let a = try run("1: linear 10 from 0 to 100% -> cosine", steps: 100)
    let b = try run("1: linear 10 from 0 to 100% -> cosine 100", steps: 100)
    let difference = a.difference(to: b)
    #expect(difference.step == 71 && abs(difference.largest - 0.096) < 5e-4)
    #expect(abs((difference.sum ?? 0) / a.sum() - 0.098) < 5e-4)
    #expect(difference.firstStep == 11 && difference.isExact)
    #expect(abs(difference.integral - (b.integral() - a.integral())) < 1e-12)
  }

  @Test func `runs of unequal length are compared over the longer one`() throws {
    let difference = try run("1: linear", steps: 10).difference(to: run("1: constant", steps: 20))
    #expect(difference.steps == 20 && difference.largest == 1 && difference.step == 10)
  }

  @Test func `a long run is compared at its corners`() throws {
    let a = try run("1: hold 300000000007 -> hold 1 from 50% -> hold from 100%", steps: 1_000_000_000_000)
    let difference = a.difference(to: try run("1: constant", steps: 1_000_000_000_000))
    #expect(difference.step == 300_000_000_007 && difference.largest == 0.5 && !difference.isExact)
  }
}
