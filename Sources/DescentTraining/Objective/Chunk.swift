internal import DescentAutodiff
internal import DescentData
internal import DescentModels

/// Some of an objective's rows, loaded once.
final class Chunk<Scalar: EngineScalar> {
  let programs: ObjectivePrograms
  let rows: Int
  private let batch: Batch<Scalar>
  // Its dropout masks stay the same from call to call.
  private let randomState = AlignedBuffer<Int32>(4)
  // An arena for products that no linearization uses at the moment.
  private var spareProductArena: Arena?

  init(_ programs: ObjectivePrograms, rows: [Int32], data: Dataset, maskSeed: UInt64, index: Int) {
    self.programs = programs
    self.rows = rows.count
    randomState.setMasks(seed: maskSeed, index: UInt64(index))
    batch = Batch(rows: rows.count, of: data)
    rows.withUnsafeBufferPointer { load($0, of: data) }
  }

  /// Puts as many rows in the place of those it holds.
  func load(_ rows: UnsafeBufferPointer<Int32>, of data: Dataset) {
    if let batch = batch as? Batch<Float> { batch.load(rows, of: data) }
    if let batch = batch as? Batch<Double> { batch.load(rows, of: data) }
  }

  func bind(to arena: Arena, _ compiled: CompiledModel.Compiled) {
    batch.bind(to: arena, compiled)
    arena.bind(compiled.sources.random, to: randomState.pointer)
  }

  /// An arena for products at one point; give it back when the point is left.
  func takeProductArena(scratch: Scratch) -> Arena {
    defer { spareProductArena = nil }
    let arena =
      spareProductArena
      ?? Arena(for: programs.product.program, precision: Scalar.precision.engine, scratch: scratch)
    bind(to: arena, programs.product)
    return arena
  }

  func giveBack(_ arena: Arena) { spareProductArena = arena }
}
