import DescentSchedules
import Testing

@Suite struct ShapeTests {
  private static let interpolating = ["linear", "cosine", "1-sqrt", "rex", "polynomial(2)", "polynomial(0.7)"]

  @Test(arguments: interpolating)
  func `starts at one level, falls all the way and ends at the other, exactly`(name: String) throws {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<100 {
      let steps = Int.random(in: 1...300, using: &generator)
      let top = Double.random(in: 0.01...3, using: &generator)
      let bottom = Double.random(in: 0...1, using: &generator) * top
      let run = try run("\(name) from \(top) absolute to \(bottom) absolute", steps: steps, peak: 1)
      #expect(run.rate(at: 0) == top)
      #expect(run.rate(at: steps) == bottom)
      #expect(run.rate(at: steps + 1) == bottom)
      let rates = run.rates() + [bottom]
      #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 - 1e-15 * top })
    }
  }

  @Test(arguments: interpolating)
  func `the next piece starts exactly where it ends`(name: String) throws {
    for next in ["linear", "hold", "cosine", "exponential x0.9", "inverse-sqrt(10)", "step x0.5 every 7", "restarts 9"]
    {
      let run = try run("0.3: \(name) 37 to 21% -> \(next)", steps: 100)
      #expect(run.rate(at: 37) == 0.3 * 0.21, "\(next)")
      #expect(run.lint().allSatisfy { $0.code != "jump-at-join" })
    }
  }

  @Test func `a warm-up is not zero at first and reaches its level on its last step`() throws {
    var generator = SeededGenerator(state: 8)
    for _ in 0..<100 {
      let length = Int.random(in: 1...500, using: &generator)
      let peak = Double.random(in: 1e-5...1, using: &generator)
      let run = try run("warmup \(length) -> hold", steps: 600, peak: peak)
      #expect(abs(run.rate(at: 0) - peak / Double(length)) < 1e-16)
      #expect(run.rate(at: length - 1) == peak)
      #expect(run.rate(at: length) == peak)
    }
  }

  @Test func `a later warm-up starts where the piece before ends`() throws {
    let run = try run("1: cosine 50 to 20% -> warmup 10 -> hold", steps: 100)
    #expect(abs(run.rate(at: 50) - 0.28) < 1e-15)
    #expect(run.rate(at: 59) == 1)
  }

  @Test func `limits hold shapes that go their own way`() throws {
    let floors = [
      "exponential x0.9", "step x0.5 every 3", "drop x0.1 at 10, 20, 30", "inverse-time(1)", "inverse-sqrt(1)",
    ]
    for shape in floors {
      let run = try run("1: \(shape) to 25%", steps: 100)
      #expect(run.rates().min() == 0.25, "\(shape)")
    }
    let rising = try run("1: exponential x1.1 from 10% to 50%", steps: 100)
    #expect(rising.rates().max() == 0.5)
  }

  @Test func `drops are on the run's clock and apply from their step on`() throws {
    let run = try run("1: warmup 10 -> drop x0.1 at 30%, 60%", steps: 100)
    #expect([29, 30, 59, 60].map { run.rate(at: $0) } == [1, 0.1, 0.1, 0.1 * 0.1])
    #expect(run.breakpoints == [10, 30, 60])
    #expect(try DescentSchedulesTests.run("1: drop x0.5 at 0, 5", steps: 10).rate(at: 0) == 0.5)
  }

  @Test func `the end value is the one before a jump at the very end`() throws {
    #expect(try run("1: step x0.5 every 10 for 30 -> hold", steps: 50).rate(at: 40) == 0.25)
    #expect(try run("1: restarts 10 for 30 -> hold", steps: 50).rate(at: 40) == 0)
    #expect(try run("1: restarts 10 x2 for 30 -> hold", steps: 50).rate(at: 40) == 0)
    #expect(try run("1: drop x0.1 at 30 for 30 -> hold", steps: 50).rate(at: 40) == 1)
  }

  @Test func `restarts begin exactly at their multiples, whatever their growth`() throws {
    // The closed form with a logarithm misses 121 for (3, 1) and 111111 for (10, 1).
    for (growth, step) in [(3, 121), (10, 111_111), (10, 111)] {
      #expect(try run("1: restarts 1 x\(growth)", steps: 200_000).rate(at: step) == 1)
    }
    let fractional = try run("1: restarts 10 x1.5", steps: 100)
    #expect(fractional.breakpoints == [10, 25, 48, 81])
  }

  @Test func `one-cycle meets start, peak and end on a step`() throws {
    for (steps, share) in [(2, 50), (3, 34), (10, 30), (33, 30), (1000, 45)] {
      let run = try run("onecycle(peak: 0.5, warmup: \(share)%, div: 10, final-div: 20)", steps: steps)
      let rates = run.rates()
      #expect(rates.max() == 0.5)
      #expect(rates.last == 0.5 / 10 / 20)
      if (2 * steps * share + 100) / 200 > 1 { #expect(rates[0] == 0.05) }
    }
    #expect(try run("onecycle(peak: 0.5)", steps: 1).rates() == [0.5])
  }

  @Test func `one-cycle takes its peak from outside too`() throws {
    let inside = try run("onecycle(peak: 0.5)", steps: 50)
    let outside = try run("onecycle(warmup: 30%)", steps: 50, peak: 0.5)
    #expect(inside.rates() == outside.rates())
  }
}
