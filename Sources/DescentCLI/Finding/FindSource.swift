import DescentCore
import DescentTraining

/// Makes the trainees that a search spends: from fresh weights or from a checkpoint, with the groups of a plan, and so that
/// Ctrl-C ends them.
struct FindSource: TraineeSource {
  var model: ModelSource
  /// Where all of them begin; nil: at fresh weights.
  var start: ModelTrainee.Snapshot?
  /// What every step asks for besides the rate, and what the rate is multiplied by.
  var groups = GroupRequest()
  /// Counts steps and keeps what runs came to; nil: nobody looks, and nothing stops them.
  var meter: FindMeter?

  func makeTrainee(seed: UInt64, batchOrder: UInt64) throws -> FindTrainee {
    FindTrainee(trainee: try makeModel(seed: seed, batchOrder: batchOrder), groups: groups, meter: meter)
  }

  /// The request of a step at a rate.
  func asking(_ rate: Double) -> StepRequest { groups.asking(rate) }

  /// The trainee without anything round it.
  func makeModel(seed: UInt64, batchOrder: UInt64) throws -> ModelTrainee {
    let trainee = try model.makeTrainee(seed: seed, batchOrder: batchOrder)
    if let start { try trainee.restore(start) }
    return trainee
  }
}

/// A built-in model under search.
struct FindTrainee: Evaluable {
  let trainee: ModelTrainee
  private let groups: GroupRequest
  private let meter: FindMeter?
  private var steps = 0
  private var highest = 0.0

  init(trainee: ModelTrainee, groups: GroupRequest, meter: FindMeter?) {
    self.trainee = trainee
    self.groups = groups
    self.meter = meter
  }

  /// - Throws: ``FindInterrupted`` after Ctrl-C, if somebody looks.
  mutating func step(_ asked: StepRequest) throws -> StepReport {
    if meter != nil, Interruption.isRequested { throw FindInterrupted() }
    let report = try trainee.step(groups.asking(asked.learningRate))
    steps += 1
    highest = max(highest, asked.learningRate)
    meter?.stepped(loss: report.loss, rate: asked.learningRate)
    return report
  }

  func evaluate(on part: DataPart) throws -> Evaluation {
    let measured = try trainee.evaluate(on: part)
    if steps > 0 { meter?.ended(rate: highest, steps: steps, loss: measured.loss) }
    return measured
  }
}

/// Ctrl-C in the midst of short runs.
struct FindInterrupted: Error {}
