internal import DescentAutodiff
internal import DescentData
internal import DescentModels

/// Room for the features (or tokens) and targets of some rows, in one precision.
final class Batch<Scalar: BinaryFloatingPoint & BitwiseCopyable> {
  let features: AlignedBuffer<Scalar>
  let tokens: AlignedBuffer<Int32>
  let labels: AlignedBuffer<Int32>
  let values: AlignedBuffer<Scalar>
  private let isClasses: Bool
  private let isText: Bool

  init(rows: Int, of data: Dataset) {
    isClasses = data.classCount != nil
    isText = data.text != nil
    features = AlignedBuffer(isText ? 0 : rows * data.featureCount)
    tokens = AlignedBuffer(isText ? rows * data.featureCount : 0)
    labels = AlignedBuffer(isClasses ? rows * data.positionsPerRow : 0)
    values = AlignedBuffer(isClasses ? 0 : rows * data.outputCount)
  }

  /// Where a program reads the targets.
  var targets: UnsafeMutableRawPointer { isClasses ? labels.pointer : values.pointer }

  func bind(to arena: Arena, _ compiled: CompiledModel.Compiled) {
    arena.bind(compiled.input, to: isText ? tokens.pointer : features.pointer)
    arena.bind(compiled.targets, to: targets)
  }
}

extension Arena {
  /// Tells where a model's own numbers are.
  func bind(
    _ sources: Scope.Sources, parameters: UnsafeMutableRawPointer, kept: UnsafeMutableRawPointer,
    random: UnsafeMutableRawPointer
  ) {
    bind(sources.parameters, to: parameters)
    bind(sources.kept, to: kept)
    bind(sources.random, to: random)
  }
}

extension Batch where Scalar == Float {
  func load(_ rows: UnsafeBufferPointer<Int32>, of data: Dataset) {
    if !data.gatherTokens(rows, into: tokens.elements) { data.gather(rows, into: features.elements) }
    if !data.gatherClasses(rows, into: labels.elements) { data.gatherValues(rows, into: values.elements) }
  }
}

extension Batch where Scalar == Double {
  func load(_ rows: UnsafeBufferPointer<Int32>, of data: Dataset) {
    if !data.gatherTokens(rows, into: tokens.elements) { data.gather(rows, into: features.elements) }
    if !data.gatherClasses(rows, into: labels.elements) { data.gatherValues(rows, into: values.elements) }
  }
}
