import DescentCore
import DescentSchedules
import DescentStore
import DescentTraining

/// A run at its last checkpoint, only read: where a search may begin.
struct ResumedPoint {
  let folder: RunFolder
  /// Steps made at the checkpoint.
  let step: Int
  /// Steps of the run that are left; 0 of one that has ended.
  let stepsLeft: Int
  let seed: UInt64
  /// As recorded.
  let specification: RunSpecification
  /// Without an average of the parameters.
  let session: TrainingSession
  let start: ModelTrainee.Snapshot
  /// The rates that the run has left, as it goes now; empty of one that has ended.
  let ratesLeft: [Double]

  /// - Parameter reference: as for every command that takes a run.
  init(_ reference: String, _ session: Session) throws {
    folder = try RunStore(directory: session.global.out).open(reference)
    let checkpoint = try SlicedRun.checkpoint(of: folder, step: nil, session)
    let recorded = try folder.description()
    specification = try RunSpecification(dictionary: recorded.specification)
    var plain = specification
    // What an average of so few steps says is mostly where they began.
    (plain.training.ema, plain.training.average) = (nil, nil)
    if let peak = plain.schedule.peak { (plain.rate, plain.schedule.peak) = (peak, nil) }
    let training = try TrainingSession(plain, threads: 1)
    start = try training.trainer(recorded, from: checkpoint).trainee.snapshot()
    self.session = training
    seed = recorded.seed
    step = checkpoint.step
    let position = checkpoint.step
    stepsLeft = max(0, training.plan.steps - position)
    let factor = try Self.factor(folder, training.plan, at: position)
    // Before the plan's factors, as --lr is.
    ratesLeft = (position..<(position + stepsLeft)).map { training.plan.schedule.rate(at: $0) * factor }
  }

  /// What a back-off or a controller had made of the rates by then: the last rate recorded, over the one planned.
  private static func factor(_ folder: RunFolder, _ plan: TrainingPlan, at position: Int) throws -> Double {
    guard position > 0, let last = try folder.record().metrics.last(where: { $0.step == position - 1 }),
      let rate = last.values.first(where: { $0.name == "lr" })?.value
    else { return 1 }
    let planned = plan.rate(at: position - 1)
    return planned > 0 && rate > 0 && rate.isFinite ? rate / planned : 1
  }

  /// The highest rate that the run has left; nil if none.
  var ownRate: Double? { ratesLeft.max().flatMap { $0 > 0 ? $0 : nil } }

  /// The curve of the rates that are left, under their highest.
  var ownSchedule: Schedule? { ownRate.map { highest in Schedule.drawn(rates: ratesLeft.map { $0 / highest }) } }
}
