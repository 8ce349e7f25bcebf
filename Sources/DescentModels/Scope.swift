public import DescentAutodiff
public import DescentCore
internal import DescentRandom

/// Where a model gets its parameters while it is traced; collects their names, shapes and initialisers.
///
/// `scope["layer"]` is a scope inside this one, whose names begin with `layer.`; errors name it too.
public final class Scope {
  private let collection: Collection
  private let prefix: String

  /// The memories that a model's numbers come from, besides its input.
  public struct Sources: Sendable {
    /// Trainable parameters.
    public var parameters: Tape.Buffer
    /// What a model keeps without training it: running statistics.
    public var kept: Tape.Buffer
    /// The state of random masks: four 32-bit words.
    public var random: Tape.Buffer

    public init(parameters: Tape.Buffer, kept: Tape.Buffer, random: Tape.Buffer) {
      self.parameters = parameters
      self.kept = kept
      self.random = random
    }

    /// Declares all three on a tape, under these names.
    public init(_ tape: Tape) {
      self.init(parameters: tape.buffer("parameters"), kept: tape.buffer("kept"), random: tape.buffer("random"))
    }
  }

  private final class Collection {
    let tape: Tape
    let sources: Sources
    let mode: ModelMode
    var trainable = ParameterLayout()
    var kept: [(name: String, shape: [Int], start: Double)] = []
    var keptCount = 0
    var updates: [String: Tensor] = [:]
    var initializers: [ParameterStart] = []
    var tensors: [Tensor] = []
    var known: [String: Tensor] = [:]
    var masks = 0
    var hasBatchNormalization = false

    init(tape: Tape, sources: Sources, mode: ModelMode) {
      self.tape = tape
      self.sources = sources
      self.mode = mode
    }
  }

  /// A scope at the top, whose parameters are slices of the sources in the order they are asked for.
  public init(_ tape: Tape, sources: Sources, mode: ModelMode = .training) {
    collection = Collection(tape: tape, sources: sources, mode: mode)
    prefix = ""
  }

  private init(_ collection: Collection, prefix: String) {
    self.collection = collection
    self.prefix = prefix
  }

  public var tape: Tape { collection.tape }
  /// What the model is traced for.
  public var mode: ModelMode { collection.mode }
  /// What has been asked for so far: parameters, then what is kept.
  public var layout: ParameterLayout {
    var layout = collection.trainable
    for slice in collection.kept { layout.addBuffer(slice.name, shape: slice.shape) }
    return layout
  }
  /// The first values of all kept slices, in layout order.
  public var keptStarts: [Double] {
    collection.kept.flatMap { [Double](repeating: $0.start, count: $0.shape.reduce(1, *)) }
  }
  /// The next value of each kept slice, in layout order; nil for one that stays.
  public var keptUpdates: [Tensor?] { collection.kept.map { collection.updates[$0.name] } }
  /// Whether the model has drawn a random mask.
  public var drawsMasks: Bool { collection.masks > 0 }
  /// Whether the model normalises over the batch.
  public var normalizesOverBatch: Bool { collection.hasBatchNormalization }
  /// How each trainable slice starts, in layout order.
  public var starts: [ParameterStart] { collection.initializers }
  /// The trainable slices, in layout order.
  public var parameters: [Tensor] { collection.tensors }

  /// The scope of a part of the model.
  public subscript(_ name: String) -> Scope {
    Scope(collection, prefix: prefix.isEmpty ? name : "\(prefix).\(name)")
  }

  /// A trainable parameter; asking again for the same name gives the same one (weight tying).
  ///
  /// - Parameters:
  ///   - name: the last part of its name.
  ///   - shape: its shape, row-major.
  ///   - initializer: how it begins.
  ///   - fanIn: inputs each output sums over; by default the first dimension of a matrix.
  ///   - fanOut: outputs each input goes to; by default the last dimension.
  public func parameter(
    _ name: String, shape: [Int], initializer: Initializer, fanIn: Int? = nil, fanOut: Int? = nil
  ) -> Tensor {
    let fullName = prefix.isEmpty ? name : "\(prefix).\(name)"
    if let known = collection.known[fullName] {
      return known.shape == shape
        ? known : tape.fail(fullName, "is asked for as \(shape) but is \(known.shape)", shape: shape)
    }
    let offset = collection.trainable.addTrainable(fullName, shape: shape)
    collection.initializers.append(
      ParameterStart(initializer: initializer, fanIn: fanIn ?? shape.first ?? 1, fanOut: fanOut ?? shape.last ?? 1))
    let tensor = tape.source(collection.sources.parameters, offset: offset, shape: shape)
    collection.known[fullName] = tensor
    collection.tensors.append(tensor)
    return tensor
  }

  /// Something the model keeps from step to step without training it.
  ///
  /// - Parameters:
  ///   - name: the last part of its name, different from that of any parameter here.
  ///   - shape: its shape, row-major.
  ///   - start: its first value, everywhere.
  /// - Returns: its present value.
  public func kept(_ name: String, shape: [Int], start: Double) -> Tensor {
    let fullName = prefix.isEmpty ? name : "\(prefix).\(name)"
    if let known = collection.known[fullName] {
      return known.shape == shape
        ? known : tape.fail(fullName, "is asked for as \(shape) but is \(known.shape)", shape: shape)
    }
    let tensor = tape.source(collection.sources.kept, offset: collection.keptCount, shape: shape)
    collection.keptCount += tensor.count
    collection.kept.append((fullName, shape, start))
    collection.known[fullName] = tensor
    return tensor
  }

  /// Tells what a kept value is after a training step.
  public func keep(_ name: String, as value: Tensor) {
    collection.updates[prefix.isEmpty ? name : "\(prefix).\(name)"] = value
  }

  /// A dropout mask of its own for each call: 1/`keep` with probability `keep`, else 0.
  public func mask(keep: Double, shape: [Int]) -> Tensor {
    collection.masks += 1
    return .mask(
      state: tape.randomState(collection.sources.random), layer: collection.masks - 1, keep: keep, shape: shape)
  }

  /// Called by layers that use the statistics of the whole batch.
  func noteBatchNormalization() { collection.hasBatchNormalization = true }
}

/// How one parameter slice starts.
public struct ParameterStart: Sendable, Hashable {
  public var initializer: Initializer
  public var fanIn: Int
  public var fanOut: Int

  public init(initializer: Initializer, fanIn: Int, fanOut: Int) {
    self.initializer = initializer
    self.fanIn = fanIn
    self.fanOut = fanOut
  }

  /// The values of a whole layout. Slice i draws from the initialisation stream i of `seed`, so that adding a layer
  /// leaves the others as they were.
  public static func values(of layout: ParameterLayout, starts: [ParameterStart], seed: UInt64) -> [Double] {
    var values = [Double](repeating: 0, count: layout.trainableCount)
    values.withUnsafeMutableBufferPointer { all in
      for (index, (slice, start)) in zip(layout.trainable, starts).enumerated() {
        var random = RandomSequence(seed: seed, stream: .initialization, index: UInt64(index))
        start.initializer.fill(
          UnsafeMutableBufferPointer(rebasing: all[slice.range]), fanIn: start.fanIn, fanOut: start.fanOut,
          random: &random)
      }
    }
    return values
  }
}
