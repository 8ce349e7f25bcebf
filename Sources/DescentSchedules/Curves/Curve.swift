/// The rate over one segment of a run, as a function of `u`, steps from the segment's origin: what a shape becomes when
/// peak, levels and length are numbers.
///
/// A closed, trivially copyable enum, so that evaluating is one switch: no allocation, no reference counting.
enum Curve: Sendable, Hashable {
  case flat(Double)
  case line(Line)
  case cosine(Cosine)
  case oneMinusSqrt(OneMinusSqrt)
  case rex(Rex)
  case polynomial(Polynomial)
  case exponential(Exponential)
  case staircase(Staircase)
  case inverseTime(InverseTime)
  case inverseSqrt(InverseSqrt)
  case noam(Noam)
  case cosineCycles(CosineCycles)
  case triangles(Triangles)
  case cosinePower(CosinePower)
  case waves(Waves)
  case oneMinusSquare(OneMinusSquare)
  case kCosine(KCosine)
  case kPolynomial(KPolynomial)
  case hyperbolicTangent(HyperbolicTangent)
  case geometric(Geometric)
  case powerLaw(PowerLaw)
  case chebyshev(Chebyshev)

  /// The rate at u ≥ 0.
  @inline(__always) func value(_ u: Double) -> Double {
    switch self {
    case .flat(let rate): rate
    case .line(let curve): curve.value(u)
    case .cosine(let curve): curve.value(u)
    case .oneMinusSqrt(let curve): curve.value(u)
    case .rex(let curve): curve.value(u)
    case .polynomial(let curve): curve.value(u)
    case .exponential(let curve): curve.value(u)
    case .staircase(let curve): curve.value(u)
    case .inverseTime(let curve): curve.value(u)
    case .inverseSqrt(let curve): curve.value(u)
    case .noam(let curve): curve.value(u)
    case .cosineCycles(let curve): curve.value(u)
    case .triangles(let curve): curve.value(u)
    case .cosinePower(let curve): curve.value(u)
    case .waves(let curve): curve.value(u)
    case .oneMinusSquare(let curve): curve.value(u)
    case .kCosine(let curve): curve.value(u)
    case .kPolynomial(let curve): curve.value(u)
    case .hyperbolicTangent(let curve): curve.value(u)
    case .geometric(let curve): curve.value(u)
    case .powerLaw(let curve): curve.value(u)
    case .chebyshev(let curve): curve.value(u)
    }
  }

  /// The area under the curve over [0, u], in closed form where there is one.
  func integral(to u: Double) -> Double {
    guard u > 0 else { return 0 }
    return switch self {
    case .flat(let rate): rate * u
    case .line(let curve): curve.integral(to: u)
    case .cosine(let curve): curve.integral(to: u)
    case .oneMinusSqrt(let curve): curve.integral(to: u)
    case .rex(let curve): curve.integral(to: u)
    case .polynomial(let curve): curve.integral(to: u)
    case .exponential(let curve): curve.integral(to: u)
    case .staircase(let curve): curve.integral(to: u)
    case .inverseTime(let curve): curve.integral(to: u)
    case .inverseSqrt(let curve): curve.integral(to: u)
    case .noam(let curve): curve.integral(to: u)
    case .cosineCycles(let curve): curve.integral(to: u)
    case .triangles(let curve): curve.integral(to: u)
    case .cosinePower(let curve): curve.integral(to: u)
    case .waves(let curve): curve.integral(to: u)
    case .oneMinusSquare(let curve): curve.integral(to: u)
    case .kCosine(let curve): curve.integral(to: u)
    case .kPolynomial(let curve): curve.integral(to: u)
    case .hyperbolicTangent(let curve): curve.integral(to: u)
    case .geometric(let curve): curve.integral(to: u)
    case .powerLaw(let curve): curve.integral(to: u)
    case .chebyshev(let curve): curve.integral(to: u)
    }
  }

  /// Where inside (0, length) the formula jumps or turns, in steps from the origin.
  func turns(before length: Int) -> Turns {
    switch self {
    case .staircase(let curve): Turns(every: curve.every, before: length)
    case .cosineCycles(let curve): Turns(every: curve.cycle, before: length)
    case .triangles(let curve): Turns(every: Int(curve.period), middle: Int(curve.up), before: length)
    case .chebyshev: Turns(every: 1, before: length)
    // Read at the step's end: the last rising step is ⌊warmup⌋ − 1.
    case .noam(let curve):
      Turns(at: curve.warmup >= 1 && curve.warmup < Double(length) ? Int(curve.warmup) : nil)
    default: Turns(at: nil)
    }
  }

  /// Where the formula changes over between steps: where a limit is met, where a warm-up ends.
  var corners: [Double] {
    switch self {
    case .exponential(let curve): [curve.crossing]
    case .inverseTime(let curve): [curve.crossing]
    case .inverseSqrt(let curve): [curve.crossing]
    case .powerLaw(let curve): [curve.knee, curve.crossing]
    case .noam(let curve): [curve.warmup]
    default: []
    }
  }

  var isFlat: Bool { if case .flat = self { true } else { false } }
}

/// Σ ratioⁱ for i in 0..<count.
func geometricSum(_ ratio: Double, _ count: Double) -> Double {
  if count == 0 { return 0 }
  return ratio == 1 ? count : exponentialMinusOne(count * logarithm(ratio)) / (ratio - 1)
}
