public import DescentCore

/// A loss given as a closure that also writes its gradient; Hessian products are differences of gradients.
///
/// ```swift
/// let objective = ClosureObjective<Float>(parameterCount: weights.count) { point, gradient in
///   model.load(point)
///   let loss = model.lossAndGradient(over: allRows)
///   gradient = model.gradient
///   return loss
/// }
/// let sharpness = try SharpnessMeter<Float>().measure(objective, at: weights)
/// ```
/// The closure must be a fixed function of the point: all rows, no dropout, no augmentation.
public struct ClosureObjective<Scalar: BinaryFloatingPoint & Sendable>: Objective {
  public let parameterCount: Int
  public let facts: ObjectiveFacts
  private let evaluate: (_ point: [Scalar], _ gradient: inout [Scalar]) throws -> Double

  /// - Parameters:
  ///   - parameterCount: elements of the parameter vector.
  ///   - facts: what the loss is measured over, where the caller knows it.
  ///   - evaluate: writes the gradient at a point into its second argument and returns the loss.
  public init(
    parameterCount: Int, facts: ObjectiveFacts = ObjectiveFacts(),
    _ evaluate: @escaping (_ point: [Scalar], _ gradient: inout [Scalar]) throws -> Double
  ) {
    self.parameterCount = parameterCount
    self.facts = facts
    self.evaluate = evaluate
  }

  public func loss(at point: [Scalar]) throws -> Double {
    var gradient = [Scalar](repeating: 0, count: parameterCount)
    return try evaluate(point, &gradient)
  }

  public func gradient(at point: [Scalar], into gradient: inout [Scalar]) throws -> Double {
    let loss = try evaluate(point, &gradient)
    guard gradient.count == parameterCount else {
      throw CurvatureError(
        .unfit, "The closure gave a gradient of \(gradient.count) elements for \(parameterCount) parameters.")
    }
    return loss
  }
}
