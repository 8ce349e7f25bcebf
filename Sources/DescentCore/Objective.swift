/// A loss over one flat parameter vector.
///
/// Evaluations are deterministic: the same point gives the same numbers. Reductions accumulate in Double.
public protocol Objective<Scalar> {
  /// `Float` or `Double`.
  associatedtype Scalar: BinaryFloatingPoint & Sendable

  /// Elements of the parameter vector.
  var parameterCount: Int { get }

  /// The loss at `point` (`parameterCount` elements).
  func loss(at point: [Scalar]) throws -> Double

  /// Writes ∇L(`point`) into `gradient` (`parameterCount` elements) and returns the loss.
  func gradient(at point: [Scalar], into gradient: inout [Scalar]) throws -> Double

  /// Second-order products at `point`, sharing there whatever can be shared.
  func linearized(at point: [Scalar]) throws -> any Linearization<Scalar>

  /// What the loss is measured over; nothing known by default.
  var facts: ObjectiveFacts { get }
}

/// What an objective's loss is measured over, for those who judge what its curvature means.
public struct ObjectiveFacts: Sendable, Hashable {
  /// Rows of data that the loss is the mean over; nil where that is not known.
  public var rows: Int?
  /// Rows that there are; nil where that is not known.
  public var rowsInAll: Int?
  /// Whether batch normalisation takes the statistics of the rows at hand, as in training.
  public var usesBatchStatistics: Bool

  public init(rows: Int? = nil, rowsInAll: Int? = nil, usesBatchStatistics: Bool = false) {
    self.rows = rows
    self.rowsInAll = rowsInAll
    self.usesBatchStatistics = usesBatchStatistics
  }
}

/// Hessian products at one fixed point.
public protocol Linearization<Scalar> {
  associatedtype Scalar: BinaryFloatingPoint & Sendable

  /// Loss at the point.
  var loss: Double { get }

  /// Writes H·`direction` into `product`.
  mutating func hessianProduct(_ direction: [Scalar], into product: inout [Scalar]) throws

  /// Whether products follow from rules of differentiation (default) rather than from differences of gradients.
  var isExact: Bool { get }
}

extension Linearization {
  public var isExact: Bool { true }
}

/// A linearization that knows the model's outputs, and so has Gauss–Newton products too.
public protocol GaussNewtonLinearization<Scalar>: Linearization {
  /// Writes G·`direction` into `product`: G = Jᵀ·H_L·J, with J the Jacobian of the outputs and H_L the Hessian of the loss
  /// by the outputs. It leaves out the outputs' own curvature and is never negative for a convex loss.
  mutating func gaussNewtonProduct(_ direction: [Scalar], into product: inout [Scalar]) throws
}

/// An objective that is a mean over batches.
public protocol StochasticObjective<Scalar>: Objective {
  /// Batches per pass over the data.
  var batchCount: Int { get }

  /// Writes the gradient of the loss on batch `index` into `gradient` and returns that loss.
  func gradient(ofBatch index: Int, at point: [Scalar], into gradient: inout [Scalar]) throws -> Double

  /// Second-order products of the loss on batch `index` at `point`; by default central differences of its gradients.
  func linearized(batch index: Int, at point: [Scalar]) throws -> any Linearization<Scalar>
}

extension StochasticObjective {
  public func linearized(batch index: Int, at point: [Scalar]) throws -> any Linearization<Scalar> {
    try CentralDifferenceLinearization(of: OneBatch(whole: self, index: index), at: point)
  }
}

/// The loss on one batch as an objective.
private struct OneBatch<Whole: StochasticObjective>: Objective {
  let whole: Whole
  let index: Int

  var parameterCount: Int { whole.parameterCount }

  func loss(at point: [Whole.Scalar]) throws -> Double {
    var gradient = point
    return try whole.gradient(ofBatch: index, at: point, into: &gradient)
  }

  func gradient(at point: [Whole.Scalar], into gradient: inout [Whole.Scalar]) throws -> Double {
    try whole.gradient(ofBatch: index, at: point, into: &gradient)
  }
}

extension Objective {
  public var facts: ObjectiveFacts { ObjectiveFacts() }

  /// Products by central differences of gradients: two gradients per product, no second-order rules needed.
  public func linearized(at point: [Scalar]) throws -> any Linearization<Scalar> {
    try CentralDifferenceLinearization(of: self, at: point)
  }
}

/// Hessian products as central differences of gradients:
/// H·v ≈ (∇L(θ + h·v) − ∇L(θ − h·v)) / 2h, with h = ε^(1/3)·max(1, ‖θ‖)/‖v‖.
///
/// - Accuracy: relative error about ε^(2/3) where the gradient is smooth (ε: machine epsilon of `Scalar`); meaningless
///   across the kink of a piecewise-linear activation.
public struct CentralDifferenceLinearization<O: Objective>: Linearization {
  public typealias Scalar = O.Scalar
  public let loss: Double
  public var isExact: Bool { false }
  private let objective: O
  private let point: [Scalar]
  private let pointNorm: Double
  private var plus: [Scalar]
  private var minus: [Scalar]
  private var shifted: [Scalar]

  /// Measures the loss at `point`; each product then costs two gradients.
  public init(of objective: O, at point: [Scalar]) throws {
    self.objective = objective
    self.point = point
    loss = try objective.loss(at: point)
    pointNorm = euclideanNorm(point)
    plus = point
    minus = point
    shifted = point
  }

  public mutating func hessianProduct(_ direction: [Scalar], into product: inout [Scalar]) throws {
    let norm = euclideanNorm(direction)
    guard norm > 0 else {
      for i in product.indices { product[i] = 0 }
      return
    }
    let h = Scalar(cubeRootOfEpsilon * max(1, pointNorm) / norm)
    for i in shifted.indices { shifted[i] = point[i] + h * direction[i] }
    _ = try objective.gradient(at: shifted, into: &plus)
    for i in shifted.indices { shifted[i] = point[i] - h * direction[i] }
    _ = try objective.gradient(at: shifted, into: &minus)
    for i in product.indices { product[i] = (plus[i] - minus[i]) / (2 * h) }
  }

  private var cubeRootOfEpsilon: Double { Scalar.self == Float.self ? 4.9e-3 : 6.06e-6 }
}

/// ‖x‖₂, accumulated in Double.
package func euclideanNorm<Scalar: BinaryFloatingPoint>(_ x: [Scalar]) -> Double {
  var sum = 0.0
  for value in x { sum += Double(value) * Double(value) }
  return sum.squareRoot()
}
