import DescentCore
import DescentOptimizers
import Testing

/// Adam's ε beside the root before its correction, as Keras has it.
@Suite struct EpsilonHatTests {
  /// The first step is η·g/(|g| + ε/√(1 − β₂)).
  private func check<Scalar: UpdateScalar>(_ text: String, as type: Scalar.Type, _ tolerance: Double) throws {
    let gradients: [Scalar] = [2, -0.5, 0.03, 0]
    var layout = ParameterLayout()
    layout.addTrainable("p", shape: [gradients.count])
    var optimizer = try Optimizer<Scalar>(OptimizerSpec(parsing: text), layout: layout)
    var p = [Scalar](repeating: 0, count: gradients.count)
    try optimizer.step(parameters: &p, gradient: gradients, request: StepRequest(learningRate: 0.1))
    let epsilon = 0.01 / (1 - 0.99).squareRoot()
    for (w, g) in zip(p, gradients) {
      let expected = -0.1 * Double(g) / (abs(Double(g)) + epsilon)
      #expect(abs(Double(w) - expected) <= tolerance * 0.1, "\(g)")
    }
  }

  @Test(arguments: ["", ", amsgrad: true"])
  func `the first step shows its place`(_ more: String) throws {
    let text = "adam(beta2: 0.99, epsilon: 0.01, epsilonHat: true\(more))"
    try check(text, as: Double.self, 1e-13)
    try check(text, as: Float.self, 1e-6)
  }

  @Test func `the text form holds it`() throws {
    #expect(try OptimizerSpec(parsing: "adamw(epsilonHat: true)").description == "adamw(epsilonHat: true)")
  }
}
