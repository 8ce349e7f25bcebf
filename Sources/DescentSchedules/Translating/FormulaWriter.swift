/// Writes formulas down as Python.
struct FormulaWriter: Sendable {
  /// Whose functions of numbers are used.
  enum Dialect: String, Sendable {
    /// Python's own, one number at a time.
    case math
    /// Arrays of 32-bit floats.
    case jnp, mx, ops
  }

  let dialect: Dialect

  init(_ dialect: Dialect) { self.dialect = dialect }

  func text(_ formula: Formula) -> String { write(formula).text }

  /// A number as Python reads it.
  static func real(_ value: Double) -> String {
    if value == .infinity { return "math.inf" }
    return "\(value)"
  }

  /// How tightly a text holds together.
  private enum Bond: Int {
    case sum, product, power, atom
  }

  private typealias Written = (text: String, bond: Bond)

  private func write(_ formula: Formula) -> Written {
    switch formula {
    case .real(let value): return (Self.real(value), value < 0 ? .sum : .atom)
    case .whole(let value): return (String(value), value < 0 ? .sum : .atom)
    case .step: return ("t", .atom)
    case .place: return ("place", .atom)
    case .pi: return ("math.pi", .atom)
    case .sum(let a, let b): return ("\(held(a, .sum)) + \(held(b, .product))", .sum)
    case .difference(let a, let b): return ("\(held(a, .sum)) - \(held(b, .product))", .sum)
    case .product(let a, let b):
      if formula.isWhole { return ("\(held(a, .product)) * \(held(b, .power))", .product) }
      return ("\(real(a, .product)) * \(real(b, .power))", .product)
    case .quotient(let a, let b): return ("\(real(a, .product)) / \(real(b, .power))", .product)
    case .wholeQuotient(let a, let by): return ("\(held(a, .product)) // \(by)", .sum)
    case .remainder(let a, let by): return ("\(held(a, .product)) % \(by)", .sum)
    case .power(let a, let b): return ("\(real(a, .atom)) ** \(real(b, .atom))", .power)
    case .call(let function, let a): return ("\(name(function))(\(real(a, .sum)))", .atom)
    case .least(let a, let b): return (extreme("min", a, b, isWhole: formula.isWhole), .atom)
    case .greatest(let a, let b): return (extreme("max", a, b, isWhole: formula.isWhole), .atom)
    case .order(let a, let period): return ("order(\(held(a, .sum)), \(period))", .atom)
    case .wholePart(let a): return ("math.floor(\(held(a, .sum)))", .atom)
    }
  }

  private func held(_ formula: Formula, _ bond: Bond) -> String {
    let (text, own) = write(formula)
    return own.rawValue < bond.rawValue ? "(\(text))" : text
  }

  /// Where real numbers are worked with: Keras' backends disagree about what a whole number divided by another is.
  private func real(_ formula: Formula, _ bond: Bond) -> String {
    guard dialect == .ops, formula.isWhole, !formula.isNumber else { return held(formula, bond) }
    return "ops.cast(\(write(formula).text), \"float32\")"
  }

  private func name(_ function: Formula.Function) -> String { "\(dialect.rawValue).\(function.rawValue)" }

  private func extreme(_ name: String, _ a: Formula, _ b: Formula, isWhole: Bool) -> String {
    // Arrays first, as some of these functions want it.
    let arguments = [a, b].sorted { !$0.isNumber && $1.isNumber }
      .map { isWhole ? held($0, .sum) : real($0, .sum) }.joined(separator: ", ")
    return dialect == .math ? "\(name)(\(arguments))" : "\(dialect.rawValue).\(name)imum(\(arguments))"
  }
}

extension Formula {
  fileprivate var isNumber: Bool {
    switch self {
    case .real, .whole, .pi: true
    default: false
    }
  }
}
