/// Where the operations on tensors are written down while a model function runs.
///
/// A model is an ordinary function over ``Tensor``; calling it once with tensors of a tape records its graph, which
/// ``compile(_:repeatedInputs:options:)`` turns into a ``Program``. Not `Sendable`: one thread traces.
///
/// Operations never throw. The first one whose shapes do not fit is kept in ``error`` and thrown by compiling; its
/// result is a tensor of zeros of a likely shape, so that the rest of the function still runs.
public final class Tape {
  package private(set) var graph = Graph()
  /// Names of the external buffers, by index.
  public private(set) var bufferNames: [String] = []
  /// The first operation that did not fit.
  public private(set) var error: ShapeError?
  private var scopes: [String] = []
  private static let maximumRank = 6

  /// A tape with nothing written on it.
  public init() {}

  /// A memory that a run is given from outside: parameters, a batch, a place for results.
  public struct Buffer: Sendable, Hashable {
    package let index: Int
  }

  /// Declares an external buffer. Runs get their pointers in the order of these calls.
  public func buffer(_ name: String) -> Buffer {
    bufferNames.append(name)
    return Buffer(index: bufferNames.count - 1)
  }

  /// A tensor that stands for elements of a buffer, row-major from `offset`.
  public func source(_ buffer: Buffer, offset: Int = 0, shape: [Int]) -> Tensor {
    record(.source(buffer: buffer.index, offset: offset, isLabel: false), [], shape: shape)
  }

  /// A tensor of class labels: 32-bit integers of a buffer.
  public func labels(_ buffer: Buffer, offset: Int = 0, shape: [Int]) -> Tensor {
    record(.source(buffer: buffer.index, offset: offset, isLabel: true), [], shape: shape)
  }

  /// The state that random masks are drawn with: four 32-bit words of a buffer, seed and stream, low halves first.
  public func randomState(_ buffer: Buffer) -> Tensor { labels(buffer, shape: [4]) }

  /// A tensor with one value everywhere.
  public func constant(_ value: Double, shape: [Int] = []) -> Tensor {
    record(.constant(value), [], shape: shape)
  }

  /// A constant tensor with these elements, row-major.
  public func constant(_ values: [Double], shape: [Int]) -> Tensor {
    guard values.count == shape.reduce(1, *) else {
      return fail("constant", "\(values.count) values do not fill the shape \(shape)", shape: shape)
    }
    return record(.array(graph.addArray(values)), [], shape: shape)
  }

  /// Names the part of a model that `body` traces; errors say where they happened.
  public func scope<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body()
  }

  package func record(_ primitive: Primitive, _ operands: [Tensor], shape: [Int]) -> Tensor {
    guard shape.count <= Self.maximumRank else {
      return fail(primitive.name, "\(shape) has more than \(Self.maximumRank) dimensions", shape: [])
    }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      return fail(primitive.name, "\(shape) has a negative size", shape: [])
    }
    guard operands.allSatisfy({ $0.tape === self }) else {
      return fail(primitive.name, "a tensor of another tape cannot take part", shape: shape)
    }
    // Their memory holds integers, of another size than the numbers of a Float64 run.
    if operands.contains(where: \.isLabel), !primitive.readsLabels {
      return fail(primitive.name, "class labels are not numbers to calculate with", shape: shape)
    }
    let id = graph.insert(primitive, operands.map(\.id), shape: shape)
    return Tensor(tape: self, id: id, shape: shape)
  }

  /// Keeps the first error and returns zeros of `shape`.
  package func fail(_ operation: String, _ message: String, shape: [Int]) -> Tensor {
    if error == nil {
      error = ShapeError(operation: operation, place: scopes.joined(separator: "."), message: message)
    }
    return constant(0, shape: shape)
  }
}

/// An operation whose shapes do not fit.
public struct ShapeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The operation's name.
  public var operation: String
  /// The scopes it stands in, joined by dots; empty at the top.
  public var place: String
  /// What does not fit, with the shapes.
  public var message: String

  public var description: String {
    place.isEmpty ? "\(operation): \(message)." : "\(operation) in \(place): \(message)."
  }
}
