internal import DescentCore
internal import DescentData
internal import DescentModels
internal import DescentOptimizers

/// Gradient descent on f = v·u/√n with the loss ½·f², in closed form.
///
/// f′ = f·(1 − ηλ + η²f²/n),  λ′ = λ + (ηf²/n)·(ηλ − 4),  λ = (‖u‖² + ‖v‖²)/n
///
/// λ is the curvature along the gradient, the sharpness where f = 0. Below 2/λ the loss falls from the start; between 2/λ
/// and 4/λ it first grows until λ has come down; above 4/λ it grows for ever.
///
/// - Source: Lewkowycz et al. 2020 (arXiv:2003.02218), section 2.
public struct Catapult: Sendable, Hashable {
  /// n, the width.
  public let width: Double
  /// f.
  public private(set) var output: Double
  /// λ.
  public private(set) var sharpness: Double

  /// - Parameters:
  ///   - width: n, at least 1.
  ///   - output: f at the start.
  ///   - sharpness: λ at the start.
  public init(width: Double, output: Double, sharpness: Double) {
    (self.width, self.output, self.sharpness) = (width, output, sharpness)
  }

  /// The start of the example `catapult` with the weights of this seed.
  ///
  /// - Throws: as ``CompiledModel`` does.
  public init(seed: UInt64) throws {
    let example = try EdgeExample.catapult()
    let compiled = try CompiledModel(example.model, task: example.task, batchSize: 1)
    self.init(weights: compiled.initialParameters(seed: seed))
  }

  /// The state of weights u, v one after the other.
  init(weights: [Double]) {
    let n = weights.count / 2
    width = Double(n)
    output = zip(weights[..<n], weights[n...]).reduce(0) { $0 + $1.0 * $1.1 } / width.squareRoot()
    sharpness = weights.reduce(0) { $0 + $1 * $1 } / width
  }

  public var loss: Double { 0.5 * output * output }

  /// One step of gradient descent.
  public mutating func step(learningRate: Double) {
    let (f, lambda, eta) = (output, sharpness, learningRate)
    output = f * (1 - eta * lambda + eta * eta * f * f / width)
    sharpness = lambda + eta * f * f / width * (eta * lambda - 4)
  }

  /// The states before each step and after the last, ended early where the loss is no longer finite.
  public func path(learningRate: Double, steps: Int) -> CatapultPath {
    var states = [self]
    for _ in 0..<steps {
      guard let last = states.last, last.loss.isFinite, last.sharpness.isFinite else { break }
      var next = last
      next.step(learningRate: learningRate)
      states.append(next)
    }
    return CatapultPath(learningRate: learningRate, states: states)
  }

  /// How far real steps are from these formulas: the weights of this seed trained in double precision by the network's own
  /// gradient, each step compared with the formula from the state before it.
  ///
  /// - Parameters:
  ///   - seed: chooses the weights.
  ///   - learningRate: η.
  ///   - steps: steps to take; it ends early where the loss is not finite.
  /// - Returns: the largest relative difference in f or λ.
  /// - Throws: as ``ModelObjective`` does.
  public static func deviation(seed: UInt64, learningRate: Double, steps: Int) throws -> Double {
    let example = try EdgeExample.catapult()
    let objective = try example.makeObjective(Double.self)
    var point = try CompiledModel(example.model, task: example.task, batchSize: 1).initialParameters(seed: seed)
    var optimizer = try Optimizer<Double>(OptimizerSpec(SGD()), parameterCount: point.count, groups: [])
    var gradient = point
    var largest = 0.0
    for _ in 0..<steps {
      var expected = Catapult(weights: point)
      expected.step(learningRate: learningRate)
      let loss = try objective.gradient(at: point, into: &gradient)
      guard loss.isFinite, expected.output.isFinite, expected.sharpness.isFinite else { break }
      try optimizer.step(parameters: &point, gradient: gradient, request: StepRequest(learningRate: learningRate))
      let found = Catapult(weights: point)
      // f passes through 0, where only the size it came from is a measure.
      let size = max(abs(expected.output), 1)
      largest = max(
        largest, abs(found.output - expected.output) / size, abs(found.sharpness / expected.sharpness - 1))
    }
    return largest
  }
}

/// The course of a catapult at one rate.
public struct CatapultPath: Sendable, Hashable {
  public let learningRate: Double
  /// Before each step, and after the last.
  public let states: [Catapult]

  /// What becomes of it.
  public enum Phase: String, Sendable, Hashable, Codable {
    /// η·λ₀ ≤ 2: the loss falls and λ changes little.
    case lazy
    /// 2 < η·λ₀ < 4: the loss grows first, then falls where it is flatter.
    case catapult
    /// η·λ₀ ≥ 4: the loss grows for ever.
    case diverges
    /// The steps ended before the loss came down again.
    case unfinished
  }

  /// η·λ at the start.
  public var startMultiple: Double { learningRate * states[0].sharpness }
  /// η·λ at the end.
  public var endMultiple: Double { learningRate * states[states.count - 1].sharpness }
  /// The largest loss over the first.
  public var growth: Double { (states.map(\.loss).max() ?? 0) / states[0].loss }
  /// The last loss over the first.
  public var decline: Double { states[states.count - 1].loss / states[0].loss }

  /// By what the losses did: whether they ended lower than they began, and rose before.
  public var phase: Phase {
    let end = states[states.count - 1].loss
    guard end.isFinite else { return .diverges }
    // From ηλ = 4 on λ grows with every step, and the loss with it.
    if end > states[0].loss { return max(startMultiple, endMultiple) >= 4 ? .diverges : .unfinished }
    return growth > 1 ? .catapult : .lazy
  }
}
