import DescentCore

/// ½·Σ hᵢ·xᵢ², with everything known; `count` evaluations are counted.
final class Quadratic<Scalar: BinaryFloatingPoint & Sendable>: Objective {
  let curvatures: [Double]
  let facts: ObjectiveFacts
  private(set) var losses = 0
  private(set) var gradients = 0

  init(_ curvatures: [Double], facts: ObjectiveFacts = ObjectiveFacts()) {
    self.curvatures = curvatures
    self.facts = facts
  }

  var parameterCount: Int { curvatures.count }

  func loss(at point: [Scalar]) -> Double {
    losses += 1
    return 0.5 * zip(curvatures, point).reduce(0) { $0 + $1.0 * Double($1.1) * Double($1.1) }
  }

  func gradient(at point: [Scalar], into gradient: inout [Scalar]) -> Double {
    gradients += 1
    for i in point.indices { gradient[i] = Scalar(curvatures[i]) * point[i] }
    return 0.5 * zip(curvatures, point).reduce(0) { $0 + $1.0 * Double($1.1) * Double($1.1) }
  }

  func linearized(at point: [Scalar]) -> any Linearization<Scalar> {
    Products(curvatures: curvatures.map { Scalar($0) }, loss: loss(at: point))
  }

  private struct Products: Linearization {
    let curvatures: [Scalar]
    let loss: Double

    mutating func hessianProduct(_ direction: [Scalar], into product: inout [Scalar]) {
      for i in direction.indices { product[i] = curvatures[i] * direction[i] }
    }
  }
}
