public import DescentCore
internal import DescentData
internal import DescentModels

/// What the parameters of a checkpoint score.
public struct CheckpointEvaluation: Sendable, Hashable {
  /// Nil where other data was given: all of it is for testing.
  public var train: Evaluation?
  public var validation: Evaluation?
  public var test: Evaluation?
  /// Of the checkpoint's parameters.
  public var parameterHash: String

  /// Measures a checkpoint of a run on the run's own data or on other data.
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
    trainee.wholeState = try source.model.parameters(in: checkpoint)
    if data == nil {
      train = try trainee.evaluate(on: .train)
      validation = try trainee.evaluate(on: .validation)
    }
    test = try trainee.evaluate(on: .test)
    parameterHash = DescentCore.parameterHash(trainee.parameters)
  }

  private static func source(
    for name: String, _ facts: DataFacts?, _ specification: TrainingSpecification, threads: Int
  ) throws -> ModelSource {
    guard let facts else {
      throw TaskError("The checkpoint does not say how its data was scaled, so no other data can be measured.")
    }
    let setup = try specification.setUp(threads: threads, scaling: (facts.featureScaling, facts.targetScaling)) { _ in
      let data = try facts.fitted(loadDataset(name, seed: specification.splitSeed))
      let rows = Array(0..<Int32(data.rows))
      return (data, DataSplit(train: rows, test: rows))
    }
    return setup.source
  }
}
