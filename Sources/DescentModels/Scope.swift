public import DescentAutodiff
public import DescentCore
internal import DescentRandom

/// Where a model gets its parameters while it is traced; collects their names, shapes and initialisers.
///
/// `scope["layer"]` is a scope inside this one, whose names begin with `layer.`; errors name it too.
public final class Scope {
  private let collection: Collection
  private let prefix: String

  private final class Collection {
    let tape: Tape
    let parameters: Tape.Buffer
    var layout = ParameterLayout()
    var initializers: [ParameterStart] = []
    var tensors: [Tensor] = []
    var known: [String: Tensor] = [:]

    init(tape: Tape, parameters: Tape.Buffer) {
      self.tape = tape
      self.parameters = parameters
    }
  }

  /// A scope at the top, whose parameters are slices of `parameters` in the order they are asked for.
  public init(_ tape: Tape, parameters: Tape.Buffer) {
    collection = Collection(tape: tape, parameters: parameters)
    prefix = ""
  }

  private init(_ collection: Collection, prefix: String) {
    self.collection = collection
    self.prefix = prefix
  }

  public var tape: Tape { collection.tape }
  /// What has been asked for so far.
  public var layout: ParameterLayout { collection.layout }
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
    let offset = collection.layout.addTrainable(fullName, shape: shape)
    collection.initializers.append(
      ParameterStart(initializer: initializer, fanIn: fanIn ?? shape.first ?? 1, fanOut: fanOut ?? shape.last ?? 1))
    let tensor = tape.source(collection.parameters, offset: offset, shape: shape)
    collection.known[fullName] = tensor
    collection.tensors.append(tensor)
    return tensor
  }
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
