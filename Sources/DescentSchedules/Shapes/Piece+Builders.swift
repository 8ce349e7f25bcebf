extension Piece {
  /// A line up from `from` (0 if it is the first piece) to `to`, sampled at (u+1)/L: the first update is not zero, the
  /// last one reaches `to`.
  public static func warmup(_ length: Length? = nil, from: Level? = nil, to: Level = .peak) -> Piece {
    Piece(.warmup, length, from: from, to: to)
  }

  /// One level: `at`, or where the piece before ends.
  public static func hold(_ length: Length? = nil, at level: Level? = nil) -> Piece {
    Piece(.hold, length, from: level)
  }

  /// A warm-up of another form: the decay `shape` played backwards, sampled at (u+1)/L.
  ///
  /// `.warmup(.cosine)` eases in, `.warmup(.oneMinusSqrt)` is 1 − √(1 − p) (transformers' `warmup_type`).
  public static func warmup(
    _ shape: Shape, _ length: Length? = nil, from: Level? = nil, to: Level = .peak
  ) -> Piece {
    Piece(shape == .linear ? .warmup : .rise(shape), length, from: from, to: to)
  }

  /// `hold` under the name that reads well alone.
  public static func constant(_ length: Length? = nil, at level: Level? = nil) -> Piece { hold(length, at: level) }

  /// A line: from + (to − from)·u/L.
  public static func linear(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.linear, length, from: from, to: to)
  }

  /// to + (from − to)·(1 + cos(πu/L))/2 (Loshchilov & Hutter 2017, eq. 5).
  public static func cosine(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.cosine, length, from: from, to: to)
  }

  /// to + (from − to)·(1 − √(u/L)) (Hägele et al. 2024, the cool-down of warm-up–stable–decay).
  public static func oneMinusSqrt(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.oneMinusSqrt, length, from: from, to: to)
  }

  /// to + (from − to)·(1 − p²) (a cool-down of warm-up–stable–decay).
  public static func oneMinusSquare(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.oneMinusSquare, length, from: from, to: to)
  }

  /// to + (from − to)·((1 + cos πp)/2)^exponent (Optax's cosine with an exponent).
  public static func cosine(
    exponent: Double, _ length: Length? = nil, from: Level? = nil, to: Level = .zero
  ) -> Piece {
    Piece(exponent == 1 ? .cosine : .cosinePower(exponent: exponent), length, from: from, to: to)
  }

  /// to + (from − to)·(1 + cos 2πnp)/2: n whole waves (transformers' `num_cycles`).
  public static func waves(_ count: Double, _ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.waves(count: count), length, from: from, to: to)
  }

  /// to + (from − to)·(1 − p)/(1 − bend·p), p = u/L (Chen, Wolfe, Kyrillidis 2021, arXiv:2107.04197). Some trainers
  /// have a bend of 0.9 under the same name.
  public static func rex(
    bend: Double = 0.5, _ length: Length? = nil, from: Level? = nil, to: Level = .zero
  ) -> Piece {
    Piece(.rex(bend: bend), length, from: from, to: to)
  }

  /// to + (from − to)·(1 − tanh z)/2, z from `first` to `last` (timm's defaults).
  public static func tanh(
    first: Double = -7, last: Double = 3, _ length: Length? = nil, from: Level? = nil, to: Level = .zero
  ) -> Piece {
    Piece(.tanh(first: first, last: last), length, from: from, to: to)
  }

  /// to + (from − to)·(1 + cos πpᵏ)/2 (timm's `k_decay`).
  public static func kCosine(_ k: Double, _ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.kCosine(k: k), length, from: from, to: to)
  }

  /// to + (from − to)·(1 − pᵏ)^power (timm's `k_decay`).
  public static func kPolynomial(
    _ power: Double, k: Double, _ length: Length? = nil, from: Level? = nil, to: Level = .zero
  ) -> Piece {
    Piece(.kPolynomial(power: power, k: k), length, from: from, to: to)
  }

  /// from·(to/from)^p: straight on a logarithmic axis. Both levels are above 0.
  public static func geometric(_ length: Length? = nil, from: Level? = nil, to: Level) -> Piece {
    Piece(.geometric, length, from: from, to: to)
  }

  /// The polynomial whose horizon moves on by `every` each time it is met: (1 − u/(i·every))^power in cycle i = 1, 2, …
  /// (Keras' `PolynomialDecay(cycle=True)`), not below `to`, which it is measured from.
  public static func polynomial(
    _ power: Double, cycle every: Length, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.polynomialCycles(power: power, every: every), length, from: from, to: to)
  }

  /// from·min(1, (t/knee)^−exponent), t on the run's clock, not below `to` (Shen et al. 2024, arXiv:2408.13359).
  public static func power(
    _ exponent: Double, knee: Length, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.power(exponent: exponent, knee: knee), length, from: from, to: to)
  }

  /// Inverse Chebyshev nodes between from/ratio and `from` in fractal order (Agarwal, Goel, Zhang 2021,
  /// arXiv:2103.01338); `period` is a power of two.
  public static func chebyshev(
    ratio: Double, period: Int, _ length: Length? = nil, from: Level? = nil
  ) -> Piece {
    Piece(.chebyshev(ratio: ratio, period: period), length, from: from)
  }

  /// Levels at places on the run's clock, and curves between them.
  public static func knots(
    _ interpolation: Knots.Interpolation, _ knots: [Knots.Knot], _ length: Length? = nil
  ) -> Piece {
    Piece(.knots(Knots(interpolation, knots)), length)
  }

  /// `pieces` played `times` times, their percentages being of one time.
  public static func repeated(
    _ times: Int, growth: Double = 1, decay: Double = 1, _ pieces: [Piece], _ length: Length? = nil
  ) -> Piece {
    Piece(.group(PieceGroup(.repeated(times: times, growth: growth, decay: decay), pieces)), length)
  }

  /// The beginning of `pieces` laid over a run of `steps`.
  public static func laid(over steps: Int, _ pieces: [Piece], _ length: Length? = nil) -> Piece {
    Piece(.group(PieceGroup(.laid(over: steps), pieces)), length)
  }

  /// to + (from − to)·(1 − u/L)^power.
  public static func polynomial(
    _ power: Double, _ length: Length? = nil, from: Level? = nil, to: Level = .zero
  ) -> Piece {
    Piece(.polynomial(power: power), length, from: from, to: to)
  }

  /// from·factor^(u/every), not past `to`.
  public static func exponential(
    by factor: Double, every: Length = .steps(1), _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.exponential(factor: factor, every: every), length, from: from, to: to)
  }

  /// from·factor^⌊u/every⌋, not past `to`.
  public static func step(
    by factor: Double, every: Length, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.step(factor: factor, every: every), length, from: from, to: to)
  }

  /// Multiplied by `factor` from each of `places` on, not past `to`. Places are on the run's clock: 30% is 30 % of the
  /// run even after a warm-up.
  public static func drop(
    by factor: Double, at places: [Length], _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.drop(factor: factor, at: places), length, from: from, to: to)
  }

  /// from/(1 + rate·u), not below `to`.
  public static func inverseTime(
    _ rate: Double, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.inverseTime(rate: rate), length, from: from, to: to)
  }

  /// from/√(1 + u/timescale), not below `to`. After a warm-up of `timescale` steps it is the transformer's inverse
  /// square root of the step.
  public static func inverseSqrt(
    _ timescale: Double, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.inverseSqrt(timescale: timescale), length, from: from, to: to)
  }

  /// peak·width^−½·min(s^−½, s·warmup^−3/2), s = u + 1 (Vaswani et al. 2017, section 5.3).
  public static func noam(width: Double, warmup: Double, _ length: Length? = nil) -> Piece {
    Piece(.noam(width: width, warmup: warmup), length)
  }

  /// Cosine cycles (SGDR, Loshchilov & Hutter 2017): cycle i is first·growthⁱ long and starts at
  /// to + (from − to)·decayⁱ.
  public static func restarts(
    _ first: Length, growth: Double = 1, decay: Double = 1, _ length: Length? = nil, from: Level? = nil,
    to: Level = .zero
  ) -> Piece {
    Piece(.restarts(first: first, growth: growth, decay: decay), length, from: from, to: to)
  }
}
