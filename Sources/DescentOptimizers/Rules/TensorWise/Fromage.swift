/// Fromage: steps as long as the tensor times the rate, kept from growing the tensor.
///
/// ```
/// w ← (w − η·(‖w‖/‖g‖)·g)/√(1 + η²)            norms of each tensor, at least `minimumNorm`
/// ```
/// Source: Bernstein et al., "On the distance between two neural networks and the stability of learning", arXiv
/// 2002.03432, algorithm 1. As `optax.fromage` (min_norm 1e-6) and pytorch-optimizer's.
public struct Fromage: SliceRule {
  /// The least a norm counts as, > 0 (default 1e-6).
  public var minimumNorm = 1e-6

  public init(minimumNorm: Double = 1e-6) { self.minimumNorm = minimumNorm }

  public static let settings: [Setting<Fromage>] = [.number("minimumNorm", \.minimumNorm, .positive)]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] { [.perTensor("trust_ratio", initial: 1)] }
  public var name: String { "fromage" }
  public var defaultLearningRate: Double { 0.01 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let ratio = max(slice.parameterNorm(), minimumNorm) / max(slice.gradientNorm(), minimumNorm)
    slice.numbers(0)?[0] = ratio
    let keep = 1 / (1 + slice.rate * slice.rate).squareRoot()
    let (shrink, rate) = (S(keep), S(keep * slice.rate * ratio))
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = shrink * tile.parameters[i] - rate * tile.gradient[i] }
    }
  }

  /// Of (‖w‖/‖g‖)·H: 2/η.
  public func stabilityThreshold(learningRate: Double) -> Double { 2 / learningRate }

  /// ‖g‖/‖w‖ as it was in the last step.
  public func preconditioner(_ view: RateView) -> [Double]? {
    [1 / (view.state(0).first ?? 1)]
  }

  /// η·‖w‖/‖g‖ as it was in the last step, over √(1 + η²).
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    RateMultiplier(view.rate)
      .multiplied(by: RateFactor("trust ratio", view.state(0).first ?? 1))
      .multiplied(by: RateFactor("1/√(1 + η²)", 1 / (1 + view.rate * view.rate).squareRoot()))
  }
}
