public import DescentCore
internal import DescentData
internal import DescentModels

/// What the parameters of a checkpoint score.
public struct CheckpointEvaluation: Sendable, Hashable {
  /// Nil where other data was given: all of it is for testing.
  public var train: Evaluation?
  public var validation: Evaluation?
  public var test: Evaluation?
  /// What the parameters themselves score, where the figures above are those of the average that the checkpoint keeps.
  public var raw: Evaluations?
  /// What the losses on a text mean; nil for everything else.
  public var language: LanguageFigures?
  /// Of the checkpoint's parameters themselves.
  public var parameterHash: String

  /// Measures a checkpoint of a run, by the average of its parameters if it keeps one, on the run's own data or on other
  /// data.
  ///
  /// - Parameters:
  ///   - checkpoint: one that a training run kept.
  ///   - specification: the run's, as kept in `run.json`.
  ///   - data: all rows of this data instead, scaled and with its classes numbered as the run's. The run's own data is
  ///     then not needed.
  ///   - threads: threads to compute on.
  /// - Throws: ``TaskError``, or an error of the data or the model.
  public init(
    of checkpoint: Checkpoint, specification: TrainingSpecification, data: String? = nil, threads: Int = 1
  ) throws {
    let source: ModelSource
    if let data {
      source = try Self.source(for: data, DataFacts(checkpoint), specification, threads: threads)
    } else {
      source = try specification.setUp(threads: threads).source
    }
    let trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
    let parts: [DataPart] = data == nil ? DataPart.allCases : [.test]
    trainee.wholeState = try source.model.parameters(in: checkpoint)
    parameterHash = DescentCore.parameterHash(trainee.parameters)
    var found = try trainee.evaluations(on: parts)
    if let average = try source.model.averagedParameters(in: checkpoint) {
      raw = found
      trainee.wholeState = average
      found = try trainee.evaluations(on: parts)
    }
    (train, validation, test) = (found.train, found.validation, found.test)
    language = LanguageFigures(found, task: source.model.task, hasTraining: data == nil)
  }

  private static func source(
    for name: String, _ facts: DataFacts?, _ specification: TrainingSpecification, threads: Int
  ) throws -> ModelSource {
    guard let facts else {
      throw TaskError("The checkpoint does not say how its data was scaled, so no other data can be measured.")
    }
    var specification = specification
    // Nothing is trained here, so the rows need not be enough for a step.
    specification.accumulate = 1
    let setup = try specification.setUp(threads: threads, scaling: (facts.featureScaling, facts.targetScaling)) { _ in
      let data = try facts.fitted(loadDataset(name, seed: specification.splitSeed))
      let rows = Array(0..<Int32(data.rows))
      return (data, DataSplit(train: rows, test: rows))
    }
    return setup.source
  }
}

extension ModelTrainee {
  fileprivate func evaluations(on parts: [DataPart]) throws -> Evaluations {
    func measured(_ part: DataPart) throws -> Evaluation? {
      try parts.contains(part) ? evaluate(on: part) : nil
    }
    return Evaluations(train: try measured(.train), validation: try measured(.validation), test: try measured(.test))
  }
}
