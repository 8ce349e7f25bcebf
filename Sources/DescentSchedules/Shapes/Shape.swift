/// The form of one piece of a schedule. The curves themselves are in the folder `Curves`, one file each.
///
/// `u` counts steps from the piece's first one, `L` is the piece's length, `p = u/L` its progress.
public indirect enum Shape: Sendable, Hashable {
  /// A line from `from` to `to`, sampled at (u+1)/L: the first update is not zero and the last one reaches `to`.
  case warmup
  /// A warm-up that is this decay played backwards.
  case rise(Shape)
  /// The level it starts with, all the way.
  case hold
  /// A line, sampled at u/L.
  case linear
  /// Half a cosine wave.
  case cosine
  /// ((1 + cos πp)/2)^exponent.
  case cosinePower(exponent: Double)
  /// (1 + cos 2πnp)/2: n whole waves.
  case waves(count: Double)
  /// 1 − √p.
  case oneMinusSqrt
  /// 1 − p².
  case oneMinusSquare
  /// (1 − p) / (1 − bend·p): REX (Chen, Wolfe, Kyrillidis 2021), bend ½ in the paper, 0.9 in some trainers.
  case rex(bend: Double)
  /// (1 − p)^power.
  case polynomial(power: Double)
  /// (1 − p)^power with p = u/(every·(⌊u/every⌋ + 1)): the horizon moves on by `every` each time it is met (Keras).
  case polynomialCycles(power: Double, every: Length)
  /// (1 − tanh z)/2, z from `first` to `last`.
  case tanh(first: Double, last: Double)
  /// (1 + cos πpᵏ)/2.
  case kCosine(k: Double)
  /// (1 − pᵏ)^power.
  case kPolynomial(power: Double, k: Double)
  /// from·(to/from)^p.
  case geometric
  /// factor^(u/every): multiplied by `factor` in every `every` steps.
  case exponential(factor: Double, every: Length)
  /// factor^⌊u/every⌋.
  case step(factor: Double, every: Length)
  /// Multiplied by `factor` from each place on; the places are on the run's clock, not the piece's.
  case drop(factor: Double, at: [Length])
  /// 1/(1 + rate·u).
  case inverseTime(rate: Double)
  /// 1/√(1 + u/timescale).
  case inverseSqrt(timescale: Double)
  /// min(1, (t/knee)^−exponent), t on the run's clock.
  case power(exponent: Double, knee: Length)
  /// width^−½ · min(s^−½, s·warmup^−3/2) with s = u + 1 (Vaswani et al. 2017, section 5.3).
  case noam(width: Double, warmup: Double)
  /// Inverse Chebyshev nodes between 1/ratio and 1 in fractal order, `period` (a power of two) steps at a time.
  case chebyshev(ratio: Double, period: Int)
  /// Levels at places, and curves between them.
  case knots(Knots)
  /// Cosine cycles: the first `first` long, each next `growth` times as long and `decay` times as high above the floor.
  case restarts(first: Length, growth: Double, decay: Double)
  /// Pieces with a clock of their own.
  case group(PieceGroup)
}

extension Shape {
  /// What `from` and `to` mean for a shape.
  enum Ends {
    /// Runs from `from` to `to`, whatever its length.
    case interpolates
    /// Starts at `from` and goes its own way; `to` is a limit it does not pass.
    case limited
    /// Starts at `from` and goes its own way.
    case scaled
    /// One level only.
    case flat
    /// Neither: the shape has a scale of its own.
    case fixed
  }

  var ends: Ends {
    switch self {
    case .warmup, .rise, .linear, .cosine, .cosinePower, .waves, .oneMinusSqrt, .oneMinusSquare, .rex, .polynomial,
      .tanh,
      .kCosine, .kPolynomial, .geometric:
      .interpolates
    case .exponential, .step, .drop, .inverseTime, .inverseSqrt, .power, .restarts, .polynomialCycles: .limited
    case .chebyshev: .scaled
    case .hold: .flat
    case .noam, .knots, .group: .fixed
    }
  }

  /// Whether it goes up to the peak unless told otherwise.
  var isWarmup: Bool {
    switch self {
    case .warmup, .rise: true
    default: false
    }
  }

  /// Decays that a warm-up may be made of: monotone and on both levels at their ends.
  var canRise: Bool {
    switch self {
    case .cosine, .cosinePower, .oneMinusSqrt, .oneMinusSquare, .rex, .polynomial, .kCosine, .kPolynomial, .geometric:
      true
    default: false
    }
  }

  /// Where a step reads the curve unless told otherwise: warm-ups at its end, so that the first update is not zero.
  var ownEdge: Edge {
    switch self {
    case .warmup, .rise, .noam: .right
    default: .left
    }
  }

  /// The conventions that make sense for the shape.
  var edges: [Edge] {
    switch self {
    case .exponential, .inverseTime, .inverseSqrt, .noam, .power: [.left, .right]
    default: ends == .interpolates ? Edge.allCases : []
    }
  }

  /// What is wrong with the shape's own numbers, if anything.
  var problem: String? {
    switch self {
    case .warmup, .hold, .linear, .cosine, .oneMinusSqrt, .oneMinusSquare, .geometric: nil
    case .rise(let shape):
      shape.canRise ? shape.problem : "a warm-up cannot be made of \(shape.name)"
    case .cosinePower(let exponent): positive(exponent, "cosine's exponent")
    case .waves(let count):
      positive(count, "the number of waves") ?? (count <= 10_000 ? nil : "at most 10000 waves can be drawn")
    case .rex(let bend):
      bend > 0 && bend < 1 ? nil : "rex's bend must be between 0 and 1, it is \(number(bend))"
    case .polynomial(let power): positive(power, "polynomial's power")
    case .polynomialCycles(let power, let every): positive(power, "polynomial's power") ?? every.problem
    case .tanh(let first, let last):
      first.isFinite && last.isFinite && first <= last
        ? nil : "tanh must go from a lower to a higher number, not from \(number(first)) to \(number(last))"
    case .kCosine(let k): positive(k, "k")
    case .kPolynomial(let power, let k): positive(power, "k-polynomial's power") ?? positive(k, "k")
    case .exponential(let factor, let every): positive(factor, "exponential's factor") ?? every.problem
    case .step(let factor, let every): positive(factor, "step's factor") ?? every.problem
    case .drop(let factor, let places):
      positive(factor, "drop's factor") ?? places.lazy.compactMap(\.problem).first
        ?? (places.isEmpty ? "drop needs at least one place, as in drop x0.1 at 50%" : nil)
    case .inverseTime(let rate):
      rate.isFinite && rate >= 0 ? nil : "inverse-time's rate must be 0 or more, it is \(number(rate))"
    case .inverseSqrt(let timescale): positive(timescale, "inverse-sqrt's timescale")
    case .power(let exponent, let knee): positive(exponent, "power's exponent") ?? knee.problem
    case .noam(let width, let warmup): positive(width, "noam's width") ?? positive(warmup, "noam's warm-up")
    case .chebyshev(let ratio, let period):
      (ratio.isFinite && ratio >= 1 ? nil : "chebyshev's ratio must be 1 or more, it is \(number(ratio))")
        ?? (period > 0 && period <= 1 << 20 && period & (period - 1) == 0
          ? nil : "chebyshev's period must be a power of two up to 2^20, it is \(period)")
    case .knots(let knots): knots.problem
    case .restarts(let first, let growth, let decay):
      first.problem ?? positive(decay, "restarts' decay")
        ?? (growth.isFinite && growth >= 1 ? nil : "restarts' cycles must grow by x1 or more, not x\(number(growth))")
    case .group(let group): group.problem
    }
  }
}

private func positive(_ value: Double, _ what: String) -> String? {
  value.isFinite && value > 0 ? nil : "\(what) must be above 0, it is \(number(value))"
}
