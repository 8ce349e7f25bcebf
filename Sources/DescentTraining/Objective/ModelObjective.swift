internal import DescentAutodiff
public import DescentCore
internal import DescentData
internal import DescentLinearAlgebra
public import DescentModels

/// The mean loss of a model over fixed rows, as a function of its flat parameter vector, with exact Hessian products.
///
/// Rows are handled in chunks of equal size (and one rest); losses and gradients are averages over all rows. Not
/// `Sendable`: one thread at a time.
public struct ModelObjective<Scalar: EngineScalar>: Objective {
  private let chunks: [Chunk<Scalar>]
  public let parameterCount: Int
  private let machine: Machine

  /// - Parameters:
  ///   - rows: which rows of the task's data; at least one.
  ///   - chunkSize: rows handled at a time; more needs more memory.
  ///   - threads: threads the kernels may use.
  /// - Throws: `ShapeError` where the model does not fit, ``TaskError`` without rows.
  public init(
    _ model: any Model, task: TrainingTask, rows: [Int32], chunkSize: Int = 2048, threads: Int = 1
  ) throws {
    guard !rows.isEmpty, chunkSize > 0 else { throw TaskError("An objective needs at least one row.") }
    machine = Machine(threads: threads)
    var programs: [Int: ObjectivePrograms] = [:]
    var chunks: [Chunk<Scalar>] = []
    for start in stride(from: 0, to: rows.count, by: chunkSize) {
      let part = Array(rows[start..<min(rows.count, start + chunkSize)])
      let compiled = try programs[part.count] ?? ObjectivePrograms(model, task: task, rows: part.count)
      programs[part.count] = compiled
      chunks.append(Chunk(compiled, rows: part, share: Double(part.count) / Double(rows.count), data: task.data))
    }
    self.chunks = chunks
    parameterCount = chunks[0].programs.parameterCount
  }

  public func loss(at point: [Scalar]) throws -> Double {
    try check(point)
    return chunks.reduce(0) { $0 + $1.loss(at: point, on: machine) * $1.share }
  }

  public func gradient(at point: [Scalar], into gradient: inout [Scalar]) throws -> Double {
    try check(point)
    try check(gradient)
    var loss = 0.0
    for (index, chunk) in chunks.enumerated() {
      loss += chunk.gradient(at: point, on: machine) * chunk.share
      chunk.addResult(to: &gradient, isFirst: index == 0)
    }
    return loss
  }

  public func linearized(at point: [Scalar]) throws -> any Linearization<Scalar> {
    try check(point)
    return ModelLinearization(chunks, at: point, on: machine)
  }

  private func check(_ vector: [Scalar]) throws(TaskError) {
    guard vector.count == parameterCount else {
      throw TaskError("The model has \(parameterCount) parameters, the vector \(vector.count).")
    }
  }
}

/// Exact Hessian products at one point: forward mode over the gradient's graph. The part that does not depend on the
/// direction runs once.
struct ModelLinearization<Scalar: EngineScalar>: Linearization {
  let loss: Double
  private let lanes: [(chunk: Chunk<Scalar>, arena: Arena)]
  private let point: AlignedBuffer<Scalar>
  private let direction: AlignedBuffer<Scalar>
  private let machine: Machine

  init(_ chunks: [Chunk<Scalar>], at values: [Scalar], on machine: Machine) {
    self.machine = machine
    point = AlignedBuffer(values.count, repeating: 0)
    direction = AlignedBuffer(values.count, repeating: 0)
    point.update(from: values)
    let (point, direction) = (point, direction)
    // Each chunk keeps its own arena: the second stage reads what the first left there.
    lanes = chunks.map { chunk in
      let arena = chunk.productArena(point: point, direction: direction)
      arena.run(.first, on: machine)
      return (chunk, arena)
    }
    loss = chunks.reduce(0) { $0 + $1.lossValue * $1.share }
  }

  mutating func hessianProduct(_ direction: [Scalar], into product: inout [Scalar]) throws {
    guard direction.count == self.direction.elements.count, product.count == direction.count else {
      throw TaskError("The model has \(point.elements.count) parameters, the direction \(direction.count).")
    }
    self.direction.update(from: direction)
    for (index, lane) in lanes.enumerated() {
      lane.arena.run(.second, on: machine)
      lane.chunk.addResult(to: &product, isFirst: index == 0)
    }
  }
}
