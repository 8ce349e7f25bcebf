public import DescentCore

/// A symmetric matrix that is known by its products with vectors.
public protocol SymmetricOperator<Scalar> {
  associatedtype Scalar: BinaryFloatingPoint & Sendable

  /// Rows and columns.
  var count: Int { get }

  /// Writes A·`vector` into `product`; both have `count` elements.
  mutating func apply(_ vector: [Scalar], into product: inout [Scalar]) throws
}

/// The Hessian ∇²L of an objective at one point.
public struct HessianOperator<Scalar: BinaryFloatingPoint & Sendable>: SymmetricOperator {
  public let count: Int
  private var linearization: any Linearization<Scalar>

  /// - Throws: what the objective throws.
  public init(_ objective: any Objective<Scalar>, at point: [Scalar]) throws {
    self.init(try objective.linearized(at: point), count: point.count)
  }

  /// - Parameters:
  ///   - linearization: products at a point.
  ///   - count: elements of the point.
  public init(_ linearization: any Linearization<Scalar>, count: Int) {
    self.linearization = linearization
    self.count = count
  }

  /// Loss at the point.
  public var loss: Double { linearization.loss }

  /// Whether products follow from rules of differentiation rather than from differences of gradients.
  public var isExact: Bool { linearization.isExact }

  public mutating func apply(_ vector: [Scalar], into product: inout [Scalar]) throws {
    try linearization.hessianProduct(vector, into: &product)
  }
}

/// P^−½·A·P^−½, which has the eigenvalues of P⁻¹·A, for a positive diagonal P such as an adaptive rule's.
///
/// An element of P that is 0 or infinite takes its parameter out: the first has seen no gradient yet, the second does
/// not move.
public struct PreconditionedOperator<Base: SymmetricOperator>: SymmetricOperator {
  public var count: Int { base.count }
  private var base: Base
  private var roots: [Base.Scalar]
  private var scaled: [Base.Scalar]

  /// - Parameters:
  ///   - base: A.
  ///   - diagonal: P, `count` elements, none negative.
  public init(_ base: Base, diagonal: [Double]) {
    precondition(diagonal.count == base.count, "an element of P for each parameter")
    self.base = base
    roots = diagonal.map { $0 > 0 ? Base.Scalar(1 / $0.squareRoot()) : 0 }
    scaled = [Base.Scalar](repeating: 0, count: diagonal.count)
  }

  public mutating func apply(_ vector: [Base.Scalar], into product: inout [Base.Scalar]) throws {
    assign(product: roots, vector, to: &scaled)
    try base.apply(scaled, into: &product)
    multiply(&product, by: roots)
  }
}

/// A block on the diagonal of A: some of the parameters, the others standing still.
public struct BlockOperator<Base: SymmetricOperator>: SymmetricOperator {
  public var count: Int { range.count }
  private let range: Range<Int>
  private var base: Base
  private var whole: [Base.Scalar]
  private var product: [Base.Scalar]

  /// - Parameters:
  ///   - base: A.
  ///   - range: which rows and columns.
  public init(_ base: Base, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= base.count, "a block inside the matrix")
    self.base = base
    self.range = range
    whole = [Base.Scalar](repeating: 0, count: base.count)
    product = whole
  }

  public mutating func apply(_ vector: [Base.Scalar], into result: inout [Base.Scalar]) throws {
    for (place, i) in range.enumerated() { whole[i] = vector[place] }
    try base.apply(whole, into: &product)
    for (place, i) in range.enumerated() { result[place] = product[i] }
  }
}

/// The Gauss–Newton matrix G = Jᵀ·H_L·J at one point: the Hessian without the curvature of the model's outputs.
public struct GaussNewtonOperator<Scalar: BinaryFloatingPoint & Sendable>: SymmetricOperator {
  public let count: Int
  private var linearization: any GaussNewtonLinearization<Scalar>

  /// - Throws: ``CurvatureError`` if the objective knows only its loss, not its outputs; what the objective throws.
  public init(_ objective: any Objective<Scalar>, at point: [Scalar]) throws {
    guard let linearization = try objective.linearized(at: point) as? any GaussNewtonLinearization<Scalar> else {
      throw CurvatureError(
        .noProducts,
        "This objective gives no Gauss–Newton products, which need the model's outputs; use a built-in model.")
    }
    self.linearization = linearization
    count = point.count
  }

  public mutating func apply(_ vector: [Scalar], into product: inout [Scalar]) throws {
    try linearization.gaussNewtonProduct(vector, into: &product)
  }
}
