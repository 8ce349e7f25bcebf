/// One tensor as a rule sees it: a named, shaped stretch of the flat vector.
///
/// Without a `ParameterLayout` every stretch that shares its settings is one tensor of rank 1.
public struct TensorShape: Sendable, Hashable {
  /// The layout's name; empty where there is no layout.
  public let name: String
  /// Sizes of the dimensions, row-major.
  public let dimensions: [Int]
  /// Where its elements stand in the flat vector.
  public let range: Range<Int>

  public init(name: String = "", dimensions: [Int], range: Range<Int>) {
    self.name = name
    self.dimensions = dimensions
    self.range = range
  }

  public var count: Int { range.count }
  public var rank: Int { dimensions.count }

  /// The tensor as a matrix: the first dimension by all others; nil below rank 2.
  public var matrix: (rows: Int, columns: Int)? {
    guard dimensions.count > 1, dimensions[0] > 0 else { return nil }
    return (dimensions[0], count / dimensions[0])
  }
}

/// One array that a rule remembers of each tensor between steps, by the name PyTorch uses.
public struct RuleState: Sendable {
  /// What the array's elements are.
  public enum Element: Sendable, Hashable {
    /// The parameters' own type.
    case scalar
    /// Double precision whatever the parameters are: for a few numbers per tensor.
    case double
    /// The upper half of a Float.
    case bfloat16
    /// One byte.
    case byte
  }

  public let name: String
  public let element: Element
  /// What every element is before the first step.
  public let initial: Double
  /// False where the present settings do without it; no memory is spent then.
  public let isKept: Bool
  /// One element for each of the tensor's.
  public let isPerElement: Bool
  /// Elements it has for a tensor; may be 0.
  public let count: @Sendable (TensorShape) -> Int
  /// What its bytes stand for; nil where they are plain numbers.
  var code: ByteCode?

  /// An array as long as the tensor.
  public static func perElement(
    _ name: String, initial: Double = 0, element: Element = .scalar, if isKept: Bool = true
  ) -> RuleState {
    RuleState(name: name, element: element, initial: initial, isKept: isKept, isPerElement: true) { $0.count }
  }

  /// A few numbers per tensor, in double precision: a step size, a product of decays.
  public static func perTensor(
    _ name: String, count: Int = 1, initial: Double = 0, if isKept: Bool = true
  ) -> RuleState {
    RuleState(name: name, element: .double, initial: initial, isKept: isKept, isPerElement: false) { _ in count }
  }

  /// An array whose length the tensor's shape decides: rows, columns, a square matrix, nothing.
  public static func sized(
    _ name: String, initial: Double = 0, element: Element = .scalar, if isKept: Bool = true,
    count: @escaping @Sendable (TensorShape) -> Int
  ) -> RuleState {
    RuleState(name: name, element: element, initial: initial, isKept: isKept, isPerElement: false, count: count)
  }
}

/// One number that a rule remembers of the whole vector between steps, in double precision: a distance, a sum of weights.
public struct RuleScalar: Sendable, Hashable {
  public let name: String
  /// What it is before the first step.
  public let initial: Double

  public init(_ name: String, initial: Double = 0) {
    self.name = name
    self.initial = initial
  }
}
