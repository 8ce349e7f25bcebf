/// What a rule needs of a step besides the gradient.
public struct StepNeeds: OptionSet, Sendable, Hashable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The loss at the parameters: Polyak's step size, MoMo, line search.
  public static let loss = StepNeeds(rawValue: 1)
  /// Loss and gradient at other points, on the same batch: SAM, L-BFGS, line search.
  public static let evaluation = StepNeeds(rawValue: 2)
  /// Hessian products on the same batch: Sophia.
  public static let hessianProduct = StepNeeds(rawValue: 4)

  var words: String {
    var parts: [String] = []
    if contains(.loss) { parts.append("the loss of each step") }
    if contains(.evaluation) { parts.append("the loss and gradient at other points of the same batch") }
    if contains(.hessianProduct) { parts.append("Hessian products on the same batch") }
    return parts.joined(separator: " and ")
  }
}

/// The loss on a step's own batch as a function of the parameters, for rules that evaluate again.
///
/// Points, gradients and products are as long as the parameter vector, aligned to 64 bytes where the optimizer made
/// them, and unscaled: a sum over micro-batches where the step's gradient is one. An evaluation changes nothing: what a
/// model keeps besides its parameters stays as it was, and dropout masks are those of the step.
public protocol StepObjective<Scalar> {
  associatedtype Scalar: UpdateScalar

  /// What it offers besides the gradient; ``StepNeeds/evaluation`` at least.
  var offers: StepNeeds { get }

  /// The loss at `point`.
  func loss(at point: UnsafeMutablePointer<Scalar>) throws(OptimizerError) -> Double

  /// Writes the gradient at `point` and returns the loss.
  func gradient(
    at point: UnsafeMutablePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>
  ) throws(OptimizerError) -> Double

  /// Writes H·`direction` at `point`; called only if ``offers`` says so.
  func hessianProduct(
    at point: UnsafeMutablePointer<Scalar>, along direction: UnsafeMutablePointer<Scalar>,
    into product: UnsafeMutablePointer<Scalar>
  ) throws(OptimizerError)
}

extension StepObjective {
  public var offers: StepNeeds { .evaluation }

  public func hessianProduct(
    at point: UnsafeMutablePointer<Scalar>, along direction: UnsafeMutablePointer<Scalar>,
    into product: UnsafeMutablePointer<Scalar>
  ) throws(OptimizerError) {
    throw OptimizerError("This objective has no Hessian products.")
  }
}

/// What is known of a step besides its gradient.
public struct StepContext<Scalar: UpdateScalar> {
  /// The mean loss of the step's batch at the parameters; nil where the caller does not know it.
  public var loss: Double?
  /// The loss as a function; nil where the caller cannot evaluate again.
  public var objective: (any StepObjective<Scalar>)?

  public init(loss: Double? = nil, objective: (any StepObjective<Scalar>)? = nil) {
    self.loss = loss
    self.objective = objective
  }

  var offers: StepNeeds {
    (objective?.offers ?? []).union(loss == nil ? [] : .loss)
  }
}
