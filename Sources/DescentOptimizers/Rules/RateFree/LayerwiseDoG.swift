/// L-DoG: ``DoG`` with a distance and a sum of gradients of its own for each tensor.
///
/// ```
/// d = g + γ·w
/// r = the largest ‖w − w₀‖ of the tensor so far, from r_ε·(1 + ‖w₀‖) on;   G ← G + ‖d‖² of the tensor
/// w ← w − η·r/√(G + ε)·d
/// evaluated: a ← a + (1 + p)/(t + p)·(w − a), the polynomial-decay average
/// ```
/// Source: Ivgi, Hinder and Carmon, arXiv 2302.12022, section 4.1, in the form of the authors' `dog.LDoG`. The average is
/// as needed as in DoG.
public struct LayerwiseDoG: EvaluatedVectorRule {
  public var rule: DoG

  /// - Parameter rule: the settings, which mean the same here.
  public init(_ rule: DoG = DoG()) { self.rule = rule }

  public static let settings: [Setting<LayerwiseDoG>] = [
    .number("initialDistance", \.rule.initialDistance, .positive),
    .number("initialRate", \.rule.initialRate, .nonNegative),
    .number("weightDecay", \.rule.weightDecay, .nonNegative),
    .number("epsilon", \.rule.epsilon, .nonNegative),
    .flag("averaging", \.rule.averaging),
    .number("averagePower", \.rule.averagePower, .nonNegative),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] { rule.states }
  /// The last rate, in the mean over all elements.
  public var scalars: [RuleScalar] { rule.scalars }
  public static var foundRate: Int? { 0 }
  public var name: String { "ldog" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    rule.prepare(step)
    var mean = 0.0
    step.forEachSlice(of: self) { slice, own in
      mean += Double(slice.count) / Double(step.count) * own.rule.move(slice, by: own.rule.measure(slice))
    }
    step.scalars[0] = mean
  }

  public func writeEvaluationView<S: UpdateScalar>(of step: VectorStep<S>, to view: UnsafeMutablePointer<S>) {
    rule.writeEvaluationView(of: step, to: view)
  }

  /// As DoG's.
  public func stabilityThreshold(learningRate: Double) -> Double { rule.stabilityThreshold(learningRate: learningRate) }

  /// The tensor's last rate.
  public func effectiveRate(_ view: RateView) -> RateMultiplier { rule.effectiveRate(view) }
}
