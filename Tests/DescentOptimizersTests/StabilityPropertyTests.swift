import DescentCore
import DescentOptimizers
import Testing

/// Thresholds of hundreds of settings against the rule's own step.
///
/// Far into training and for parameters of size 10⁻²⁰ beside an ε of 1, an adaptive rule's P is 1 to rounding: its step is a
/// linear map of (parameter, momentum), whose 2×2 matrix is read off by stepping from the unit vectors.
@Suite struct StabilityPropertyTests {
  private static let families: [@Sendable (inout Settings) -> String] = [
    { "sgd(momentum: \($0.beta()), weightDecay: \($0.decay()), decoupled: \($0.flag()))" },
    { "sgd(momentum: \($0.beta()), dampening: \($0.beta()), weightDecay: \($0.decay()), decoupled: \($0.flag()))" },
    { "sgd(momentum: \($0.beta()), nesterov: true, weightDecay: \($0.decay()), decoupled: \($0.flag()))" },
    { "adam(beta1: \($0.beta()), epsilon: 1, weightDecay: \($0.decay()), biasCorrection: \($0.flag()))" },
    { "adamw(beta1: \($0.beta()), epsilon: 1, weightDecay: \($0.decay()), biasCorrection: \($0.flag()))" },
    { "nadam(beta1: \($0.beta()), epsilon: 1, weightDecay: \($0.decay()))" },
    { "nadamw(beta1: \($0.beta()), epsilon: 1, weightDecay: \($0.decay()))" },
    { "rmsprop(epsilon: 1, weightDecay: \($0.decay()), decoupled: \($0.flag()), centered: \($0.flag()))" },
    { "rmsprop(epsilon: 1, momentum: \($0.beta()), weightDecay: \($0.decay()), decoupled: \($0.flag()))" },
    { "rmsprop(epsilon: 1, momentum: \($0.beta()), centered: true, weightDecay: \($0.decay()))" },
  ]

  /// Draws settings from a linear congruential generator.
  private struct Settings {
    var state: UInt64
    let rate: Double

    init(_ seed: Int) {
      state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
      rate = [1e-3, 0.03, 0.4][seed % 3]
    }

    mutating func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }

    mutating func beta() -> Double { (uniform() * 950).rounded() / 1000 + 0.01 }
    mutating func decay() -> Double { uniform() < 0.3 ? 0 : (uniform() * 1000).rounded() / 1000 }
    mutating func flag() -> Bool { uniform() < 0.5 }
  }

  private func matrix(_ spec: OptimizerSpec, curvature s: Double, rate: Double) throws -> [Double] {
    let size = 1e-20
    var result: [Double] = []
    for (p0, v0) in [(size, 0.0), (0.0, size)] {
      var optimizer = Optimizer<Double>(spec, parameterCount: 1)
      var momentum: String?
      var tensors = [CheckpointTensor("optimizer.step", [UInt64(1_000_000)])]
      for tensor in optimizer.state where tensor.name != "optimizer.step" {
        let isMomentum = ["optimizer.momentum_buffer", "optimizer.exp_avg"].contains(tensor.name)
        if isMomentum { momentum = tensor.name }
        tensors.append(CheckpointTensor(tensor.name, [isMomentum ? v0 : 0]))
      }
      try optimizer.restore(tensors)
      var p = [p0]
      try optimizer.step(parameters: &p, gradient: [s * p0], request: StepRequest(learningRate: rate))
      let after = optimizer.state.first { $0.name == momentum }?.doubles?.first ?? 0
      result += [p[0] / size, after / size]
    }
    return result
  }

  private func spectralRadius(_ m: [Double]) -> Double {
    let half = (m[0] + m[3]) / 2
    let determinant = m[0] * m[3] - m[1] * m[2]
    let discriminant = half * half - determinant
    return discriminant < 0 ? determinant.squareRoot() : abs(half) + discriminant.squareRoot()
  }

  @Test(arguments: families.indices)
  func `thresholds of random settings are where the iteration turns unstable`(_ family: Int) throws {
    for trial in 0..<40 {
      var settings = Settings(1000 * family + trial)
      let rate = settings.rate
      let text = Self.families[family](&settings)
      let spec = try OptimizerSpec(parsing: text)
      let threshold = spec.stabilityThreshold(learningRate: rate)
      var (low, high) = (0.5 * threshold, 2 * threshold)
      #expect(try spectralRadius(matrix(spec, curvature: low, rate: rate)) < 1, "\(text) at \(rate)")
      #expect(try spectralRadius(matrix(spec, curvature: high, rate: rate)) > 1, "\(text) at \(rate)")
      for _ in 0..<50 {
        let middle = (low + high) / 2
        if try spectralRadius(matrix(spec, curvature: middle, rate: rate)) <= 1 { low = middle } else { high = middle }
      }
      #expect(abs(low / threshold - 1) < 1e-10, "\(text) at \(rate)")
    }
  }

  @Test(arguments: ["lion", "tiger", "signSGD", "rprop", "dog"])
  func `rules of fixed steps, and those that find their rate, claim no threshold`(_ text: String) throws {
    #expect(try OptimizerSpec(parsing: text).stabilityThreshold(learningRate: 0.1) == .infinity)
  }

  @Test(arguments: [
    ("sgd", false), ("sgd(momentum: 0.9)", false), ("adam", true), ("adamw", true), ("nadam", true), ("rmsprop", true),
    ("lookahead(adam)", true), ("lookahead(sgd)", false),
  ])
  func `a rule says before its first step whether it rescales`(_ text: String, _ expected: Bool) throws {
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: text), parameterCount: 2)
    #expect(optimizer.rescales == expected)
    #expect(optimizer.preconditioner() == nil)
    var p = [1.0, 2]
    try optimizer.step(parameters: &p, gradient: [1, 1], request: StepRequest(learningRate: 0.1))
    #expect((optimizer.preconditioner() != nil) == expected)
    #expect(optimizer.rescales == expected)
  }
}
