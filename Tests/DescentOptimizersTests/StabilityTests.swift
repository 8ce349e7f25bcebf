import DescentCore
import DescentOptimizers
import Testing

/// Thresholds against the iteration itself: one step is a linear map of (parameter, momentum), whose matrix is read off
/// by stepping from the unit vectors; at the threshold its spectral radius is 1.
@Suite struct StabilityTests {
  static let specs = [
    "sgd", "sgd(weightDecay: 0.3)", "sgd(weightDecay: 0.3, decoupled: true)", "sgd(momentum: 0.9)",
    "sgd(momentum: 0.9, weightDecay: 0.3)", "sgd(momentum: 0.9, weightDecay: 0.3, decoupled: true)",
    "sgd(momentum: 0.8, dampening: 0.5)", "sgd(momentum: 0.8, dampening: 0.5, weightDecay: 0.2)",
    "sgd(momentum: 0.8, dampening: 0.5, weightDecay: 0.2, decoupled: true)", "sgd(momentum: 0.9, nesterov: true)",
    "sgd(momentum: 0.5, nesterov: true, weightDecay: 0.1)",
    "sgd(momentum: 0.5, nesterov: true, weightDecay: 0.1, decoupled: true)",
  ]

  /// The 2×2 matrix of a step on ½·s·p², by the optimizer itself from its second step on.
  private func matrix(_ spec: OptimizerSpec, curvature s: Double, rate: Double) throws -> [[Double]] {
    let hasBuffer = Optimizer<Double>(spec, parameterCount: 1).state.count > 1
    let columns = try [(1.0, 0.0), (0.0, 1.0)].map { p0, v0 in
      var optimizer = Optimizer<Double>(spec, parameterCount: 1)
      var tensors = [CheckpointTensor("optimizer.step", [UInt64(1)])]
      if hasBuffer { tensors.append(CheckpointTensor("optimizer.momentum_buffer", [v0])) }
      try optimizer.restore(tensors)
      var p = [p0]
      try optimizer.step(parameters: &p, gradient: [s * p0], request: StepRequest(learningRate: rate))
      return (p[0], hasBuffer ? try #require(optimizer.state.last?.doubles)[0] : 0)
    }
    return [[columns[0].0, columns[1].0], [columns[0].1, columns[1].1]]
  }

  private func spectralRadius(_ m: [[Double]]) -> Double {
    let half = (m[0][0] + m[1][1]) / 2
    let determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0]
    let discriminant = half * half - determinant
    return discriminant < 0 ? determinant.squareRoot() : abs(half) + discriminant.squareRoot()
  }

  @Test(arguments: specs, [1e-3, 0.05, 0.7])
  func `the threshold is where the iteration turns unstable`(_ text: String, _ rate: Double) throws {
    let spec = try OptimizerSpec(parsing: text)
    let threshold = spec.stabilityThreshold(learningRate: rate)
    // Bisect the spectral radius between a stable and an unstable curvature.
    var low = 0.5 * threshold
    var high = 2 * threshold
    #expect(try spectralRadius(matrix(spec, curvature: low, rate: rate)) < 1)
    #expect(try spectralRadius(matrix(spec, curvature: high, rate: rate)) > 1)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if try spectralRadius(matrix(spec, curvature: middle, rate: rate)) <= 1 { low = middle } else { high = middle }
    }
    #expect(abs(low / threshold - 1) < 1e-10)
  }

  @Test(arguments: [
    ("adam", 38.0), ("adam(beta1: 0.5)", 6.0), ("rmsprop", 2.0), ("adagrad", 2.0), ("sgd(momentum: 0.9)", 3.8),
  ])
  func `known thresholds at rate 1`(_ text: String, _ expected: Double) throws {
    #expect(abs(try OptimizerSpec(parsing: text).stabilityThreshold(learningRate: 1) - expected) < 1e-12)
  }

  @Test func `decay shifts Adam's threshold by γ coupled and 19 γ decoupled`() throws {
    let coupled = try OptimizerSpec(parsing: "adam(weightDecay: 0.1)").stabilityThreshold(learningRate: 1)
    let decoupled = try OptimizerSpec(parsing: "adamw(weightDecay: 0.1)").stabilityThreshold(learningRate: 1)
    #expect(abs(coupled - 37.9) < 1e-12)
    #expect(abs(decoupled - 36.1) < 1e-12)
  }

  @Test(arguments: ["adam", "adam(biasCorrection: false)", "rmsprop", "adagrad"])
  func `a step is the momentum divided by the preconditioner`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    var optimizer = Optimizer<Double>(spec, parameterCount: 3)
    #expect(optimizer.preconditioner() == nil)
    var p = [1.0, 2, 3]
    for step in 0..<4 {
      let g = [1.0, -0.1, Double(step)]
      let before = p
      try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 0.1))
      let diagonal = try #require(optimizer.preconditioner())
      let direction = optimizer.state.first { $0.name == "optimizer.exp_avg" }?.doubles ?? g
      for i in p.indices where diagonal[i] > 1e-9 {
        #expect(abs(before[i] - p[i] - 0.1 * direction[i] / diagonal[i]) < 1e-13)
      }
    }
  }
}
