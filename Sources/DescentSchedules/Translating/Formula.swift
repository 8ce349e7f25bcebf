/// Arithmetic on the step: what a stretch of a run becomes in another language.
///
/// It can be written down in several ways (`FormulaWriter`) and worked out here, in doubles or in 32-bit floats as the
/// other side will, so that what is written is checked before it is handed out.
indirect enum Formula: Sendable, Hashable {
  enum Function: String, Sendable {
    case cos, sin, sqrt, exp, tanh
  }

  case real(Double)
  case whole(Int)
  /// The step t, a whole number.
  case step
  /// The place on a stretched clock, a real number.
  case place
  case sum(Formula, Formula)
  case difference(Formula, Formula)
  case product(Formula, Formula)
  case quotient(Formula, Formula)
  /// Of whole numbers, rounded down.
  case wholeQuotient(Formula, Int)
  /// Of whole numbers, 0 or more.
  case remainder(Formula, Int)
  case power(Formula, Formula)
  case call(Function, Formula)
  case least(Formula, Formula)
  case greatest(Formula, Formula)
  /// The whole number at or below a real one.
  case wholePart(Formula)
  /// The fractal order of Chebyshev steps, of a whole number below the period.
  case order(Formula, period: Int)
  case pi

  /// Whether it is worked out in whole numbers.
  var isWhole: Bool {
    switch self {
    case .whole, .step, .wholeQuotient, .remainder, .order, .wholePart: true
    case .real, .place, .quotient, .power, .call, .pi: false
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b), .least(let a, let b),
      .greatest(let a, let b):
      a.isWhole && b.isWhole
    }
  }

  var isConstant: Bool { if case .real = self { true } else { false } }

  // MARK: Worked out

  func value<Number: FormulaNumber>(step: Int, place: Number) -> Number {
    if isWhole { return Number(wholeValue(step: step, place: Double(place))) }
    func at(_ formula: Formula) -> Number { formula.value(step: step, place: place) }
    switch self {
    case .real(let value): return Number(value)
    case .place: return place
    case .pi: return Number(Double.pi)
    case .sum(let a, let b): return at(a) + at(b)
    case .difference(let a, let b): return at(a) - at(b)
    case .product(let a, let b): return at(a) * at(b)
    case .quotient(let a, let b): return at(a) / at(b)
    case .power(let a, let b): return Number.raised(at(a), at(b))
    case .least(let a, let b): return min(at(a), at(b))
    case .greatest(let a, let b): return max(at(a), at(b))
    case .call(let function, let a): return Number.applying(function, at(a))
    case .whole, .step, .wholeQuotient, .remainder, .order, .wholePart: return 0
    }
  }

  private func wholeValue(step: Int, place: Double) -> Int {
    func at(_ formula: Formula) -> Int { formula.wholeValue(step: step, place: place) }
    switch self {
    case .whole(let value): return value
    case .step: return step
    case .sum(let a, let b): return at(a) &+ at(b)
    case .difference(let a, let b): return at(a) &- at(b)
    case .product(let a, let b): return at(a) &* at(b)
    case .least(let a, let b): return min(at(a), at(b))
    case .greatest(let a, let b): return max(at(a), at(b))
    case .wholeQuotient(let a, let b): return floorDivided(at(a), b).quotient
    case .remainder(let a, let b): return floorDivided(at(a), b).rest
    case .order(let a, let period): return Chebyshev(from: 1, ratio: 1, period: period).order(at(a))
    case .wholePart(let a):
      let value = a.value(step: step, place: place).rounded(.down)
      return Int(min(max(value, -0x1p60), 0x1p60))
    default: return 0
    }
  }
}

/// Rounded down, as Python's `//` and `%`.
private func floorDivided(_ a: Int, _ b: Int) -> (quotient: Int, rest: Int) {
  let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
  return rest < 0 ? (quotient - 1, rest + b) : (quotient, rest)
}

/// What formulas are worked out in.
protocol FormulaNumber: BinaryFloatingPoint {
  static func raised(_ x: Self, _ y: Self) -> Self
  static func applying(_ function: Formula.Function, _ x: Self) -> Self
}

extension Double: FormulaNumber {
  static func raised(_ x: Double, _ y: Double) -> Double { power(x, y) }

  static func applying(_ function: Formula.Function, _ x: Double) -> Double {
    switch function {
    case .cos: cosine(x)
    case .sin: sine(x)
    case .sqrt: x.squareRoot()
    case .exp: exponential(x)
    case .tanh: tangent(x)
    }
  }
}

extension Float: FormulaNumber {
  static func raised(_ x: Float, _ y: Float) -> Float { power(x, y) }

  static func applying(_ function: Formula.Function, _ x: Float) -> Float {
    Float(Double.applying(function, Double(x)))
  }
}

/// The operators drop what changes nothing and add up whole numbers, so that what is written is short.
extension Formula {
  static func + (a: Formula, b: Formula) -> Formula {
    switch (a, b) {
    case (.whole(0), _), (.real(0), _): b
    case (_, .whole(0)), (_, .real(0)): a
    case (.whole(let x), .whole(let y)): .whole(x + y)
    case (.sum(let x, .whole(let y)), .whole(let z)): x + .whole(y + z)
    case (.difference(let x, .whole(let y)), .whole(let z)): x + .whole(z - y)
    case (.difference(.whole(let x), let y), .whole(let z)): .whole(x + z) - y
    case (_, .whole(let y)) where y < 0: .difference(a, .whole(-y))
    case (_, .real(let y)) where y < 0: .difference(a, .real(-y))
    default: .sum(a, b)
    }
  }

  static func - (a: Formula, b: Formula) -> Formula {
    switch (a, b) {
    case (_, .real(0)): a
    case (_, .whole(let y)): a + .whole(-y)
    case (.whole(let x), .sum(let y, .whole(let z))): .whole(x - z) - y
    case (.whole(let x), .difference(let y, .whole(let z))): .whole(x + z) - y
    case (.whole(let x), .difference(.whole(let y), let z)): z + .whole(x - y)
    default: .difference(a, b)
    }
  }

  static func * (a: Formula, b: Formula) -> Formula {
    switch (a, b) {
    case (.whole(0), _), (_, .whole(0)): .whole(0)
    case (.real(0), _), (_, .real(0)): .real(0)
    case (.real(1), _), (.whole(1), _): b
    case (_, .real(1)), (_, .whole(1)): a
    default: .product(a, b)
    }
  }

  static func / (a: Formula, b: Formula) -> Formula {
    switch b {
    case .real(1), .whole(1): a
    default: .quotient(a, b)
    }
  }

  func raised(to exponent: Double) -> Formula {
    if exponent == 1 { return self }
    if exponent == 0.5 { return .call(.sqrt, self) }
    return .power(self, .number(exponent))
  }

  func floored(by period: Int) -> Formula { .wholeQuotient(self, period) }

  func modulo(_ period: Int) -> Formula { .remainder(self, period) }

  /// A constant, whole where it can be written so.
  static func number(_ value: Double) -> Formula {
    if let whole = Int(exactly: value), abs(whole) < 1 << 31 { return .whole(whole) }
    return .real(value)
  }
}
