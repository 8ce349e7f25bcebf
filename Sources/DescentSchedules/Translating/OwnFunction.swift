/// A function of our own for another library: formulas of the step, or their rates in a table.
struct OwnFunction: Sendable {
  enum Form: Sendable {
    case formulas
    /// The rates are worked out once, in doubles, and looked up.
    case table
  }

  var form: Form
  var program: RateProgram
  var isExact: Bool
  var notes: [String] = []

  /// The most rates that a table may have.
  private static let longestTable = 4_000_000
  /// More pieces than this are too many to be worked out all at every step.
  private static let mostTraced = 48

  /// For a library that computes in doubles.
  init(_ run: ResolvedSchedule) {
    form = .formulas
    program = RateProgram(run, isSingle: false)
    let (within, after) = Self.deviation(of: program, from: run, in: Double.self)
    let limit = run.highestTried * 1e-12
    isExact = within <= limit
    if !isExact { notes.append("The formulas differ from the schedule by up to \(short(within)) in the run.") }
    if after > limit { notes.append("After the run the formulas differ from the schedule by up to \(short(after)).") }
  }

  /// For a library that computes in 32-bit floats.
  init(single run: ResolvedSchedule) {
    let single = RateProgram(run, isSingle: true)
    let limit = run.highestTried * 1e-6
    let (within, after) = Self.deviation(of: single, from: run, in: Float.self)
    // The other side's own functions are not rounded alike everywhere: half of what is allowed is left to them.
    let isGood =
      single.noise == nil && !single.isDelicate && single.factors.allSatisfy { $0.count <= Self.mostTraced }
      && within <= limit / 2
    guard !isGood, run.steps <= Self.longestTable else {
      form = .formulas
      program = single
      program.noise = nil
      isExact = isGood
      if !isExact {
        let reason = single.noise == nil ? "32-bit floats make" : "the jitter is left out, which makes"
        let off = Self.deviation(of: program, from: run, in: Float.self).within
        notes.append("The run is too long for a table of its rates: \(reason) a difference of up to \(short(off)).")
      }
      if isGood, after > limit {
        notes.append("After the run 32-bit floats make a difference of up to \(short(after)).")
      }
      return
    }
    form = .table
    program = RateProgram(run, isSingle: false)
    isExact = Self.deviation(of: program, from: run, in: Double.self).within <= limit
    let reason =
      single.noise != nil
      ? "the jitter's generator needs 64-bit whole numbers"
      : single.factors.contains { $0.count > Self.mostTraced }
        ? "it has too many pieces to be worked out at every step"
        : "32-bit floats would be off by up to \(short(within)), or miss a place where it jumps"
    notes.append("The rates are worked out once and looked up in a table of \(run.steps + 1): \(reason).")
    let last = run.rate(at: run.steps)
    if (1...run.pastEnd).contains(where: { abs(run.rate(at: run.steps + $0) - last) > limit }) {
      notes.append(
        "The table ends with the run: after step \(run.steps) its last rate holds, where the schedule goes on.")
    }
  }

  private static func deviation<Number: FormulaNumber>(
    of program: RateProgram, from run: ResolvedSchedule, in: Number.Type
  ) -> (within: Double, after: Double) {
    var (within, after) = (0.0, 0.0)
    for step in run.placesTried {
      let difference = abs(Double(program.rate(at: step, in: Number.self)) - run.rate(at: step))
      let distance = difference.isFinite ? difference : .infinity
      if step < run.steps { within = max(within, distance) } else { after = max(after, distance) }
    }
    return (within, after)
  }

  /// The Python functions; the last is `rate(t)`, or for formulas `name`.
  func code(_ dialect: FormulaWriter.Dialect, named name: String, steps: Int) -> String {
    let title = "The rate of update t = 0, 1, ...; the run ends with update \(steps - 1)."
    return ProgramWriter(program: program, dialect: form == .table ? .math : dialect).functions(
      named: form == .table ? "rate" : name, title: title)
  }

  /// Python's own modules that the functions use.
  func imports(_ dialect: FormulaWriter.Dialect) -> [String] {
    ProgramWriter(program: program, dialect: form == .table ? .math : dialect).imports
  }
}

extension ResolvedSchedule {
  /// The comment that heads translated code.
  func heading(_ library: String, _ version: String) -> String {
    "# \(schedule)\n# over \(steps) steps, for \(library) (checked with \(version)).\n"
  }

  /// A trap of every table and every float32 clock.
  var longRunNotes: [String] {
    if steps > 1 << 31 { return ["Steps above 2^31 do not fit the 32-bit counters in use there."] }
    return steps > 1 << 24
      ? ["Steps above 2^24 = 16777216 are not all 32-bit floats: a clock kept as a float stands still there."] : []
  }
}

/// A call over several lines: the arguments one by one.
func spread(_ name: String, _ arguments: [String]) -> String {
  let line = "\(name)(\(arguments.joined(separator: ", ")))"
  if line.count <= 100, !line.contains("\n") { return line }
  let rows = arguments.map { "    " + $0.replacingOccurrences(of: "\n", with: "\n    ") + "," }
  return "\(name)(\n\(rows.joined(separator: "\n"))\n)"
}

/// A list over several lines.
func listed(_ elements: [String]) -> String {
  if elements.count == 1, let only = elements.first, !only.contains("\n") { return "[\(only)]" }
  let rows = elements.map { "    " + $0.replacingOccurrences(of: "\n", with: "\n    ") + "," }
  return "[\n\(rows.joined(separator: "\n"))\n]"
}
