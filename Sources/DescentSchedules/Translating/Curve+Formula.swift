extension Curve {
  /// The rate as a formula of `u`.
  ///
  /// Written so that 32-bit floats lose little: what is left of a way is counted in whole steps, powers of a factor near 1
  /// go through the exponential, and nothing is a small difference of large numbers.
  ///
  /// - Parameters:
  ///   - most: the largest u that will be asked for, nil: any.
  ///   - isSingle: whether 32-bit floats will work it out.
  func formula(_ u: Formula, most: Double?, isSingle: Bool) -> Formula {
    switch self {
    case .flat(let rate): return .real(rate)
    case .line(let curve):
      if curve.to == 0 { return .real(curve.from) * (.number(curve.length) - u) / .number(curve.length) }
      if curve.from == 0 { return .real(curve.to) * u / .number(curve.length) }
      return .real(curve.from) + between(curve.to, curve.from) * u / .number(curve.length)
    case .cosine(let curve):
      return blend(curve.from, curve.to, (.whole(1) + .call(.cos, .pi * u / .number(curve.length))), half: true)
    case .cosinePower(let curve):
      let quarter = Formula.pi * left(u, curve.length, most, clamped: false) / .whole(2)
      if curve.exponent == 0.5, most.map({ $0 <= curve.length }) ?? false {
        return blend(curve.from, curve.to, .call(.sin, quarter))
      }
      let wave = Formula.power(.call(.sin, quarter), .whole(2))
      return blend(curve.from, curve.to, wave.raised(to: curve.exponent))
    case .waves(let curve): return blend(curve.from, curve.to, wave(curve, u, most, isSingle), half: true)
    case .oneMinusSqrt(let curve):
      return blend(curve.from, curve.to, .whole(1) - .call(.sqrt, u / .number(curve.length)))
    case .oneMinusSquare(let curve):
      return blend(curve.from, curve.to, .whole(1) - .power(u / .number(curve.length), .whole(2)))
    case .rex(let curve):
      // Past the end the rate stays.
      let u = most.map { $0 <= curve.length } ?? false ? u : .least(u, .number(curve.length))
      let rest = Formula.number(curve.length) - .real(curve.bend) * u
      return blend(curve.from, curve.to, (.number(curve.length) - u) / rest)
    case .polynomial(let curve):
      return blend(curve.from, curve.to, left(u, curve.length, most, clamped: true).raised(to: curve.exponent))
    case .kCosine(let curve):
      let p = (u / .number(curve.length)).raised(to: curve.k)
      return blend(curve.from, curve.to, .whole(1) + .call(.cos, .pi * p), half: true)
    case .kPolynomial(let curve):
      let rest = Formula.whole(1) - (u / .number(curve.length)).raised(to: curve.k)
      let weight = most.map { $0 <= curve.length } ?? false ? rest : .greatest(rest, .whole(0))
      return blend(curve.from, curve.to, weight.raised(to: curve.exponent))
    case .hyperbolicTangent(let curve):
      let z = Formula.number(curve.first) + .number(curve.last - curve.first) * u / .number(curve.length)
      return blend(curve.from, curve.to, .whole(1) - .call(.tanh, z), half: true)
    case .geometric(let curve):
      return .real(curve.from) * grown(curve.to / curve.from, u / .number(curve.length), isSingle)
    case .exponential(let curve): return limited(curve, u, most, isSingle)
    case .staircase(let curve):
      let stairs = Exponential(from: curve.from, factor: curve.factor, limit: curve.limit)
      let most = most.map { ($0 / Double(curve.every)).rounded(.down) }
      return limited(stairs, Self.turn(u, curve.every), most, isSingle)
    case .inverseTime(let curve):
      return floored(.real(curve.from) / (.whole(1) + .real(curve.rate) * u), curve.limit)
    case .inverseSqrt(let curve):
      return floored(.real(curve.from) / .call(.sqrt, .whole(1) + u / .number(curve.timescale)), curve.limit)
    case .powerLaw(let curve):
      let x = Formula.greatest(u / .number(curve.knee), .whole(1))
      return floored(.real(curve.from) / x.raised(to: curve.exponent), curve.limit)
    case .noam(let curve):
      // min(u^−½, u·w^−3/2), without a division by zero.
      return .real(curve.scale) * u / Formula.greatest(u, .number(curve.warmup)).raised(to: 1.5)
    case .cosineCycles(let curve):
      let wave = (.whole(1) + .call(.cos, .pi * Self.rest(u, curve.cycle) / .whole(curve.cycle)))
      if curve.decay == 1 { return blend(curve.from, curve.to, wave, half: true) }
      return blend(curve.from, curve.to, grown(curve.decay, Self.turn(u, curve.cycle), isSingle) * wave, half: true)
    case .triangles(let curve): return triangles(curve, u, isSingle)
    case .chebyshev(let curve):
      let count = Formula.whole(curve.period)
      let whole = u.isWhole ? u : .wholePart(u)
      let index = Formula.order(whole.modulo(curve.period), period: curve.period)
      let sine = Formula.call(.sin, .pi * (index + .real(0.5)) / (.whole(2) * count))
      let least = 1 / curve.ratio
      return .real(curve.from / curve.ratio)
        / (.real(least) + .real(1 - least) * .power(sine, .whole(2)))
    }
  }

  /// Whether the formula jumps at places, so that a stretched clock must not be rounded.
  var hasTurns: Bool {
    switch self {
    case .staircase, .cosineCycles, .triangles, .chebyshev: true
    default: false
    }
  }

  // MARK: Parts

  /// to + (from − to)·weight.
  private func blend(_ from: Double, _ to: Double, _ weight: Formula, half: Bool = false) -> Formula {
    let height = between(from, to) * weight
    return .real(to) + (half ? height / .whole(2) : height)
  }

  /// from − to, left as a difference where the number would not be as short.
  private func between(_ from: Double, _ to: Double) -> Formula {
    to == 0 ? .real(from) : .difference(.real(from), .real(to))
  }

  /// L − u, which is whole where u is.
  private func steps(left u: Formula, _ length: Double, _ most: Double?) -> Formula {
    let rest = Formula.number(length) - u
    return most.map { $0 <= length } ?? false ? rest : .greatest(rest, .whole(0))
  }

  private func left(_ u: Formula, _ length: Double, _ most: Double?, clamped: Bool) -> Formula {
    (clamped ? steps(left: u, length, most) : .number(length) - u) / .number(length)
  }

  private func floored(_ formula: Formula, _ limit: Double) -> Formula {
    limit > 0 ? .greatest(formula, .real(limit)) : formula
  }

  /// factorᵘ.
  private func grown(_ factor: Double, _ u: Formula, _ isSingle: Bool) -> Formula {
    isSingle ? .call(.exp, .real(logarithm(factor)) * u) : .power(.real(factor), u)
  }

  private func limited(_ curve: Exponential, _ u: Formula, _ most: Double?, _ isSingle: Bool) -> Formula {
    if curve.factor == 1 { return .real(curve.value(0)) }
    var x = curve.every == 1 ? u : u / .number(curve.every)
    let crossing = curve.crossing / curve.every
    if curve.factor > 1, curve.limit.isFinite {
      // No further than the limit, where the power might overflow.
      if crossing.isFinite, crossing < 1e9, most.map({ $0 > curve.crossing }) ?? true {
        x = .least(x, .number(max(crossing.rounded(.up), 0)))
      }
      return .least(.real(curve.from) * grown(curve.factor, x, isSingle), .real(curve.limit))
    }
    return floored(.real(curve.from) * grown(curve.factor, x, isSingle), curve.factor > 1 ? 0 : curve.limit)
  }

  /// 1 + cos 2πnp.
  private func wave(_ curve: Waves, _ u: Formula, _ most: Double?, _ isSingle: Bool) -> Formula {
    let halves = 2 * curve.count
    // Whole half waves are counted in whole numbers, so that the angle stays small.
    if isSingle, u.isWhole, let count = Int(exactly: halves), let length = Int(exactly: curve.length),
      length < 1 << 30, Double(count) * (most ?? .infinity) < 0x1p31
    {
      return .whole(1) + .call(.cos, .pi * (.whole(count) * u).modulo(2 * length) / .whole(length))
    }
    return .whole(1) + .call(.cos, .number(halves) * .pi * u / .number(curve.length))
  }

  private func triangles(_ curve: Triangles, _ u: Formula, _ isSingle: Bool) -> Formula {
    let (up, period) = (Int(curve.up), Int(curve.period))
    let x = Self.rest(u, period)
    var height = Formula.least(x / .whole(up), (.whole(period) - x) / .whole(period - up))
    if curve.perCycle != 1 { height = height * .power(.real(curve.perCycle), Self.turn(u, period)) }
    if curve.perStep != 1 { height = height * grown(curve.perStep, u, isSingle) }
    return blend(curve.high, curve.low, height)
  }

  /// ⌊u/every⌋.
  private static func turn(_ u: Formula, _ every: Int) -> Formula {
    u.isWhole ? u.floored(by: every) : .wholePart(u / .whole(every))
  }

  /// u mod every.
  private static func rest(_ u: Formula, _ every: Int) -> Formula {
    u.isWhole ? u.modulo(every) : u - .whole(every) * turn(u, every)
  }
}
