import DescentCore
import DescentSchedules
import DescentStudies
import Testing

@Suite struct BranchedRunTests {
  private let source = NoisyBowl(noise: 0.1)

  private func rates(_ text: String, steps: Int = 100) throws -> [Double] {
    try Schedule(parsing: text).resolved(horizon: Horizon(steps: steps)).rates()
  }

  @Test func `branches end where runs of their own do, for the steps that differ`() throws {
    let curves = try [
      "0.2: constant", "0.2: hold 60% -> linear to 0", "0.2: hold 80% -> linear to 0", "0.1: constant",
      "0.2: drop x0.1 at 80%",
    ].map { try rates($0) }
    let run = BranchedRun(steps: 100, seed: 4, measurements: 10)
    let together = try run.run(source, curves: curves)
    let apart = try curves.map { try run.run(source, curves: [$0]) }
    #expect(together.outcomes == apart.map { $0.outcomes[0] })
    #expect(apart.allSatisfy { $0.stepsSpent == 100 })
    // 100 and 100 for the two constants; the decays leave at 60 (one step of linear is still the peak), 80 and 80.
    #expect(together.stepsSpent == 200 + 39 + 19 + 20)
  }

  @Test func `equal curves are one run`() throws {
    let curve = try rates("0.2: constant")
    let result = try BranchedRun(steps: 100, seed: 1).run(source, curves: [curve, curve, curve])
    #expect(result.stepsSpent == 100)
    #expect(result.outcomes.count == 3 && Set(result.outcomes).count == 1)
  }

  @Test func `a run that blows up is a result, and its siblings go on`() throws {
    let result = try BranchedRun(steps: 100, seed: 1, measurements: 10).run(
      source,
      curves: [try rates("0.2: constant"), [Double](repeating: 0.2, count: 20) + [Double](repeating: 50, count: 80)])
    #expect(!result.outcomes[0].diverged && result.outcomes[0].loss < 0.1)
    #expect(result.outcomes[1].loss == .infinity)
    #expect(try #require(result.outcomes[1].divergedAt) > 20)
    #expect(result.outcomes[1].test == nil)
  }

  @Test func `the loss is measured at even distances, and test and training part at the end`() throws {
    let outcome = try BranchedRun(steps: 90, seed: 1, measurements: 4).run(
      source, curves: [rates("0.2: constant", steps: 90)]
    ).outcomes[0]
    #expect(outcome.curve.map(\.step) == [23, 45, 68, 90])
    #expect(outcome.curve.last?.loss == outcome.loss)
    #expect(outcome.test?.loss == outcome.loss && outcome.train?.loss == outcome.loss)
    #expect(outcome.steps(to: outcome.curve[1].loss) == 45 || outcome.steps(to: outcome.curve[1].loss) == 23)
    #expect(outcome.steps(to: -1) == nil)
    let bare = try BranchedRun(steps: 90, seed: 1).run(source, curves: [rates("0.2: constant", steps: 90)]).outcomes[0]
    #expect(bare.loss == outcome.loss && bare.curve.isEmpty && bare.test == nil)
  }

  @Test func `a test part without rows has no loss`() throws {
    let outcome = try BranchedRun(steps: 20, seed: 1, measurements: 2).run(
      NoisyBowl(testRows: 0), curves: [rates("0.2: constant", steps: 20)]
    ).outcomes[0]
    #expect(outcome.test == nil && outcome.train != nil && !outcome.diverged)
  }

  @Test func `without validation rows the last quarter's mini-batches count`() throws {
    let curve = try rates("0.2: constant")
    let outcome = try BranchedRun(steps: 100, seed: 2).run(NoisyBowl(validationRows: 0), curves: [curve]).outcomes[0]
    var trainee = NoisyBowl(validationRows: 0).makeTrainee(seed: 2, batchOrder: 2)
    let losses = try curve.map { try trainee.step(learningRate: $0).loss }
    #expect(abs(outcome.loss - losses.suffix(25).reduce(0, +) / 25) < 1e-15)
    #expect(outcome.initialLoss == losses[0])
  }

  @Test func `a curve that is too short is refused, and a stop is a stop`() throws {
    #expect(throws: StudyError.self) { try BranchedRun(steps: 100, seed: 0).run(source, curves: [[0.1]]) }
    var asked = 0
    #expect(throws: StudyStopped.self) {
      try BranchedRun(steps: 100, seed: 0).run(source, curves: [rates("0.2: constant")]) {
        asked += 1
        return asked > 30
      }
    }
    #expect(asked == 31)
  }

  @Test func `stretched rates keep the curve's shape, lengths in steps too`() throws {
    let whole = try Schedule(parsing: "2: warmup 100 -> linear to 0").resolved(horizon: Horizon(steps: 1000))
    #expect(whole.rates(stretchedOver: 1000) == whole.rates())
    let short = whole.rates(stretchedOver: 50)
    #expect(short.count == 50)
    // The peak is where a tenth is over, and half of it where 55 % are.
    #expect(short.firstIndex { $0 == short.max() } == 5)
    #expect(abs(short[27] - 1) < 0.05)
    #expect(whole.rates(stretchedOver: 0).isEmpty)
  }

  @Test func `a run whose data ends is judged by what it did until then`() throws {
    let curve = try rates("0.2: constant")
    let outcome = try BranchedRun(steps: 100, seed: 3, measurements: 10).run(
      NoisyBowl(noise: 0.1, batches: 35), curves: [curve]
    ).outcomes[0]
    let short = try BranchedRun(steps: 35, seed: 3).run(NoisyBowl(noise: 0.1), curves: [curve]).outcomes[0]
    #expect(outcome.loss == short.loss && outcome.curve.last?.step == 35)
    #expect(throws: DataExhausted.self) {
      try BranchedRun(steps: 100, seed: 3).run(NoisyBowl(batches: 0), curves: [curve])
    }
  }
}
