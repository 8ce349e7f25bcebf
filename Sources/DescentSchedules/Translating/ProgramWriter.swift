/// Writes a program down as Python functions of the step.
struct ProgramWriter: Sendable {
  let program: RateProgram
  let dialect: FormulaWriter.Dialect

  /// The functions that give the rate, the last one named `name`; `title` is what the last one says of itself.
  func functions(named name: String, title: String) -> String {
    var parts = helpers
    let isDressed = program.noise != nil || program.floor > 0 || program.ceiling < .infinity || program.mayBeNegative
    guard program.factors.count > 1 || isDressed else {
      parts.append(function(program.factors.first ?? [], named: name, title: title))
      return parts.joined(separator: "\n\n\n")
    }
    var names: [String] = []
    for (index, factor) in program.factors.enumerated() {
      let inner = program.factors.count > 1 ? "factor_\(index + 1)" : "curve"
      names.append(inner)
      parts.append(function(factor, named: inner, title: nil))
    }
    parts.append(outer(names, named: name, title: title))
    return parts.joined(separator: "\n\n\n")
  }

  // MARK: One factor

  private func function(_ factor: [RateProgram.Stretch], named name: String, title: String?) -> String {
    let writer = FormulaWriter(dialect)
    var lines = ["def \(name)(t):"]
    if let title { lines.append("    \"\"\"\(title)\"\"\"") }
    let variable = clock(&lines)
    func note(_ stretch: RateProgram.Stretch) -> String {
      if case .real = stretch.formula { return "" }
      return "  # \(stretch.name)"
    }
    guard dialect == .math else {
      // Every formula is worked out at every step, and the one whose turn it is chosen.
      let last = factor[factor.count - 1]
      lines.append("    rate = \(constant(last.formula, writer))\(note(last))")
      for (stretch, next) in zip(factor, factor.dropFirst()).reversed() {
        let condition = "\(variable) < \(next.start)"
        let formula = writer.text(stretch.formula)
        let choice = "    rate = \(dialect.rawValue).where(\(condition), \(formula), rate)\(note(stretch))"
        if choice.count <= 110 {
          lines.append(choice)
        } else {
          lines += ["    rate = \(dialect.rawValue).where(\(note(stretch))", "        \(condition),"]
          lines += ["        \(formula),", "        rate,", "    )"]
        }
      }
      lines.append("    return rate")
      return lines.joined(separator: "\n")
    }
    if factor.count > 40 { return table(factor, lines, variable, writer) }
    for (stretch, next) in zip(factor, factor.dropFirst()) {
      lines.append("    if \(variable) < \(next.start):\(note(stretch))")
      lines.append("        return \(writer.text(stretch.formula))")
    }
    let last = factor[factor.count - 1]
    lines.append("    return \(writer.text(last.formula))\(note(last))")
    return lines.joined(separator: "\n")
  }

  /// Many pieces: found by bisection.
  private func table(
    _ factor: [RateProgram.Stretch], _ lines: [String], _ variable: String, _ writer: FormulaWriter
  ) -> String {
    let name = String(lines[0].dropFirst(4).prefix { $0 != "(" }).uppercased()
    let argument = program.clock.isReal ? "place" : "t"
    let rows = factor.map { "    (\($0.start), lambda \(argument): \(writer.text($0.formula)))," }
    return
      (["# Where each piece begins, and its rate.", "\(name)_PIECES = ["] + rows + ["]"]
      + ["\(name)_STARTS = [start for start, _ in \(name)_PIECES]", "", ""] + lines
      + ["    return \(name)_PIECES[bisect.bisect_right(\(name)_STARTS, \(variable)) - 1][1](\(variable))"])
      .joined(separator: "\n")
  }

  /// Lines that turn the step into the place, and what it is called then.
  private func clock(_ lines: inout [String]) -> String {
    switch program.clock {
    case .steps: return "t"
    case .wrapped(let shift, let period):
      let moved = shift == 0 ? "t" : shift > 0 ? "(t + \(shift))" : "\(largest("t - \(-shift)", "0"))"
      lines.append("    t = \(moved) % \(period)  # again and again")
      return "t"
    case .scaled(let stretch, let shift, let period):
      let moved = shift == 0 ? "" : shift > 0 ? " + \(shift)" : " - \(-shift)"
      lines.append("    place = max(t / \(stretch)\(moved), 0.0)")
      lines.append("    place -= math.floor(place / \(period)) * \(period)  # again and again")
      return "place"
    }
  }

  private func largest(_ a: String, _ b: String) -> String {
    dialect == .math ? "max(\(a), \(b))" : "\(dialect.rawValue).maximum(\(a), \(b))"
  }

  private func least(_ a: String, _ b: String) -> String {
    dialect == .math ? "min(\(a), \(b))" : "\(dialect.rawValue).minimum(\(a), \(b))"
  }

  /// A constant must be an array for some.
  private func constant(_ formula: Formula, _ writer: FormulaWriter) -> String {
    let text = writer.text(formula)
    guard case .real = formula else { return text }
    switch dialect {
    case .math: return text
    case .jnp: return "jnp.float32(\(text))"
    case .mx: return "mx.array(\(text), mx.float32)"
    case .ops: return "ops.convert_to_tensor(\(text), dtype=\"float32\")"
    }
  }

  // MARK: The whole

  private func outer(_ names: [String], named name: String, title: String) -> String {
    var lines = ["def \(name)(t):", "    \"\"\"\(title)\"\"\""]
    lines.append("    rate = \(names.map { "\($0)(t)" }.joined(separator: " * "))")
    if program.mayBeNegative { lines.append("    rate = \(largest("rate", "0.0"))") }
    if program.noise != nil { lines.append("    rate *= jitter(t)") }
    if program.floor > 0 { lines.append("    rate = \(largest("rate", FormulaWriter.real(program.floor)))") }
    if program.ceiling < .infinity {
      lines.append("    rate = \(least("rate", FormulaWriter.real(program.ceiling)))")
    }
    lines.append("    return rate")
    return lines.joined(separator: "\n")
  }

  /// Functions that the formulas call.
  private var helpers: [String] {
    var helpers: [String] = []
    if program.usesOrder { helpers.append(order) }
    if let noise = program.noise { helpers += noise.python }
    return helpers
  }

  private var order: String {
    let choice =
      dialect == .math
      ? "        if k // bit % 2:\n            place = size - 1 - place"
      : "        place = \(dialect.rawValue).where(k // bit % 2 == 1, size - 1 - place, place)"
    return """
      def order(k, period):
          \"\"\"The fractal order of Chebyshev steps (Agarwal, Goel, Zhang 2021).\"\"\"
          place, size, bit = \(dialect == .math ? "0" : "0 * k"), 1, period // 2
          while bit > 0:
              size *= 2
      \(choice)
              bit //= 2
          return place
      """
  }

  /// What the functions import from Python itself.
  var imports: [String] {
    var imports: [String] = []
    if dialect == .math, program.factors.contains(where: { $0.count > 40 }) { imports.append("import bisect") }
    imports.append("import math")
    return imports
  }
}

extension RateProgram.Clock {
  var isReal: Bool { if case .scaled = self { true } else { false } }
}

extension RateProgram {
  var usesOrder: Bool { factors.joined().contains { $0.formula.usesOrder } }
}

extension Formula {
  fileprivate var usesOrder: Bool {
    switch self {
    case .order: true
    case .real, .whole, .step, .place, .pi: false
    case .wholeQuotient(let a, _), .remainder(let a, _), .call(_, let a), .wholePart(let a): a.usesOrder
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b), .quotient(let a, let b),
      .power(let a, let b), .least(let a, let b), .greatest(let a, let b):
      a.usesOrder || b.usesOrder
    }
  }
}
