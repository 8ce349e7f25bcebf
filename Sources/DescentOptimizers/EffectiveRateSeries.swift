internal import DescentCore

/// What a rule multiplies the gradient by over its first steps while the gradient stays the same.
///
/// The vector is one 3 × 3 matrix of ones; the magnitudes of its gradient are spread evenly, in logarithms, from a tenth to
/// ten, the middle one being 1, with signs that alternate. So the quantiles show what the rule makes of gradients of
/// different size, and the median what it makes of a gradient of 1. The loss is 1 + ⟨g, w − w₀⟩, for rules that ask.
public struct EffectiveRateSeries: Sendable, Hashable {
  /// After the steps 1, 2, …; shorter than asked for where the rule could not go on.
  public var rates: [EffectiveRate]
  /// Why it could not; nil if it could.
  public var problem: String?

  /// True where the rule divides the gradient by something of its own: its stability threshold is one of P⁻¹·H.
  public var rescales = false

  /// The medians of ``rates``.
  public var medians: [Double] { rates.map(\.quantiles.median) }

  /// Makes the steps.
  ///
  /// - Parameters:
  ///   - spec: the rule.
  ///   - steps: how many steps, from 0 on.
  ///   - rate: the requested rate of each step, from 0 on.
  public init(_ spec: OptimizerSpec, steps: Int, rate: (Int) -> Double) {
    rates = []
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [3, 3])
    do throws(OptimizerError) {
      var optimizer = try Optimizer<Double>(spec, layout: layout)
      let loss = LinearLoss()
      var parameters = loss.start
      for step in 0..<max(0, steps) {
        let request = StepRequest(learningRate: rate(step))
        let value = parameters.withUnsafeMutableBufferPointer { $0.baseAddress.map(loss.loss) ?? 0 }
        try optimizer.step(
          parameters: &parameters, gradient: loss.slope, request: request,
          context: StepContext(loss: value, objective: loss))
        rates += try optimizer.effectiveRates(request, parameters: parameters)
      }
      rescales = optimizer.preconditioner() != nil
    } catch {
      problem = error.description
    }
  }

  /// The same at one rate for all steps.
  ///
  /// - Parameters:
  ///   - spec: the rule.
  ///   - rate: the requested rate.
  ///   - steps: how many steps.
  public init(_ spec: OptimizerSpec, rate: Double, steps: Int) {
    self.init(spec, steps: steps) { _ in rate }
  }
}

/// 1 + ⟨g, w − w₀⟩, whose gradient is g everywhere.
private struct LinearLoss: StepObjective {
  let start = [Double](repeating: 1, count: 9)
  /// 10^(−1 … 1) in an order that no row or column is of one size.
  let slope: [Double] = [0, 4, -2, 3, -4, 1, -1, 2, -3].enumerated().map { i, quarter in
    (i.isMultiple(of: 2) ? 1 : -1) * power(10, Double(quarter) / 4)
  }

  func loss(at point: UnsafeMutablePointer<Double>) -> Double {
    slope.indices.reduce(1) { $0 + slope[$1] * (point[$1] - start[$1]) }
  }

  func gradient(at point: UnsafeMutablePointer<Double>, into gradient: UnsafeMutablePointer<Double>) -> Double {
    for i in slope.indices { gradient[i] = slope[i] }
    return loss(at: point)
  }

  func hessianProduct(
    at point: UnsafeMutablePointer<Double>, along direction: UnsafeMutablePointer<Double>,
    into product: UnsafeMutablePointer<Double>
  ) {
    for i in slope.indices { product[i] = 0 }
  }

  var offers: StepNeeds { [.loss, .evaluation, .hessianProduct] }
}
