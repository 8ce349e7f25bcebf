import DescentCore
import DescentSchedules
import DescentStudies
import Synchronization
import Testing

@Suite struct ComparisonTests {
  private let schedules = ["constant", "linear to 0"]

  private func comparison(
    _ rates: [[Double]], schedules: [String]? = nil, steps: Int = 400, seeds: Int = 12
  ) throws -> Comparison {
    try Comparison(
      contenders: rates.enumerated().map { Comparison.Contender(optimizer: "rule \($0.offset)", rates: $0.element) },
      schedules: (schedules ?? self.schedules).map(Schedule.init(parsing:)), steps: steps, seeds: seeds)
  }

  /// Rule 1 steps on a bowl ten times as steep as rule 0's.
  private func source(_ rule: Int, _ steps: Int) -> NoisyBowl { NoisyBowl(curvature: rule == 0 ? 1 : 0.1, noise: 0.3) }

  @Test func `among noisy runs the annealed one wins, and what is worse falls out`() throws {
    let comparison = try comparison([[0.1, 0.5]])
    let result = try comparison.run { self.source($0, $1) }
    let winner = comparison.arms[result.winner]
    #expect(winner.schedule == 1)
    #expect(result.indistinguishable.first == result.winner)
    #expect(result.rows.map(\.arm) == Array(0..<4))
    for row in result.rows { #expect((row.fate == .finalist) == result.indistinguishable.contains(row.arm)) }
    // A constant rate leaves noise over, the more the higher it is.
    let noisy = result.rows[1]
    #expect(comparison.arms[1] == Comparison.Arm(optimizer: 0, schedule: 0, rate: 0.5))
    guard case .worse(let seeds) = noisy.fate else { return #expect(Bool(false), "\(noisy.fate)") }
    #expect(seeds == noisy.seeds && seeds <= 12)
    let difference = try #require(noisy.difference)
    #expect(difference.mean > 0 && difference.pValue < 0.01 && difference.pairs == seeds)
  }

  @Test func `rates that cannot be the best are put aside by short runs`() throws {
    let comparison = try comparison([[0.001, 0.01, 0.1, 1, 10]], schedules: ["linear to 0"])
    let result = try comparison.run { self.source($0, $1) }
    #expect(result.rows[4].fate == .screened(steps: 25) || result.rows[4].fate == .screened(steps: 100))
    #expect(result.rows[0].fate == .screened(steps: 25))
    #expect(result.rows[0].difference == nil && result.rows[0].steps < 400)
    #expect([2, 3].contains(result.winner))
  }

  @Test func `it costs less than the grid, and tells what it cost`() throws {
    let comparison = try comparison([[0.01, 0.03, 0.1, 0.3, 1]])
    let counted = Mutex(0)
    let result = try comparison.run { rule, steps in
      counted.withLock { $0 += 1 }
      return self.source(rule, steps)
    }
    #expect(comparison.gridSteps == 10 * 12 * 400)
    #expect(result.share < 0.6 && result.stepsSpent > 0)
    #expect(abs(result.share - Double(result.stepsSpent) / Double(comparison.gridSteps)) < 1e-15)
    // One source for each rule and length.
    #expect(counted.withLock { $0 } <= 3)
  }

  @Test func `the answer depends on neither lanes nor interruptions`() throws {
    let comparison = try comparison([[0.03, 0.1, 0.3], [0.3, 1, 3]], seeds: 6)
    let whole = try comparison.run { self.source($0, $1) }
    let backwards = try comparison.run(lanes: BackwardLanes()) { self.source($0, $1) }
    #expect(backwards == whole)

    let journal = MemoryJournal()
    let steps = Atomic<Int>(0)
    #expect(throws: StudyStopped.self) {
      try comparison.run(journal: journal, shouldStop: { steps.add(1, ordering: .relaxed).newValue > 9000 }) {
        self.source($0, $1)
      }
    }
    let before = journal.count
    #expect(before > 0)
    #expect(try comparison.run(journal: journal) { self.source($0, $1) } == whole)
    #expect(journal.count > before)
    #expect(journal.twice == 0)
  }

  @Test func `equal settings are not told apart more often than the level says`() throws {
    var claims = 0
    for repetition in 0..<60 {
      let comparison = try Comparison(
        contenders: (0..<4).map { Comparison.Contender(optimizer: "\($0)", rates: [0.1]) },
        schedules: [Schedule(parsing: "constant")], steps: 20, seeds: 8, firstSeed: UInt64(1000 * repetition))
      let result = try comparison.run { place, _ in NoisyBowl(noise: 0.3, salt: UInt64(place) &* 1_000_003) }
      if result.indistinguishable.count < 4 { claims += 1 }
    }
    // 3 are expected at most; 9 would be a chance of one in a thousand.
    #expect(claims < 9)
  }

  @Test func `runs that blow up are results, and never win`() throws {
    let comparison = try comparison([[0.1, 50]], schedules: ["constant"], seeds: 6)
    let result = try comparison.run { self.source($0, $1) }
    #expect(comparison.arms[result.winner].rate == 0.1 && result.indistinguishable == [result.winner])
    let row = result.rows[1]
    #expect(row.fate == .diverged && row.divergedRuns == row.seeds && row.testLoss == nil)
    #expect(!result.allDiverged)

    let hopeless = try self.comparison([[50, 100]], schedules: ["constant"], seeds: 6).run { self.source($0, $1) }
    #expect(hopeless.allDiverged)
  }

  @Test func `a schedule with a peak of its own is tried at that alone`() throws {
    let comparison = try comparison([[0.1, 0.3]], schedules: ["0.2: linear to 0", "constant"])
    #expect(comparison.arms.map(\.rate) == [0.2, 0.1, 0.3])
    #expect(comparison.arms.map(\.schedule) == [0, 1, 1])
  }

  @Test func `the best at an end of its rates is told as such`() throws {
    let low = try comparison([[0.001, 0.003]], schedules: ["linear to 0"], seeds: 6).run { self.source($0, $1) }
    #expect(low.rows[low.winner].edge == .highest)
    let inside = try comparison([[0.01, 0.1, 3]], schedules: ["linear to 0"], seeds: 6).run { self.source($0, $1) }
    #expect(inside.rows[inside.winner].edge == nil)
    #expect(inside.rows.allSatisfy { $0.arm == inside.winner || $0.edge == nil })
  }

  @Test func `steps to the target are those of the curve, by the median`() throws {
    let comparison = try comparison([[0.1, 0.3]], schedules: ["linear to 0"], seeds: 6)
    let result = try comparison.run(target: 0.3) { self.source($0, $1) }
    #expect(result.target == 0.3)
    for row in result.rows {
      let steps = try #require(row.stepsToTarget)
      #expect(steps % 20 == 0 && steps > 0 && steps <= 400)
      // Close to where the mean curve crosses it.
      let crossing = try #require(row.curve.first { $0.mean <= 0.3 }?.step)
      #expect(abs(crossing - steps) <= 20)
    }
    let never = try comparison.run(target: -1) { self.source($0, $1) }
    #expect(never.rows.allSatisfy { $0.stepsToTarget == nil })
  }

  @Test func `sensitivity is larger where the rate matters more`() throws {
    let narrow = try comparison([[0.03, 0.1, 0.3]], schedules: ["linear to 0"], seeds: 6).run { self.source($0, $1) }
    let wide = try comparison([[0.0003, 0.01, 0.3]], schedules: ["linear to 0"], seeds: 6).run { self.source($0, $1) }
    let values = try (#require(narrow.sensitivities.first), #require(wide.sensitivities.first))
    #expect(values.0.value >= 0 && values.1.value > 2 * values.0.value)
  }

  @Test func `what cannot be compared is refused`() throws {
    #expect(throws: StudyError.self) { try comparison([]) }
    #expect(throws: StudyError.self) { try comparison([[0.1]], schedules: []) }
    #expect(throws: StudyError.self) { try comparison([[]]) }
    #expect(throws: StudyError.self) { try comparison([[0.1, -1]]) }
    #expect(throws: StudyError.self) { try comparison([[0.1]], seeds: 1) }
    #expect(throws: StudyError.self) { try comparison([[0.1]], steps: 0) }
    #expect(throws: StudyError.self) {
      try comparison([[0.1]], schedules: ["warmup 2ep -> linear"]).run { self.source($0, $1) }
    }
  }
}

/// The last job first.
private struct BackwardLanes: LaneRunner {
  func run<Result: Sendable>(
    _ count: Int, _ job: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    try (0..<count).reversed().map(job).reversed()
  }
}

private final class MemoryJournal: ComparisonJournal {
  private let kept = Mutex<(results: [ComparisonJob: BranchedRun.Result], twice: Int)>(([:], 0))

  var count: Int { kept.withLock { $0.results.count } }
  var twice: Int { kept.withLock { $0.twice } }

  func result(of job: ComparisonJob) -> BranchedRun.Result? { kept.withLock { $0.results[job] } }

  func keep(_ result: BranchedRun.Result, of job: ComparisonJob) {
    kept.withLock { kept in
      if kept.results[job] != nil { kept.twice += 1 }
      kept.results[job] = result
    }
  }
}
