import DescentCore
import DescentFinder
import Foundation
import Testing

@Suite struct RangeTestRunTests {
  @Test func `the ladder starts at from, ends at to and is evenly spaced`() throws {
    let exponential = try RangeTest(from: 1e-5, to: 1, steps: 6).ladder
    #expect(exponential.first == 1e-5)
    #expect(exponential.last == 1)
    for (lower, upper) in zip(exponential, exponential.dropFirst()) { #expect(abs(upper / lower - 10) < 1e-12) }
    let linear = try RangeTest(from: 1, to: 3, steps: 5, ramp: .linear).ladder
    #expect(linear == [1, 1.5, 2, 2.5, 3])
  }

  @Test func `settings outside their domain are refused with a sentence`() {
    #expect(throws: FinderError.self) { try RangeTest(from: 0) }
    #expect(throws: FinderError.self) { try RangeTest(from: -1) }
    #expect(throws: FinderError.self) { try RangeTest(from: .nan) }
    #expect(throws: FinderError.self) { try RangeTest(from: 1, to: 1) }
    #expect(throws: FinderError.self) { try RangeTest(to: .infinity) }
    #expect(throws: FinderError.self) { try RangeTest(steps: 1) }
    #expect(throws: FinderError.self) { try RangeTest(stopFactor: 1) }
    #expect(throws: FinderError.self) { try RangeTest(smoothingWindow: 4) }
    #expect(throws: FinderError.self) { try RangeTest().run(source: ParabolaSource(), repeats: 0) }
  }

  @Test func `every step gets its rate`() throws {
    let test = try RangeTest(from: 1e-4, to: 1e-2, steps: 30)
    var trainee = Parabola()
    let result = try test.run(spending: &trainee)
    #expect(result.stopped == .completed)
    #expect(result.curve.map(\.rate) == test.ladder)
    #expect(result.curve.map(\.step) == Array(0..<30))
    var x = 1.0
    for point in result.curve {
      #expect(point.loss == x * x)
      x -= point.rate * 2 * x
    }
    #expect(trainee.x == x)
  }

  @Test func `the state is put back bit for bit`() throws {
    var trainee = Parabola(noise: 0.1)
    _ = try trainee.step(learningRate: 0.01)
    let before = trainee.snapshot()
    let result = try defaultTest().run(on: &trainee)
    #expect(result.curve.count > 50)
    #expect(trainee.snapshot() == before)
  }

  @Test func `the state is put back when a step throws`() throws {
    var trainee = Parabola(throwsAt: 17)
    let before = trainee.snapshot()
    #expect(throws: Parabola.Broken.self) { try defaultTest().run(on: &trainee) }
    #expect(trainee.snapshot() == before)
  }

  @Test func `stops when the data ends`() throws {
    var trainee = Parabola(endsAt: 40)
    let result = try defaultTest().run(on: &trainee)
    #expect(result.stopped == .dataExhausted)
    #expect(result.curve.count == 40)
  }

  @Test func `stops when asked to`() throws {
    var trainee = Parabola()
    var asked = 0
    let stop = {
      asked += 1
      return asked > 25
    }
    let result = try defaultTest().run(on: &trainee, shouldStop: stop)
    #expect(result.stopped == .interrupted)
    #expect(result.curve.count == 25)
    #expect(trainee.steps == 0)
  }

  @Test func `stops at a loss or gradient that is not finite and keeps the point`() throws {
    var playback = Playback(losses: [2, 1.9, 1.8, .nan, 1])
    let result = try defaultTest().run(spending: &playback)
    #expect(result.stopped == .notANumber)
    #expect(result.curve.count == 4)
    #expect(result.curve.last?.loss.isNaN == true)

    struct BadGradient: Trainee {
      mutating func step(_ request: StepRequest) -> StepReport { StepReport(loss: 1, gradientNorm: .infinity) }
    }
    var bad = BadGradient()
    #expect(try defaultTest().run(spending: &bad).stopped == .notANumber)
  }

  @Test func `stops when the loss explodes, unless told not to`() throws {
    var trainee = Parabola()
    let stopped = try RangeTest(to: 100, steps: 120).run(on: &trainee)
    #expect(stopped.stopped == .diverged)
    #expect(stopped.curve.count < 120)
    let patient = try RangeTest(to: 100, steps: 120, stopFactor: .infinity).run(on: &trainee)
    #expect(patient.stopped == .completed)
    #expect(patient.curve.starts(with: stopped.curve) { $0.step == $1.step && $0.loss == $1.loss })
  }

  @Test func `progress reports every step of every repeat`() throws {
    var seen: [RangeTestProgress] = []
    let test = try RangeTest(from: 1e-4, to: 1e-2, steps: 12)
    _ = try test.run(source: ParabolaSource(), repeats: 2, progress: { seen.append($0) })
    #expect(seen.count == 24)
    #expect(seen.map(\.repeatIndex) == Array(repeating: 0, count: 12) + Array(repeating: 1, count: 12))
    #expect(seen.map(\.step) == Array(0..<12) + Array(0..<12))
    #expect(seen.allSatisfy { $0.repeats == 2 && $0.steps == 12 })
  }

  @Test func `repeats differ in batch order only, and the whole is deterministic`() throws {
    let source = ParabolaSource(prototype: Parabola(noise: 0.05))
    let test = try RangeTest(to: 100, steps: 120)
    let result = try test.run(source: source, seed: 5)
    #expect(result.repeats.map(\.seed) == [5, 6, 7])
    #expect(result.repeats[0].curve[0].loss != result.repeats[1].curve[0].loss)
    #expect(result.spent.steps == result.repeats.reduce(0) { $0 + $1.curve.count })
    #expect(try test.run(source: source, seed: 5) == result)
    let apart = try (0..<3).map { try test.runOne(source, repeat: $0, seed: 5) }
    #expect(test.combine(apart) == result)
  }

  @Test func `an interruption ends the repeats and keeps what was done`() throws {
    var steps = 0
    let result = try RangeTest(to: 100, steps: 120).run(
      source: ParabolaSource(prototype: Parabola(noise: 0.02)), progress: { _ in steps += 1 },
      shouldStop: { steps >= 150 })
    #expect(result.repeats.map(\.stopped).last == .interrupted)
    #expect(result.repeats.count == 2)
    #expect(result.curve.count == result.repeats[0].curve.count)
  }
}
