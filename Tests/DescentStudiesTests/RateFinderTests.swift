import DescentCore
import DescentSchedules
import DescentStudies
import Foundation
import Testing

@Suite struct RateFinderTests {
  /// Gradient descent on ½·Σ λᵢ·xᵢ² + shift, with curvatures from 0.05 to 1 times the largest.
  struct Bowl: TraineeSource {
    var curvature = 1.0
    var shift = 0.0

    func makeTrainee(seed: UInt64, batchOrder: UInt64) -> Made {
      Made(curvatures: [0.05, 0.2, 1].map { $0 * curvature }, shift: shift)
    }

    struct Made: Evaluable {
      var curvatures: [Double]
      var shift: Double
      var point = [1.0, 1, 1]

      private var loss: Double { zip(curvatures, point).reduce(shift) { $0 + 0.5 * $1.0 * $1.1 * $1.1 } }

      mutating func step(_ request: StepRequest) -> StepReport {
        let report = StepReport(loss: loss)
        for i in point.indices { point[i] -= request.learningRate * curvatures[i] * point[i] }
        return report
      }

      func evaluate(on part: DataPart) -> Evaluation { Evaluation(rows: 1, loss: loss) }
    }
  }

  private func find(_ source: Bowl, usual: Double = 0.05, steps: Int = 400) throws -> FoundRate {
    try RateFinder(schedule: Schedule(parsing: "constant"), steps: steps, usualRate: usual).find(source)
  }

  @Test(arguments: [1e-4, 0.01, 1, 100])
  func `the rate follows the curvature, below what diverges`(_ curvature: Double) throws {
    let found = try find(Bowl(curvature: curvature))
    let rate = try #require(found.rate)
    #expect(rate * curvature > 0.2 && rate * curvature < 2)
    #expect(try #require(found.low) < rate && rate < #require(found.high))
  }

  @Test func `a shifted loss, below 0 too, gives the same rate`() throws {
    let plain = try #require(try find(Bowl()).rate)
    for shift in [-100.0, -1, 50] {
      let rate = try #require(try find(Bowl(shift: shift)).rate)
      #expect(abs(rate / plain - 1) < 1e-6)
    }
  }

  @Test func `it costs about a third of the run, and tells what`() throws {
    for steps in [400, 4000] {
      let found = try find(Bowl(), steps: steps)
      #expect(Double(found.stepsSpent) < 0.45 * Double(steps))
      #expect(found.stepsSpent == found.runs.reduce(0) { $0 + $1.stepsMade })
      #expect(found.runs.allSatisfy { $0.stepsMade <= $0.steps })
      #expect(found.runs.count >= 5)
    }
  }

  @Test func `a thorough search measures how the best rate moves with the horizon`() throws {
    let finder = try RateFinder(
      schedule: Schedule(parsing: "constant"), steps: 400, usualRate: 0.05, effort: .thorough)
    let found = try finder.find(Bowl())
    #expect(found.isShiftMeasured && found.rate != nil)
    #expect(found.curves.map(\.stage) == [.coarse, .fine, .long])
    #expect(found.curves.dropFirst().flatMap(\.points).allSatisfy { $0.losses.count == 2 })
    #expect(found.curves.last?.steps == 200)
    #expect(found.stepsSpent > (try find(Bowl()).stepsSpent))
  }

  /// Jobs in the opposite order, as threads may finish them.
  struct Backwards: LaneRunner {
    func run<Result: Sendable>(_ count: Int, _ job: @Sendable (Int) throws -> Result) throws -> [Result] {
      try (0..<count).reversed().map(job).reversed()
    }
  }

  @Test(arguments: RateFinder.Effort.allCases)
  func `lanes change nothing, progress ends at what was spent`(_ effort: RateFinder.Effort) throws {
    let finder = try RateFinder(
      schedule: Schedule(parsing: "constant"), steps: 400, usualRate: 0.05, effort: effort)
    var seen: [RateFinder.Progress] = []
    let found = try finder.find(Bowl()) { seen.append($0) }
    #expect(try finder.find(Bowl(), lanes: Backwards()) == found)
    #expect(seen.map(\.steps) == seen.map(\.steps).sorted())
    #expect(seen.last?.steps == found.stepsSpent && seen.last?.plannedSteps == found.stepsSpent)
    #expect(seen.allSatisfy { $0.steps <= $0.plannedSteps })
  }

  @Test func `a warm-up told in steps is stretched as its share is`() throws {
    let rates = try ["warmup 40 -> linear", "warmup 10% -> linear"].map { text in
      try #require(try RateFinder(schedule: Schedule(parsing: text), steps: 400, usualRate: 0.05).find(Bowl()).rate)
    }
    // Runs of six steps see the two warm-ups a little differently.
    #expect(rates[0] / rates[1] > 0.5 && rates[0] / rates[1] < 2)
  }

  @Test func `a peak that the schedule has of its own is replaced`() throws {
    for (own, without) in [("30: constant", "constant"), ("7: warmup 5% -> cosine", "warmup 5% -> cosine")] {
      let rates = try [own, without].map { text in
        try RateFinder(schedule: Schedule(parsing: text), steps: 400, usualRate: 0.05).find(Bowl()).rate
      }
      #expect(rates[0] != nil && rates[0] == rates[1])
    }
  }

  /// Mini-batch losses that scatter round 1, until the rates of a run add up to more than 30; rates above 2 blow up.
  struct Plateau: TraineeSource {
    func makeTrainee(seed: UInt64, batchOrder: UInt64) -> Made { Made() }

    struct Made: Evaluable {
      var way = 0.0
      var steps = 0
      var worst = 0.0

      var loss: Double {
        if worst > 2 { return 3 }
        return way > 30 ? 0 : 1 + 0.05 * exp(-10 * way) + 0.01 * worst
      }

      mutating func step(_ request: StepRequest) -> StepReport {
        let report = StepReport(loss: loss + (steps.isMultiple(of: 2) ? 0.1 : -0.1))
        way += request.learningRate
        worst = max(worst, request.learningRate)
        steps += 1
        return report
      }

      func evaluate(on part: DataPart) -> Evaluation { Evaluation(rows: 1, loss: loss) }
    }
  }

  @Test func `where the loss stands still, longer runs at higher rates are made`() throws {
    let finder = try RateFinder(schedule: Schedule(parsing: "constant"), steps: 400, usualRate: 0.01)
    let found = try finder.find(Plateau())
    #expect(found.isStalled && found.fallOverScatter < 2.8)
    #expect(found.curves.last?.stage == .long && found.curves.last?.steps == 50)
    let rate = try #require(found.rate)
    // 50 steps get away at 0.6 or more, 30 nowhere near the rate that is best for them.
    #expect(rate > 0.2 && rate < 2)
  }

  @Test func `the usual rate may be far too high or too low`() throws {
    for usual in [1e-4, 30] {
      let rate = try #require(try find(Bowl(), usual: usual).rate)
      #expect(rate > 0.2 && rate < 2)
    }
  }

  @Test func `what is drawn agrees with the runs`() throws {
    let found = try find(Bowl())
    for curve in found.curves {
      #expect(curve.points.map(\.rate) == curve.points.map(\.rate).sorted())
      let made = found.runs.filter { $0.stage == curve.stage }
      #expect(curve.points.flatMap(\.losses).sorted() == made.map(\.loss).sorted())
    }
    let fit = try #require(found.curves.last?.fit)
    let points = try #require(found.curves.last?.points)
    let lowest = try #require(points.map(\.loss).min())
    #expect(fit.curvature > 0 && fit.loss <= lowest)
    // Through the lowest point and its neighbours.
    let near = points.filter { abs(log10($0.rate / fit.rate)) < 0.65 }
    #expect(near.contains { abs(fit.loss + fit.curvature * pow(log10($0.rate / fit.rate), 2) - $0.loss) < 1e-9 })
    let expected = log10(try #require(found.curves.last).centre) - found.horizonShift
    #expect(abs(log10(try #require(found.rate)) - expected) < 1e-9)
  }

  @Test func `data that ends, and no validation rows, are taken as they are`() throws {
    let finder = try RateFinder(schedule: Schedule(parsing: "constant"), steps: 400, usualRate: 0.05)
    let found = try finder.find(Short())
    #expect(found.rate != nil)
    #expect(found.runs.allSatisfy { $0.stepsMade <= 20 })
    #expect(found.runs.contains { $0.stage == .fine && $0.steps == 30 && $0.stepsMade == 20 })
  }

  /// A bowl of 20 batches without validation rows.
  struct Short: TraineeSource {
    func makeTrainee(seed: UInt64, batchOrder: UInt64) -> Made {
      Made(bowl: Bowl.Made(curvatures: [0.2, 0.5, 1], shift: -3))
    }

    struct Made: Evaluable {
      var bowl: Bowl.Made
      var left = 20

      mutating func step(_ request: StepRequest) throws -> StepReport {
        guard left > 0 else { throw DataExhausted() }
        left -= 1
        return bowl.step(request)
      }

      func evaluate(on part: DataPart) -> Evaluation { Evaluation(rows: 0, loss: .nan) }
    }
  }

  @Test func `nothing to learn is refused with the reason`() throws {
    let found = try find(Bowl(curvature: 0))
    #expect(found.rate == nil && found.refusal == .nothingFell)
  }

  @Test func `a loss that falls however high the rate has no end`() throws {
    let found = try find(Bowl(curvature: 1e-9))
    #expect(found.rate == nil && found.refusal == .noEnd)
    #expect(found.refusal?.sentence.contains("six decades") == true)
  }

  @Test func `a horizon too short and a rate of 0 are told`() throws {
    let schedule = try Schedule(parsing: "constant")
    #expect(throws: StudyError.self) { try RateFinder(schedule: schedule, steps: 99, usualRate: 0.1) }
    #expect(throws: StudyError.self) { try RateFinder(schedule: schedule, steps: 400, usualRate: 0) }
  }
}
