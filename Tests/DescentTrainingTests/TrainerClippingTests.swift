import DescentCore
import DescentOptimizers
import DescentSchedules
import DescentTraining
import Testing

/// What a trainer tells of clipping and averaging.
struct TrainerClippingTests {
  private func specification(_ change: (inout TrainingSpecification) -> Void) -> RunSpecification {
    var specification = RunSpecification()
    specification.training.data = "moons"
    specification.training.model = "mlp:8"
    specification.rate = 0.02
    specification.steps = 60
    change(&specification.training)
    return specification
  }

  private func run(_ specification: RunSpecification) throws -> (TrainingResult, RunMemory) {
    var trainer = try TrainingSession(specification).trainer()
    var memory = RunMemory()
    return (try trainer.run(into: &memory), memory)
  }

  @Test func `steps that are clipped are marked and counted, and the norm is the one before`() throws {
    let (plain, before) = try run(specification { _ in })
    #expect(plain.clippedSteps == nil && plain.figures["clippedShare"] == nil)
    #expect(before.rows.allSatisfy { $0["clipFactor"] == nil })
    let norms = before.rows.compactMap { $0["gradNorm"] }.sorted()
    let (clipped, memory) = try run(specification { $0.clipNorm = norms[30] })
    var count = 0
    for row in memory.rows {
      let norm = try #require(row["gradNorm"])
      let factor = norms[30] / (norm + 1e-6)
      #expect((row["clipFactor"] ?? 1) == min(1, factor) || abs((row["clipFactor"] ?? 1) - factor) < 1e-9)
      if factor < 1 { count += 1 }
      #expect((row["clipFactor"] != nil) == (factor < 1))
    }
    #expect(count > 0 && count < 60)
    #expect(clipped.clippedSteps == count)
    #expect(clipped.figures["clippedShare"] == Double(count) / 60)
    #expect(memory.description?.results["clippedShare"] == Double(count) / 60)
    let (loose, _) = try run(specification { $0.clipValue = 1e6 })
    #expect(loose.clippedSteps == 0 && loose.clippedShare == 0)
    #expect(loose.train == plain.train && loose.test == plain.test)
  }

  @Test func `a resumed run counts on`() throws {
    let session = try TrainingSession(
      specification {
        $0.clipNorm = 0.3
        $0.ema = 0.9
      })
    var whole = try session.trainer()
    var memory = RunMemory()
    let expected = try whole.run(into: &memory)
    var first = try session.trainer()
    var asked = 0
    _ = try first.run(
      into: &memory,
      shouldStop: {
        asked += 1
        return asked > 25
      })
    let checkpoint = try #require(memory.lastCheckpoint)
    var second = try session.trainer(RunDescription(id: "", createdAt: ""), from: checkpoint)
    let result = try second.run(into: &memory)
    #expect(result.clippedSteps == expected.clippedSteps && expected.clippedSteps ?? 0 > 0)
    #expect(result.test == expected.test && result.raw == expected.raw)
    #expect(second.trainee.averagedParameters == whole.trainee.averagedParameters)
  }

  @Test func `figures are those of the average, with the parameters' own beside them`() throws {
    let (plain, before) = try run(specification { _ in })
    #expect(plain.raw == nil && plain.figures["rawTestLoss"] == nil)
    let (mean, memory) = try run(specification { $0.average = "50%" })
    #expect(mean.raw == Evaluations(train: plain.train, validation: plain.validation, test: plain.test))
    #expect(mean.test != plain.test && mean.train != plain.train)
    #expect(mean.figures["rawTestLoss"] == plain.test?.loss)
    #expect(mean.figures["rawFinalLoss"] == plain.train?.loss)
    #expect(mean.figures["rawValidationAccuracy"] == plain.validation?.accuracy)
    #expect(mean.figures["testLoss"] == mean.test?.loss)
    // Validation during the run measures the average from its beginning on.
    for (a, b) in zip(before.rows, memory.rows) where b["valLoss"] != nil {
      #expect((a["valLoss"] == b["valLoss"]) == (b.step <= 30), "step \(b.step)")
    }
  }

  @Test func `the mean begins at its share of the run, rounded half up, and never after the last step`() throws {
    func start(_ average: String, _ steps: Int) throws -> Int? {
      var specification = specification { $0.average = average }
      specification.steps = steps
      return try TrainingSession(specification).setup.source.averaging?.start
    }
    #expect(try start("75%", 60) == 45)
    #expect(try start("75%", 6) == 5)
    #expect(try start("0%", 60) == 0)
    #expect(try start("99.9%", 60) == 59)
    #expect(try start("33.3%", 1) == 0)
  }

  @Test func `a range test clips and accumulates, but keeps no average`() throws {
    let setup = try specification {
      $0.clipNorm = 0.5
      $0.accumulate = 3
      $0.ema = 0.9
    }.training.setUp()
    #expect(setup.source.clipping == .norm(0.5) && setup.source.accumulation == 3)
    #expect(setup.source.averaging == nil)
    #expect(setup.stepsPerEpoch == setup.trainingRows / 96)
  }

  @Test(arguments: [
    ("clip-norm", "0", "to the norm 0.0;"), ("clip-norm", "nan", "to the norm nan;"),
    ("clip-value", "-1", "to the value -1.0;"), ("ema", "1", "the decay 1.0"), ("ema", "0", "the decay 0.0"),
    ("average", "75", "begin at \"75\""), ("average", "100%", "begin at \"100%\""), ("average", "-1%", "\"-1%\""),
    ("average", "x%", "\"x%\""), ("average", "nan%", "\"nan%\""),
  ])
  func `settings out of range are told`(key: String, value: String, says: String) throws {
    let specification = TrainingSpecification(dictionary: ["data": "moons", key: value])
    let error = #expect(throws: TaskError.self) { try specification.setUp() }
    #expect(error?.description.contains(says) == true, "\(String(describing: error))")
  }

  @Test func `one limit and one average at a time`() throws {
    for pair in [["clip-norm": "1", "clip-value": "1"], ["ema": "0.9", "average": "75%"]] {
      #expect(throws: TaskError.self) { try TrainingSpecification(dictionary: pair).setUp() }
    }
  }

  @Test func `the settings read back from the dictionary`() throws {
    var specification = TrainingSpecification()
    #expect(specification.dictionary["accumulate"] == "1" && specification.dictionary["ema"] == nil)
    specification.accumulate = 4
    specification.clipNorm = 0.25
    specification.clipValue = 1e-3
    specification.ema = 0.999
    specification.average = "75%"
    #expect(TrainingSpecification(dictionary: specification.dictionary) == specification)
    #expect(TrainingSpecification(dictionary: [:]) == TrainingSpecification())
  }
}
