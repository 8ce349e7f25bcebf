public import DescentCore
public import DescentModels

/// The mean loss of a model over fixed rows, as a function of its flat parameter vector, with exact Hessian products.
///
/// Rows are handled in chunks small enough for a processor's own cache; losses and gradients are averages over all
/// rows, the same for any number of threads. It is a fixed function: dropout masks, if there are any, stay as they were
/// drawn, and batch normalisation is as ``mode`` says. Not `Sendable`: one thread calls it at a time.
public struct ModelObjective<Scalar: EngineScalar>: Objective {
  public let parameterCount: Int
  /// How layers with two faces behave.
  public let mode: ModelMode
  /// What the loss depends on besides parameters and rows, each a sentence's part for people; empty for most models.
  public let conditions: [String]
  private let team: SlotTeam<Scalar>
  private let point: AlignedBuffer<Scalar>

  /// - Parameters:
  ///   - model: the function to trace.
  ///   - task: its data and loss.
  ///   - rows: which rows of the task's data; at least one.
  ///   - mode: as in evaluation by default: no dropout, running statistics. With dropout, each chunk of rows has a mask
  ///     that never changes; with statistics of the batch, each chunk of rows is a batch.
  ///   - kept: what the model keeps besides its parameters, by the layout (running statistics); its first values by
  ///     default.
  ///   - maskSeed: chooses the dropout masks.
  ///   - chunkSize: rows handled at a time; by default as many as fit a processor's own cache, or all rows if batch
  ///     normalisation uses the statistics of the batch.
  ///   - threads: threads the work is divided over.
  /// - Throws: `ShapeError` where the model does not fit, ``TaskError`` without rows or where `kept` does not fit.
  public init(
    _ model: any Model, task: TrainingTask, rows: [Int32], mode: ModelMode = .evaluation, kept: [Scalar]? = nil,
    maskSeed: UInt64 = 0, chunkSize: Int? = nil, threads: Int = 1
  ) throws {
    guard !rows.isEmpty, chunkSize ?? 1 > 0 else { throw TaskError("An objective needs at least one row.") }
    let facts = try ChunkFacts(model, task: task, mode: mode, scalarBytes: MemoryLayout<Scalar>.size)
    let chunkSize = chunkSize ?? facts.chunkSize(rows: rows.count)
    var programs: [Int: ObjectivePrograms] = [:]
    var chunks: [Chunk<Scalar>] = []
    let chunkCount = (rows.count + chunkSize - 1) / chunkSize
    for index in 0..<chunkCount {
      // Chunks of almost equal size: at most two different programs.
      let part = Array(rows[(rows.count * index / chunkCount)..<(rows.count * (index + 1) / chunkCount)])
      let compiled =
        try programs[part.count] ?? ObjectivePrograms(model, task: task, mode: mode, rows: part.count, of: rows.count)
      programs[part.count] = compiled
      chunks.append(Chunk(compiled, rows: part, data: task.data, maskSeed: maskSeed, index: index))
    }
    guard kept == nil || kept?.count == facts.keptStarts.count else {
      throw TaskError(
        "The model keeps \(facts.keptStarts.count) values besides its parameters, not \(kept?.count ?? 0).")
    }
    let keptMemory = AlignedBuffer<Scalar>(facts.keptStarts.count)
    keptMemory.update(from: kept ?? facts.keptStarts.map { Scalar($0) })
    self.mode = mode
    conditions = facts.conditions(chunkCount: chunkCount, chunkSize: (rows.count + chunkCount - 1) / chunkCount)
    parameterCount = chunks[0].programs.parameterCount
    let slotCount = min(chunks.count, Slot<Scalar>.maximumCount)
    let slots = (0..<slotCount).map { index in
      let range = (chunks.count * index / slotCount)..<(chunks.count * (index + 1) / slotCount)
      return Slot(Array(chunks[range]), parameterCount: chunks[0].programs.parameterCount, kept: keptMemory)
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
