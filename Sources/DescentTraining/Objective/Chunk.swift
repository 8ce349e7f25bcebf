internal import DescentAutodiff
internal import DescentData
internal import DescentLinearAlgebra

/// Some of an objective's rows, loaded once, with the memory to evaluate them.
final class Chunk<Scalar: EngineScalar> {
  let programs: ObjectivePrograms
  /// This chunk's part of all rows.
  let share: Double
  private let batch: Batch<Scalar>
  private let point: AlignedBuffer<Scalar>
  private let loss = AlignedBuffer<Scalar>(1, repeating: 0)
  private let result: AlignedBuffer<Scalar>
  private lazy var lossArena = arena(for: programs.loss)
  private lazy var gradientArena = arena(for: programs.gradient)

  init(_ programs: ObjectivePrograms, rows: [Int32], share: Double, data: Dataset) {
    self.programs = programs
    self.share = share
    batch = Batch(rows: rows.count, of: data)
    point = AlignedBuffer(programs.parameterCount, repeating: 0)
    result = AlignedBuffer(programs.parameterCount, repeating: 0)
    rows.withUnsafeBufferPointer { rows in
      if let batch = batch as? Batch<Float> { batch.load(rows, of: data) }
      if let batch = batch as? Batch<Double> { batch.load(rows, of: data) }
    }
  }

  /// The loss of the run made last.
  var lossValue: Double { Double(loss.base[0]) }

  private func arena(for compiled: CompiledModel.Compiled) -> Arena {
    let arena = Arena(for: compiled.program, precision: Scalar.precision.engine)
    batch.bind(to: arena, compiled)
    arena.bind(compiled.parameters, to: point.pointer)
    arena.bind(compiled.results[0], to: loss.pointer)
    if compiled.results.count > 1 { arena.bind(compiled.results[1], to: result.pointer) }
    return arena
  }

  func loss(at values: [Scalar], on machine: Machine) -> Double {
    point.update(from: values)
    lossArena.run(on: machine)
    return lossValue
  }

  /// The loss; the gradient is then what ``addResult(to:isFirst:)`` gives.
  func gradient(at values: [Scalar], on machine: Machine) -> Double {
    point.update(from: values)
    gradientArena.run(on: machine)
    return lossValue
  }

  /// An arena of its own for products at `point`.
  func productArena(point: AlignedBuffer<Scalar>, direction: AlignedBuffer<Scalar>) -> Arena {
    let arena = arena(for: programs.product)
    arena.bind(programs.product.parameters, to: point.pointer)
    arena.bind(programs.direction, to: direction.pointer)
    return arena
  }

  /// Adds this chunk's share of its last gradient or product to `sum`, or begins the sum with it.
  func addResult(to sum: inout [Scalar], isFirst: Bool) {
    sum.withUnsafeMutableBufferPointer { sum in
      Scalar.accumulate(UnsafeBufferPointer(result.elements), share: share, into: sum, isFirst: isFirst)
    }
  }
}
