import DescentCore
import DescentSchedules
import DescentTraining
import Synchronization
import Testing

@Suite struct LaneTrainingsTests {
  /// Two models of different programs at several rates, schedules and seeds.
  private func trainings(steps: Int = 40) throws -> [LaneTraining] {
    var specification = TrainingSpecification()
    specification.model = "mlp:12,dropout=0.2,norm=batch"
    let small = try specification.setUp()
    specification.model = "cnn:channels=3"
    let pictures = try specification.setUp(threads: 2)
    var result: [LaneTraining] = []
    for (index, text) in ["0.003: constant", "0.01: cosine", "0.03: warmup 20% -> linear", "0.1: constant"].enumerated()
    {
      let schedule = try Schedule(parsing: text).resolved(horizon: Horizon(steps: steps, stepsPerEpoch: 10))
      let source = index.isMultiple(of: 2) ? small.source : pictures.source
      result.append(LaneTraining(source, plan: try TrainingPlan(schedule: schedule), seed: UInt64(index % 3)))
    }
    return result
  }

  @Test func `trainings side by side give the same bits as one after another and alone`() throws {
    let trainings = try trainings()
    let alone = try trainings.map { try runTrainings([$0], threads: 1)[0] }
    for threads in [1, 2, 3] {
      let together = try runTrainings(trainings, threads: threads)
      #expect(together.map { $0?.parameterHash } == alone.map { $0?.parameterHash })
      #expect(together.map { $0?.losses } == alone.map { $0?.losses })
    }
    #expect(alone.allSatisfy { $0?.losses.count == 40 })
    #expect(Set(alone.map { $0?.parameterHash }).count == 4)
  }

  @Test func `progress tells every training's steps and ends with its last`() throws {
    let seen = Mutex<[Int: [Int]]>([:])
    _ = try runTrainings(trainings(), threads: 2) { progress in
      seen.withLock { $0[progress.training, default: []].append(progress.steps) }
    }
    for index in 0..<4 { #expect(seen.withLock { $0[index] } == Array(1...40)) }
  }

  @Test func `a stop ends those under way as interrupted and begins no further one`() throws {
    let stop = StopFlag()
    let results = try runTrainings(trainings(steps: 100_000), threads: 2, stop: stop) { progress in
      if progress.steps >= 1000 { stop.set() }
    }
    #expect(results.contains { $0?.result.outcome == .interrupted })
    #expect(results.last.map { $0 == nil } == true)
  }

  @Test func `a divergence is a result of its training and leaves the others alone`() throws {
    var trainings = try trainings()
    let expected = try runTrainings(trainings, threads: 1).map { $0?.parameterHash }
    let wild = try Schedule(parsing: "1e30: constant").resolved(horizon: Horizon(steps: 40))
    trainings[1].plan = try TrainingPlan(schedule: wild)
    let results = try runTrainings(trainings, threads: 2)
    guard case .diverged? = results[1]?.result.outcome else {
      Issue.record("the training at 1e30 did not diverge")
      return
    }
    #expect([0, 2, 3].allSatisfy { results[$0]?.parameterHash == expected[$0] })
  }
}
