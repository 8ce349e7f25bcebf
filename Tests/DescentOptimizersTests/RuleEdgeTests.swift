import DescentCore
import DescentOptimizers
import Foundation
import Testing

/// A loss that is linear: the same gradient everywhere.
struct Slope<Scalar: UpdateScalar>: StepObjective {
  var gradient: [Scalar]
  /// The loss at 0.
  var level = 1.0

  var offers: StepNeeds { [.evaluation, .hessianProduct] }

  func loss(at point: UnsafeMutablePointer<Scalar>) -> Double {
    gradient.indices.reduce(level) { $0 + Double(gradient[$1]) * Double(point[$1]) }
  }

  func gradient(at point: UnsafeMutablePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>) -> Double {
    for i in gradient.indices { target[i] = gradient[i] }
    return loss(at: point)
  }

  func hessianProduct(
    at point: UnsafeMutablePointer<Scalar>, along direction: UnsafeMutablePointer<Scalar>,
    into product: UnsafeMutablePointer<Scalar>
  ) {
    for i in gradient.indices { product[i] = 0 }
  }
}

/// What no rule of the registry may do, at the ends of what it can be given.
@Suite struct RuleEdgeTests {
  static let names = OptimizerSpec.names

  /// A few steps with the same gradient.
  private func run<Scalar: UpdateScalar>(
    _ optimizer: inout Optimizer<Scalar>, _ p: inout [Scalar], gradient: [Scalar], rate: Double? = nil, steps: Int = 3
  ) throws -> StepSums {
    let slope = Slope(gradient: gradient)
    var last = StepSums(gradientSquares: 0, parameterSquares: 0)
    for _ in 0..<steps {
      let loss = slope.loss(at: &p)
      last = try optimizer.step(
        parameters: &p, gradient: gradient,
        request: StepRequest(learningRate: rate ?? optimizer.spec.defaultLearningRate),
        context: StepContext(loss: loss, objective: slope))
    }
    return last
  }

  private func start<Scalar: UpdateScalar>(_ type: Scalar.Type = Scalar.self) -> [Scalar] {
    KernelTests.noise(RuleLawTests.layout.trainableCount, seed: 1).map { Scalar($0) }
  }

  private func isFinite<Scalar: UpdateScalar>(_ values: [Scalar]) -> Bool { !values.contains { !$0.isFinite } }

  private func isFinite<Scalar: UpdateScalar>(_ state: [CheckpointTensor], _ type: Scalar.Type) -> Bool {
    !state.contains { !isFinite($0.floats ?? []) || !isFinite($0.doubles ?? []) }
  }

  private func checkZeros<Scalar: UpdateScalar>(_ name: String, _ type: Scalar.Type) throws {
    var p = start(Scalar.self)
    var optimizer = try Optimizer<Scalar>(OptimizerSpec(parsing: name), layout: RuleLawTests.layout)
    let sums = try run(&optimizer, &p, gradient: p.map { _ in 0 }, steps: 4)
    #expect(isFinite(p))
    #expect(sums.gradientNorm == 0)
    #expect(isFinite(optimizer.state, Scalar.self))
    let request = StepRequest(learningRate: optimizer.spec.defaultLearningRate)
    for rate in try optimizer.effectiveRates(request, parameters: p) { #expect(!rate.quantiles.median.isNaN) }
    // And a gradient after that.
    let before = p
    _ = try run(&optimizer, &p, gradient: start(Scalar.self).map { 0.5 * $0 + 0.1 }, steps: 5)
    #expect(isFinite(p))
    #expect(p != before)
  }

  @Test(arguments: names)
  func `gradients of zero divide by nothing`(_ name: String) throws {
    try checkZeros(name, Float.self)
    try checkZeros(name, Double.self)
  }

  @Test(arguments: names, [1e-30, 1e-20, 1e-12] as [Float])
  func `tiny gradients leave finite parameters`(_ name: String, _ size: Float) throws {
    var p: [Float] = start()
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: name), layout: RuleLawTests.layout)
    _ = try run(&optimizer, &p, gradient: start().map { size * $0 }, steps: 5)
    #expect(isFinite(p))
    #expect(isFinite(optimizer.state, Float.self))
  }

  @Test(arguments: names, [1e18, 1e25, .infinity, .nan] as [Float])
  func `huge gradients, infinities and NaN end in figures, not in a crash`(_ name: String, _ size: Float) throws {
    var p: [Float] = start()
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: name), layout: RuleLawTests.layout)
    _ = try run(&optimizer, &p, gradient: start(), steps: 2)
    var g: [Float] = start()
    for i in [0, 20, 40, 53] { g[i] = size }
    let sums = try run(&optimizer, &p, gradient: g, steps: 3)
    #expect(sums.gradientNorm.isFinite == size.isFinite)
    #expect(sums.parameterNorm.isFinite == isFinite(p))
  }

  @Test(arguments: names)
  func `a rate of 0 from the first step on stands still, and is no dead end`(_ name: String) throws {
    var p: [Float] = start()
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: name), layout: RuleLawTests.layout)
    _ = try run(&optimizer, &p, gradient: start().map { 0.5 * $0 + 0.1 }, rate: 0)
    #expect(p == start())
    _ = try run(&optimizer, &p, gradient: start().map { 0.5 * $0 + 0.1 }, steps: 8)
    #expect(isFinite(p))
    #expect(p != start())
  }

  @Test(arguments: names)
  func `tensors of one element, of none, and vectors of none`(_ name: String) throws {
    var layout = ParameterLayout()
    for shape in [[1], [], [1, 1], [0, 3], [1, 1, 1, 1], [3, 1], [1, 3], [1, 3, 1, 1]] {
      layout.addTrainable("t\(layout.trainable.count)", shape: shape)
    }
    var p = KernelTests.noise(layout.trainableCount, seed: 3)
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: name), layout: layout)
    _ = try run(&optimizer, &p, gradient: p.map { 0.5 * $0 + 0.1 }, steps: 12)
    #expect(isFinite(p))
    let request = StepRequest(learningRate: optimizer.spec.defaultLearningRate)
    _ = try optimizer.effectiveRates(request, parameters: p)
    var nothing: [Float] = []
    var empty = Optimizer<Float>(try OptimizerSpec(parsing: name), parameterCount: 0)
    let sums = try run(&empty, &nothing, gradient: [])
    #expect(sums.parameterNorm == 0)
    #expect(try empty.effectiveRates(request, parameters: []) == [])
    var again = empty
    try again.restore(empty.state)
  }

  @Test(arguments: names)
  func `after a million million steps the numbers are still numbers`(_ name: String) throws {
    var p: [Double] = start()
    var optimizer = try Optimizer<Double>(OptimizerSpec(parsing: name), layout: RuleLawTests.layout)
    let gradient = p.map { 0.5 * $0 + 0.1 }
    _ = try run(&optimizer, &p, gradient: gradient)
    var state = optimizer.state
    state[0] = CheckpointTensor("optimizer.step", [UInt64(1) << 40])
    try optimizer.restore(state)
    _ = try run(&optimizer, &p, gradient: gradient)
    #expect(isFinite(p))
    #expect(isFinite(optimizer.state, Double.self))
    let request = StepRequest(learningRate: optimizer.spec.defaultLearningRate)
    for rate in try optimizer.effectiveRates(request, parameters: p) { #expect(!rate.quantiles.median.isNaN) }
  }

  @Test(arguments: names)
  func `every value of every setting is refused or works`(_ name: String) throws {
    let spec = try OptimizerSpec(parsing: name)
    for setting in spec.settingValues.keys.sorted() {
      for value in ["0", "1", "0.5", "2", "0.999999999", "1e-300", "1e300", "-1", "inf", "nan", "true", "false"] {
        let text = "\(name)(\(setting): \(value))"
        guard let changed = try? OptimizerSpec(parsing: text) else { continue }
        let mayBeNegative = ["minimum", "lowerBound", "decayRate"].contains(setting)
        #expect(value != "nan" && (value != "-1" || mayBeNegative), "\(text)")
        var p: [Double] = start()
        var optimizer = try Optimizer<Double>(changed, layout: RuleLawTests.layout)
        _ = try run(&optimizer, &p, gradient: p.map { 0.5 * $0 + 0.1 }, steps: 4)
        let isNumber = !p.contains { $0.isNaN }
        #expect(isNumber || value.hasPrefix("1e"), "\(text)")
        _ = try optimizer.effectiveRates(StepRequest(learningRate: 1e-3), parameters: p)
        _ = optimizer.preconditioner()
        _ = changed.stabilityThreshold(learningRate: 1e-3)
      }
    }
  }
}
