import DescentSchedules
import Testing

/// What each controller does.
@Suite struct ControllerTests {
  private func replay(_ text: String, _ losses: [Double]) throws -> ControllerReplay {
    try Controller(parsing: text).replay(losses.enumerated().map { Observation(step: $0, loss: $1) })
  }

  // MARK: Plateau

  @Test func `a rising negative loss is worse, a falling one better`() throws {
    let rising = try replay("plateau(patience: 2)", (0..<4).map { -10 + 0.0001 * Double($0) })
    #expect(rising.changes.map(\.step) == [3])
    #expect(rising.controller.multiplier == 0.1)
    let falling = try replay("plateau(patience: 2)", (0..<40).map { -10 * (1 + 0.001 * Double($0)) })
    #expect(falling.changes.isEmpty)
    let accuracy = try replay("plateau(patience: 2, mode: max)", (0..<40).map { -10 / (1 + 0.001 * Double($0)) })
    #expect(accuracy.changes.isEmpty)
  }

  @Test func `what is not a number is told once and changes nothing`() throws {
    let result = try replay("plateau(patience: 1)", [1, 1, .nan, .nan, .nan, .nan, .nan, 1, .nan])
    #expect(result.changes.map(\.reason) == [.notANumber, .plateau, .notANumber])
    #expect(result.changes.map(\.step) == [2, 7, 8])
    #expect(result.changes[0].from == 1 && result.changes[0].to == 1)
  }

  @Test func `an infinite loss is worse, one of minus infinity is no best`() throws {
    #expect(try replay("plateau(patience: 1)", [1, .infinity, .infinity]).controller.multiplier == 0.1)
    let result = try replay("plateau(patience: 0)", [1, -.infinity, 0.9, 0.8])
    #expect(result.changes.map(\.reason) == [.notANumber])
  }

  @Test func `no rate is too small to be cut`() throws {
    var controller = try Controller(parsing: "plateau(patience: 0, factor: 0.9)")
    for step in 0..<3 { _ = controller.observe(Observation(step: step, loss: 1, scheduledRate: 5e-12)) }
    #expect(controller.multiplier == 0.9 * 0.9)
  }

  @Test func `the floor on the rate binds a cut, and lifts no rate`() throws {
    var controller = try Controller(parsing: "plateau(patience: 0, minRate: 0.02)")
    func see(_ step: Int, _ rate: Double) -> RateChange? {
      controller.observe(Observation(step: step, loss: 1, scheduledRate: rate))
    }
    #expect(see(0, 0.1) == nil)
    #expect(see(1, 0.1)?.to == 0.02 / 0.1)
    // The schedule itself has fallen below the floor: nothing more to cut, nothing to raise.
    #expect(see(2, 0.01) == nil)
    #expect(controller.multiplier == 0.02 / 0.1)
  }

  @Test func `steps without a validation figure pass unseen where that is watched`() throws {
    let log = (0..<40).map { Observation(step: $0, loss: 1, metric: $0 % 10 == 9 ? 0.5 : nil) }
    let controller = try Controller(parsing: "plateau(patience: 1)")
    #expect(controller.watching(.validation).replay(log).changes.map(\.step) == [29])
    #expect(controller.watching(.loss).replay(log).changes.first?.step == 2)
    let own = try Controller(parsing: "plateau(watch: loss)")
    #expect(own.watching(.validation) == own)
  }

  @Test func `a message says what happened, why and what becomes of the rate`() throws {
    let change = try #require(try replay("plateau(patience: 1)", [0.5, 0.6, 0.7]).changes.first)
    #expect(
      change.message
        == "In the last 2 observations the figure watched has not bettered its best, 0.5: "
        + "the multiplier goes from 1 to 0.1.")
  }

  // MARK: Greedy

  @Test func `one huge loss leaves a moving mean with it`() throws {
    // A running sum would keep the rounding error of 1e20 for ever.
    let losses = [1.0, 1, 1e20] + (0..<20).map { 1 - 0.01 * Double($0) }
    let result = try replay("greedy(patience: 2, smooth: 3)", losses)
    #expect(result.controller.multiplier > 1)
  }

  @Test func `greedy begins again after lowering in vain at its minimum`() throws {
    let result = try replay("greedy(patience: 0, factor: 0.5, min: 0.5, reset: 3)", [Double](repeating: 1, count: 8))
    #expect(
      result.changes.map(\.reason) == [.improving, .worsening, .worsening, .reset, .improving, .worsening, .worsening])
    #expect(result.multipliers == [1, 2, 1, 0.5, 0.5, 1, 2, 1])
  }

  // MARK: Back-off

  @Test func `back-off cuts at the first loss above the limit and on what is not finite`() throws {
    // L₀ = 1, best 0.5: the limit is 1 + 10·max(1, 0.5) = 11.
    let result = try replay("backoff(cooldown: 1)", [1, 0.5, 11, 11.1, 12, 12, .nan, 1])
    #expect(result.changes.map(\.step) == [3, 5])
    #expect(result.changes.map(\.reason) == [.aboveLimit, .aboveLimit])
    #expect(result.controller.multiplier == 0.25)
    #expect(try replay("backoff", [.nan, 1, 1]).changes.map(\.reason) == [.nonFinite])
  }

  @Test func `back-off sees a gradient that is not finite`() throws {
    var controller = try Controller(parsing: "backoff")
    let change = controller.observe(Observation(step: 0, loss: 1, gradientSquaredNorm: .infinity))
    #expect(change?.reason == .nonFinite)
  }

  @Test func `back-off recovers slowly and never beyond the schedule`() throws {
    let result = try replay("backoff(recover: 2, growth: 1.5)", [1, .infinity] + [Double](repeating: 1, count: 10))
    #expect(result.changes.map(\.reason) == [.nonFinite, .recovery, .recovery])
    #expect(result.changes.map(\.to) == [0.5, 0.75, 1])
    #expect(try replay("backoff", [1, .infinity] + [Double](repeating: 1, count: 50)).controller.multiplier == 0.5)
  }

  // MARK: Hypergradient and Polyak

  /// Gradient descent on ½·h·x² with a controller of the gradient; the last x and the rates.
  private func descend(_ text: String, curvature h: Double, base: Double, steps: Int) throws -> (
    x: Double, rates: [Double]
  ) {
    var controller = try Controller(parsing: text)
    var (x, previous, rates) = (1.0, nil as Double?, [Double]())
    for step in 0..<steps {
      let g = h * x
      _ = controller.observe(
        Observation(
          step: step, loss: h * x * x / 2, gradientSquaredNorm: g * g, gradientDot: previous.map { $0 * g },
          scheduledRate: base))
      rates.append(base * controller.multiplier)
      x -= base * controller.multiplier * g
      previous = g
    }
    return (x, rates)
  }

  @Test func `the additive hypergradient is the paper's recursion`() throws {
    let (h, base, beta) = (2.0, 0.01, 0.003)
    let ours = try descend("hypergradient(beta: 0.003)", curvature: h, base: base, steps: 50).rates
    var (x, rate, previous, theirs) = (1.0, base, 0.0, [Double]())
    for _ in 0..<50 {
      let g = h * x
      rate += beta * g * previous
      theirs.append(rate)
      x -= rate * g
      previous = g
    }
    #expect(theirs[49] > 1.5 * base)
    #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) <= 1e-12 })
  }

  @Test func `the multiplicative hypergradient moves by a constant factor while gradients agree`() throws {
    let rates = try descend("hypergradient(form: multiplicative, beta: 0.1)", curvature: 1, base: 0.01, steps: 10).rates
    for (a, b) in zip(rates.dropFirst(), rates.dropFirst(2)) { #expect(abs(b / a - 1.1) < 1e-12) }
    // Beyond 2/h the gradients oppose each other.
    let down = try descend("hypergradient(form: multiplicative, beta: 0.1)", curvature: 1, base: 2.5, steps: 5).rates
    #expect(abs(down[4] / down[3] - 0.9) < 1e-12)
  }

  @Test func `the Polyak step is the distance to the target over the squared gradient, up to its bound`() throws {
    func step(_ text: String, loss: Double, squaredNorm: Double) throws -> Double {
      var controller = try Controller(parsing: text)
      _ = controller.observe(Observation(step: 0, loss: loss, gradientSquaredNorm: squaredNorm))
      return controller.multiplier
    }
    #expect(try step("polyak", loss: 0.5, squaredNorm: 4) == 0.125)
    #expect(try step("polyak(target: 0.25, c: 0.5)", loss: 0.5, squaredNorm: 4) == 0.125)
    #expect(try step("polyak", loss: 50, squaredNorm: 4) == 1)
    #expect(try step("polyak(target: 1)", loss: 0.5, squaredNorm: 4) == 0)
    #expect(try step("polyak", loss: 1e-30, squaredNorm: 4e-30) == 0.25)
    #expect(try step("polyak", loss: 1, squaredNorm: 0) == 0)
  }

  @Test func `Polyak's step halves the distance on a parabola, whatever its curvature`() throws {
    for h in [0.5, 3, 100.0] {
      let x = try descend("polyak(max: 1000)", curvature: h, base: 1, steps: 20).x
      #expect(abs(x / 0x1p-20 - 1) < 1e-12)
    }
  }

  @Test func `a gradient that is not finite leaves the multiplier and is told once`() throws {
    var controller = try Controller(parsing: "polyak")
    func see(_ loss: Double, _ norm: Double) -> RateChange? {
      controller.observe(Observation(step: 0, loss: loss, gradientSquaredNorm: norm))
    }
    _ = see(0.5, 4)
    #expect(see(.nan, 4)?.reason == .notANumber)
    #expect(see(1, .infinity) == nil)
    #expect(controller.multiplier == 0.125)
  }

  // MARK: Replay

  @Test func `a shorter patience would have cut sooner`() throws {
    let losses = (0..<60).map { max(0.2, 1 - 0.05 * Double($0)) }
    func cuts(_ patience: Int) throws -> [Int] {
      try replay("plateau(patience: \(patience))", losses).changes.map(\.step)
    }
    #expect(try cuts(10) == [27, 38, 49])
    #expect(try cuts(5).prefix(2) == [22, 28])
  }
}
