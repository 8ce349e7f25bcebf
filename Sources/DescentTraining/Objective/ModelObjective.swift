public import DescentCore
internal import DescentData
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
  public let facts: ObjectiveFacts
  private let team: SlotTeam<Scalar>
  private let gaussNewton: GaussNewtonTeam<Scalar>
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
    let chunkCount = (rows.count + chunkSize - 1) / chunkSize
    guard kept == nil || kept?.count == facts.keptStarts.count else {
      throw TaskError(
        "The model keeps \(facts.keptStarts.count) values besides its parameters, not \(kept?.count ?? 0).")
    }
    let keptMemory = AlignedBuffer<Scalar>(facts.keptStarts.count)
    keptMemory.update(from: kept ?? facts.keptStarts.map { Scalar($0) })
    self.mode = mode
    conditions = facts.conditions(chunkCount: chunkCount, chunkSize: (rows.count + chunkCount - 1) / chunkCount)
    self.facts = ObjectiveFacts(
      rows: rows.count, rowsInAll: task.split.train.count,
      usesBatchStatistics: facts.normalizesOverBatch && mode.batchStatistics == .batch)
    let makeTeam = { (matrix: ObjectivePrograms.Matrix) in
      try SlotTeam(
        Self.chunks(model, task: task, rows: rows, mode: mode, maskSeed: maskSeed, count: chunkCount, matrix: matrix),
        kept: keptMemory, threads: threads)
    }
    team = try makeTeam(.hessian)
    gaussNewton = GaussNewtonTeam { try makeTeam(.gaussNewton) }
    parameterCount = team.slots[0].chunks[0].programs.parameterCount
    point = AlignedBuffer(parameterCount)
  }

  private static func chunks(
    _ model: any Model, task: TrainingTask, rows: [Int32], mode: ModelMode, maskSeed: UInt64, count chunkCount: Int,
    matrix: ObjectivePrograms.Matrix
  ) throws -> [Chunk<Scalar>] {
    var programs: [Int: ObjectivePrograms] = [:]
    var chunks: [Chunk<Scalar>] = []
    for index in 0..<chunkCount {
      // Chunks of almost equal size: at most two different programs.
      let part = Array(rows[(rows.count * index / chunkCount)..<(rows.count * (index + 1) / chunkCount)])
      let compiled =
        try programs[part.count]
        ?? ObjectivePrograms(
          model, task: task, mode: mode, rows: part.count, of: rows.count, matrix: matrix)
      programs[part.count] = compiled
      chunks.append(Chunk(compiled, rows: part, data: task.data, maskSeed: maskSeed, index: index))
    }
    return chunks
  }

  /// Puts other rows in the place of these, as many of them.
  func load(_ rows: UnsafeBufferPointer<Int32>, of data: Dataset) {
    team.load(rows, of: data)
    gaussNewton.isStale = true
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
    let gaussNewton = gaussNewton
    return ModelLinearization(team, at: point) {
      let team = try gaussNewton.team()
      return ModelLinearization(team, at: point) {
        throw TaskError("A Gauss–Newton matrix has no Gauss–Newton matrix of its own.")
      }
    }
  }

  private func check(_ vector: [Scalar]) throws(TaskError) {
    guard vector.count == parameterCount else {
      throw TaskError("The model has \(parameterCount) parameters, the vector \(vector.count).")
    }
  }
}

/// Programs of Gauss–Newton products, compiled when the first is asked for.
final class GaussNewtonTeam<Scalar: EngineScalar> {
  private let make: () throws -> SlotTeam<Scalar>
  private var made: SlotTeam<Scalar>?
  /// Set when the objective holds other rows than those the programs were made with.
  var isStale = false

  init(_ make: @escaping () throws -> SlotTeam<Scalar>) { self.make = make }

  func team() throws -> SlotTeam<Scalar> {
    guard !isStale else { throw TaskError("Gauss–Newton products of single batches are not there; use all rows.") }
    if let made { return made }
    let team = try make()
    made = team
    return team
  }
}
