internal import DescentAutodiff
internal import DescentLinearAlgebra
internal import DescentModels

/// A run of neighbouring chunks that one thread works through in order, with a sum of its own.
///
/// How many slots there are does not depend on the number of threads, and slots are added up in order; so neither do
/// the results.
final class Slot<Scalar: EngineScalar> {
  /// The most slots of an objective; each holds two vectors as long as the parameters.
  static var maximumCount: Int { 8 }

  let chunks: [Chunk<Scalar>]
  /// This slot's part of the loss at the last point.
  private(set) var loss = 0.0
  /// Its part of the last gradient or product.
  let sum: AlignedBuffer<Scalar>
  // Where chunks after the first put theirs, to be added.
  private let result: AlignedBuffer<Scalar>
  private let chunkLoss = AlignedBuffer<Scalar>(1)
  // One for all of the slot's work, so that it stays in the nearest cache.
  private let scratch: Scratch
  private var arenas: [ObjectIdentifier: Arena] = [:]
  // What the model keeps besides its parameters; read only.
  private let kept: AlignedBuffer<Scalar>

  init(_ chunks: [Chunk<Scalar>], parameterCount: Int, kept: AlignedBuffer<Scalar>) {
    self.chunks = chunks
    self.kept = kept
    sum = AlignedBuffer(parameterCount)
    result = AlignedBuffer(parameterCount)
    scratch = Scratch(
      for: chunks.flatMap { [$0.programs.loss, $0.programs.gradient, $0.programs.product] }.map(\.program),
      precision: Scalar.precision.engine)
  }

  func measureLoss(at point: AlignedBuffer<Scalar>, on machine: Machine) {
    loss = 0
    for chunk in chunks {
      run(chunk.programs.loss, of: chunk, into: result, at: point, on: machine)
      loss += Double(chunkLoss.base[0])
    }
  }

  func measureGradient(at point: AlignedBuffer<Scalar>, on machine: Machine) {
    loss = 0
    for (index, chunk) in chunks.enumerated() {
      run(chunk.programs.gradient, of: chunk, into: index == 0 ? sum : result, at: point, on: machine)
      loss += Double(chunkLoss.base[0])
      if index > 0 { addResult() }
    }
  }

  private func run(
    _ compiled: CompiledModel.Compiled, of chunk: Chunk<Scalar>, into result: AlignedBuffer<Scalar>,
    at point: AlignedBuffer<Scalar>, on machine: Machine
  ) {
    let key = ObjectIdentifier(compiled.program)
    let arena = arenas[key] ?? Arena(for: compiled.program, precision: Scalar.precision.engine, scratch: scratch)
    arenas[key] = arena
    chunk.bind(to: arena, compiled)
    bindPoint(point, compiled, to: arena)
    if compiled.results.count > 1 { arena.bind(compiled.results[1], to: result.pointer) }
    arena.run(on: machine)
  }

  private func bindPoint(_ point: AlignedBuffer<Scalar>, _ compiled: CompiledModel.Compiled, to arena: Arena) {
    arena.bind(compiled.sources.parameters, to: point.pointer)
    arena.bind(compiled.sources.kept, to: kept.pointer)
    arena.bind(compiled.results[0], to: chunkLoss.pointer)
  }

  /// An arena for each chunk, in which products at `point` along `direction` are run.
  func takeProductArenas(at point: AlignedBuffer<Scalar>, along direction: AlignedBuffer<Scalar>) -> [Arena] {
    chunks.enumerated().map { index, chunk in
      let arena = chunk.takeProductArena(scratch: scratch)
      let compiled = chunk.programs.product
      bindPoint(point, compiled, to: arena)
      arena.bind(chunk.programs.direction, to: direction.pointer)
      arena.bind(compiled.results[1], to: (index == 0 ? sum : result).pointer)
      return arena
    }
  }

  /// Runs the first stage, the second (which gives the product along the direction), or one after the other.
  func measureProduct(_ arenas: [Arena], _ stage: Program.Stage, on machine: Machine) {
    if stage != .second { loss = 0 }
    for (index, arena) in arenas.enumerated() {
      arena.run(stage, on: machine)
      if stage != .second { loss += Double(chunkLoss.base[0]) }
      if stage != .first, index > 0 { addResult() }
    }
  }

  private func addResult() { Scalar.add(UnsafeBufferPointer(result.elements), to: sum.elements) }
}
