/// DoG: distance over gradients; the rate is how far the parameters have come over the gradients met on the way.
///
/// ```
/// d = g + γ·w
/// r = the largest ‖w − w₀‖ so far, from r_ε·(1 + ‖w₀‖) on;   G ← G + ‖d‖²
/// w ← w − η·r/√(G + ε)·d
/// evaluated: a ← a + (1 + p)/(t + p)·(w − a), the polynomial-decay average
/// ```
/// Source: Ivgi, Hinder and Carmon, "DoG is SGD's best friend", arXiv 2302.12022, in the form of the authors' package
/// `dog-optimizer` (reps_rel, init_eta, weight_decay, eps; `PolynomialDecayAverager` with gamma = p), whose steps are
/// also those of `optax.contrib.dog`. The paper holds the average to be essential, and it is what is evaluated and kept;
/// `averaging: false` leaves it out. η stays 1. Each parameter group has a distance and a sum of its own, as there.
public struct DoG: EvaluatedVectorRule {
  /// r_ε > 0, relative to 1 + ‖w₀‖ (default 1e-6; with batch normalisation 1e-4): small enough for a harmless first step.
  public var initialDistance = 1e-6
  /// The first step's rate instead; 0, the default, is for none.
  public var initialRate = 0.0
  /// γ ≥ 0, per parameter unit (default 0); added to the gradient.
  public var weightDecay = 0.0
  /// ε ≥ 0, in squared gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// Keeps and evaluates the average (default true).
  public var averaging = true
  /// p ≥ 0 (default 8): the average covers about the last t/(1 + p) steps.
  public var averagePower = 8.0

  public init(
    initialDistance: Double = 1e-6, initialRate: Double = 0, weightDecay: Double = 0, epsilon: Double = 1e-8,
    averaging: Bool = true, averagePower: Double = 8
  ) {
    self.initialDistance = initialDistance
    self.initialRate = initialRate
    self.weightDecay = weightDecay
    self.epsilon = epsilon
    self.averaging = averaging
    self.averagePower = averagePower
  }

  public static let settings: [Setting<DoG>] = [
    .number("initialDistance", \.initialDistance, .positive),
    .number("initialRate", \.initialRate, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("epsilon", \.epsilon, .nonNegative),
    .flag("averaging", \.averaging),
    .number("averagePower", \.averagePower, .nonNegative),
  ]
  /// w₀; the average; then r, G and the last rate.
  public var states: [RuleState] {
    [.perElement("init"), .perElement("average", if: averaging), .perTensor("distance", count: 3)]
  }
  /// The last rate, in the mean over all elements where there are several.
  public var scalars: [RuleScalar] { [RuleScalar("rate")] }
  public static var foundRate: Int? { 0 }
  public var name: String { "dog" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    prepare(step)
    var mean = 0.0
    for group in step.groups {
      var measured = Measured()
      step.forEachSlice(of: self, inGroup: group) { slice, rule in measured.add(rule.measure(slice)) }
      step.forEachSlice(of: self, inGroup: group) { slice, rule in
        mean += Double(slice.count) / Double(step.count) * rule.move(slice, by: measured)
      }
    }
    step.scalars[0] = mean
  }

  /// What the distance is made of.
  struct Measured {
    var gradients = 0.0
    var moved = 0.0
    var parameters = 0.0

    mutating func add(_ other: Measured) {
      gradients += other.gradients
      moved += other.moved
      parameters += other.parameters
    }
  }

  func prepare<S: UpdateScalar>(_ step: VectorStep<S>) {
    guard step.step == 0 else { return }
    step.keepParameters(in: step.vectors(0))
    if averaging { step.keepParameters(in: step.vectors(1)) }
  }

  func measure<S: UpdateScalar>(_ slice: UpdateSlice<S>) -> Measured {
    let start = slice.vectors(0)
    let decay = S(weightDecay)
    let sums = slice.sums { i, g, w in
      let d = g + decay * w
      let moved = w - start[i]
      return (d * d, moved * moved)
    }
    let parameters = slice.step == 0 ? slice.sum { _, _, w in w * w } : 0
    return Measured(gradients: sums.0, moved: sums.1, parameters: parameters)
  }

  /// Takes the step of one slice, and returns its rate.
  func move<S: UpdateScalar>(_ slice: UpdateSlice<S>, by measured: Measured) -> Double {
    guard let numbers = slice.numbers(2) else { return 0 }
    if slice.step == 0 {
      numbers[0] = initialRate > 0 ? 0 : initialDistance * (1 + measured.parameters.squareRoot())
      numbers[1] = epsilon
    } else {
      numbers[0] = max(numbers[0], measured.moved.squareRoot())
    }
    numbers[1] += measured.gradients
    let found = numbers[1] > 0 ? numbers[0] / numbers[1].squareRoot() : 0
    numbers[2] = slice.step == 0 && initialRate > 0 && slice.rate > 0 ? initialRate : slice.rate * found
    let rate = S(numbers[2])
    let decay = S(weightDecay)
    guard averaging else {
      slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          var w = tile.parameters[i]
          w = w - rate * (g + decay * w)
          tile.parameters[i] = w
        }
      }
      return numbers[2]
    }
    let average = slice.vectors(1)
    let weight = S((1 + averagePower) / (Double(slice.step) + 1 + averagePower))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        w = w - rate * (g + decay * w)
        average[i] = average[i] + weight * (w - average[i])
        tile.parameters[i] = w
      }
    }
    return numbers[2]
  }

  public func writeEvaluationView<S: UpdateScalar>(of step: VectorStep<S>, to view: UnsafeMutablePointer<S>) {
    view.update(
      from: averaging ? UnsafePointer(step.vectors(1).base) : UnsafePointer(step.parameters), count: step.count)
  }

  /// Infinite: the rate falls by itself once the gradients grow.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// The last rate.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let numbers = view.state(2)
    guard numbers.count == 3 else { return RateMultiplier(view.rate) }
    return RateMultiplier(
      numbers[2], factors: [RateFactor("distance", numbers[0]), RateFactor("1/√Σg²", 1 / numbers[1].squareRoot())])
  }
}
