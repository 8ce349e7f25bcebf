public import DescentCore
public import DescentOptimizers

/// The path of an optimizer over a ``TraceProblem``, in double precision.
public struct TraceResult: Sendable, Hashable {
  /// Parameters after step 1, 2, ….
  public var path: [[Double]]
  /// Losses at the points of `path`.
  public var losses: [Double]
  /// Loss at the start.
  public var startLoss: Double
  /// Where the run met the common definition of divergence, if it did; it went on all the same.
  public var divergence: Divergence?
  /// What became of it, and why.
  public var verdict: TraceVerdict?
  /// What multiplied the gradient in each step; empty unless asked for.
  public var effectiveRates: [EffectiveRate] = []

  public var diverged: Bool { divergence != nil }
}

public enum Trace {
  /// Follows `optimizer` for `steps` steps with rate `rate(t)` in step t = 0, 1, ….
  ///
  /// Blowing up is a result: infinities and not-a-numbers are values, and the run goes on to the end.
  ///
  /// - Parameters:
  ///   - problem: what is descended, and from where.
  ///   - spec: the update rule.
  ///   - rate: the learning rate of step t.
  ///   - steps: how many; none if not above 0.
  ///   - recordsEffectiveRates: keeps what multiplied the gradient in each step.
  /// - Throws: `OptimizerError` if the rule cannot be used on the problem.
  public static func run(
    problem: TraceProblem, optimizer spec: OptimizerSpec, rate: (Int) -> Double, steps: Int,
    recordsEffectiveRates: Bool = false
  ) throws(OptimizerError) -> TraceResult {
    var layout = ParameterLayout()
    layout.addTrainable("p", shape: problem.shape ?? [problem.parameterCount])
    var optimizer = try Optimizer<Double>(spec, layout: layout)
    var point = problem.start
    var gradient = point
    var detector = DivergenceDetector()
    var path: [[Double]] = []
    var losses: [Double] = []
    var divergence: Divergence?
    var rates: [Double] = []
    var effective: [EffectiveRate] = []
    for step in 0..<max(0, steps) {
      let loss = problem.gradient(at: point, into: &gradient)
      if step > 0 { losses.append(loss) }
      rates.append(rate(step))
      let sums = try optimizer.step(
        parameters: &point, gradient: gradient, request: StepRequest(learningRate: rates[step]),
        context: StepContext(loss: loss, objective: TraceStepObjective(problem: problem)))
      path.append(point)
      if recordsEffectiveRates {
        effective += try optimizer.effectiveRates(StepRequest(learningRate: rates[step]), parameters: point)
      }
      let report = StepReport(loss: loss, gradientNorm: sums.gradientNorm, parameterNorm: sums.parameterNorm)
      if divergence == nil { divergence = detector.observe(report, step: step) }
    }
    if steps > 0 {
      losses.append(problem.loss(at: point))
      if divergence == nil { divergence = detector.observe(StepReport(loss: losses[steps - 1]), step: steps) }
    }
    return TraceResult(
      path: path, losses: losses, startLoss: problem.loss(at: problem.start), divergence: divergence,
      verdict: TraceVerdict(problem: problem, optimizer: spec, rates: rates, path: path), effectiveRates: effective)
  }
}
