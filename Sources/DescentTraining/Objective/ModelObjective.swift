public import DescentCore
internal import DescentData
public import DescentModels

/// The mean loss of a model over fixed rows, as a function of its flat parameter vector, with exact Hessian products.
///
/// Rows are handled in chunks small enough for a processor's own cache; losses and gradients are averages over all
/// rows, the same for any number of threads. Not `Sendable`: one thread calls it at a time.
public struct ModelObjective<Scalar: EngineScalar>: Objective {
  public let parameterCount: Int
  private let team: SlotTeam<Scalar>
  private let point: AlignedBuffer<Scalar>

  /// - Parameters:
  ///   - model: the function to trace.
  ///   - task: its data and loss.
  ///   - rows: which rows of the task's data; at least one.
  ///   - chunkSize: rows handled at a time.
  ///   - threads: threads the work is divided over.
  /// - Throws: `ShapeError` where the model does not fit, ``TaskError`` without rows.
  public init(
    _ model: any Model, task: TrainingTask, rows: [Int32], chunkSize: Int = 256, threads: Int = 1
  ) throws {
    guard !rows.isEmpty, chunkSize > 0 else { throw TaskError("An objective needs at least one row.") }
    var programs: [Int: ObjectivePrograms] = [:]
    var chunks: [Chunk<Scalar>] = []
    let chunkCount = (rows.count + chunkSize - 1) / chunkSize
    for index in 0..<chunkCount {
      // Chunks of almost equal size: at most two different programs.
      let part = Array(rows[(rows.count * index / chunkCount)..<(rows.count * (index + 1) / chunkCount)])
      let compiled =
        try programs[part.count] ?? ObjectivePrograms(model, task: task, rows: part.count, of: rows.count)
      programs[part.count] = compiled
      chunks.append(Chunk(compiled, rows: part, data: task.data))
    }
    parameterCount = chunks[0].programs.parameterCount
    let slotCount = min(chunks.count, Slot<Scalar>.maximumCount)
    let slots = (0..<slotCount).map { index in
      let range = (chunks.count * index / slotCount)..<(chunks.count * (index + 1) / slotCount)
      return Slot(Array(chunks[range]), parameterCount: chunks[0].programs.parameterCount)
    }
    team = SlotTeam(slots, threads: threads)
    point = AlignedBuffer(parameterCount)
  }

  public func loss(at point: [Scalar]) throws -> Double {
    try check(point)
    self.point.update(from: point)
    team.forEach { team.slots[$0].measureLoss(at: self.point, on: $1) }
    return team.loss
  }

  public func gradient(at point: [Scalar], into gradient: inout [Scalar]) throws -> Double {
    try check(point)
    try check(gradient)
    self.point.update(from: point)
    team.forEach { team.slots[$0].measureGradient(at: self.point, on: $1) }
    team.total(into: &gradient)
    return team.loss
  }

  public func linearized(at point: [Scalar]) throws -> any Linearization<Scalar> {
    try check(point)
    return ModelLinearization(team, at: point)
  }

  private func check(_ vector: [Scalar]) throws(TaskError) {
    guard vector.count == parameterCount else {
      throw TaskError("The model has \(parameterCount) parameters, the vector \(vector.count).")
    }
  }
}
