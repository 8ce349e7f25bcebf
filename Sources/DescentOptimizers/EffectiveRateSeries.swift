internal import DescentCore

/// What a rule multiplies the gradient by over its first steps, on a surface where that is easy to read.
///
/// The vector is one 3 × 3 matrix of ones. For most rules the surface is a ``Surface/slope``; for rules that find a rate
/// themselves or evaluate again, to which a slope without a bottom says nothing, it is a ``Surface/bowl``.
public struct EffectiveRateSeries: Sendable, Hashable {
  /// Where the steps are made.
  public enum Surface: Sendable, Hashable {
    /// 1 + ⟨g, w − w₀⟩: the gradient stays the same. Its magnitudes are spread evenly, in logarithms, from a tenth to ten,
    /// the middle one being 1, with signs that alternate: the quantiles show what the rule makes of gradients of
    /// different size, and the median what it makes of a gradient of 1.
    case slope
    /// ½·Σ λᵢ·wᵢ², whose curvatures λ are those magnitudes.
    case bowl
  }

  public var surface: Surface
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
    surface = .slope
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [3, 3])
    do throws(OptimizerError) {
      let fresh = try Optimizer<Double>(spec, layout: layout)
      surface = try Self.surface(for: fresh, rate: rate(0))
      let loss = ProbeLoss(surface: surface)
      var (optimizer, parameters, gradient) = (fresh, loss.start, loss.slope)
      for step in 0..<max(0, steps) {
        let request = StepRequest(learningRate: rate(step))
        let value = loss.measure(&parameters, into: &gradient)
        try optimizer.step(
          parameters: &parameters, gradient: gradient, request: request,
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

extension EffectiveRateSeries {
  /// A bowl for rules that find a rate or evaluate again; for SOAP too, in whose eigenbasis a gradient that stays the same
  /// has elements that are 0.
  private static func surface(for fresh: Optimizer<Double>, rate: Double) throws(OptimizerError) -> Surface {
    if fresh.spec.rateMeaning != .stepSize || !fresh.needs.isEmpty || fresh.spec.rule is SOAP { return .bowl }
    let loss = ProbeLoss(surface: .slope)
    var (optimizer, parameters) = (fresh, loss.start)
    try optimizer.step(parameters: &parameters, gradient: loss.slope, request: StepRequest(learningRate: rate))
    return optimizer.foundRate == nil ? .slope : .bowl
  }
}

private struct ProbeLoss: StepObjective {
  let surface: EffectiveRateSeries.Surface
  let start = [Double](repeating: 1, count: 9)
  /// ±10^(−1 … 1), in an order by which no row or column is of one size.
  let slope: [Double] = [0, 4, -2, 3, -4, 1, -1, 2, -3].enumerated().map { i, quarter in
    (i.isMultiple(of: 2) ? 1 : -1) * power(10, Double(quarter) / 4)
  }

  func measure(_ parameters: inout [Double], into gradient: inout [Double]) -> Double {
    gradient.withUnsafeMutableBufferPointer { gradient in
      parameters.withUnsafeMutableBufferPointer { parameters in
        guard let point = parameters.baseAddress, let target = gradient.baseAddress else { return 0 }
        return self.gradient(at: point, into: target)
      }
    }
  }

  func loss(at point: UnsafeMutablePointer<Double>) -> Double {
    switch surface {
    case .slope: slope.indices.reduce(1) { $0 + slope[$1] * (point[$1] - start[$1]) }
    case .bowl: slope.indices.reduce(0) { $0 + abs(slope[$1]) * point[$1] * point[$1] / 2 }
    }
  }

  func gradient(at point: UnsafeMutablePointer<Double>, into gradient: UnsafeMutablePointer<Double>) -> Double {
    for i in slope.indices { gradient[i] = surface == .slope ? slope[i] : abs(slope[i]) * point[i] }
    return loss(at: point)
  }

  func hessianProduct(
    at point: UnsafeMutablePointer<Double>, along direction: UnsafeMutablePointer<Double>,
    into product: UnsafeMutablePointer<Double>
  ) {
    for i in slope.indices { product[i] = surface == .slope ? 0 : abs(slope[i]) * direction[i] }
  }

  var offers: StepNeeds { [.loss, .evaluation, .hessianProduct] }
}
