/// To `optax.schedules`.
struct OptaxTranslator {
  private let run: ResolvedSchedule

  init(_ run: ResolvedSchedule) { self.run = run }

  private static let version = "0.2.8, JAX 0.10.2"

  var translation: Translation {
    let (call, near) = run.best(of: candidates, .optax)
    var code = run.heading("Optax", Self.version)
    var notes: [String] = []
    var exact = true
    if let call {
      code += "import optax\n\nschedule = \(call.text)\n"
    } else {
      let own = OwnFunction(single: run)
      exact = own.isExact
      notes += own.notes
      code += own.imports(.jnp).joined(separator: "\n") + "\n\nimport jax.numpy as jnp\n\n\n"
      code += own.code(.jnp, named: "schedule", steps: run.steps) + "\n"
      if own.form == .table {
        code += """


          RATES = jnp.asarray([rate(t) for t in range(\(run.steps + 1))], jnp.float32)


          def schedule(count):
              return RATES[jnp.clip(count, 0, \(run.steps))]

          """
      }
      code += "\n\n"
    }
    code += "# optimizer = optax.adamw(schedule): Optax counts the updates itself, from 0.\n"
    notes.append("Optax computes the rates in 32-bit floats, unless JAX is told to use 64.")
    notes += run.longRunNotes
    if let near { notes.append(near) }
    return Translation(code: code, exact: exact, notes: notes, call: call?.text, base: nil)
  }

  // MARK: Optax' own

  private var candidates: [NamedCall] {
    guard let pieces = run.namedPieces else { return [] }
    var calls: [NamedCall] = []
    if let call = warmupCosine(pieces) { calls.append(call) }
    if let call = stairs(pieces) { calls.append(call) }
    if pieces.count > 1, pieces[pieces.count - 1].level != nil, let call = joined(pieces.dropLast()) {
      calls.append(call)
    }
    if let call = joined(pieces[...]) { calls.append(call) }
    return calls
  }

  private func joined(_ pieces: ArraySlice<NamedPiece>) -> NamedCall? {
    var texts: [String] = []
    for piece in pieces {
      guard let text = text(piece) else { return nil }
      texts.append(text)
    }
    guard let only = texts.first else { return nil }
    if texts.count == 1 { return NamedCall(text: only) }
    let boundaries = pieces.dropFirst().map { String($0.start) }.joined(separator: ", ")
    return NamedCall(text: spread("optax.join_schedules", [listed(texts), "boundaries=[\(boundaries)]"]))
  }

  private func text(_ piece: NamedPiece) -> String? {
    if let level = piece.level { return "optax.constant_schedule(\(real(level)))" }
    if let (from, to, length) = piece.line {
      if length == 0 { return "optax.constant_schedule(\(real(from)))" }
      return "optax.linear_schedule(init_value=\(real(from)), end_value=\(real(to)), transition_steps=\(length))"
    }
    switch piece.whole {
    case .cosine(let curve) where curve.from > 0: return cosine(curve.from, curve.to, curve.length, 1)
    // A root of what is left of the way is more than 32-bit floats leave Optax' own near the end.
    case .cosinePower(let curve) where curve.from > 0 && curve.exponent >= 1:
      return cosine(curve.from, curve.to, curve.length, curve.exponent)
    case .polynomial(let curve) where curve.exponent >= 1:
      return "optax.polynomial_schedule(init_value=\(real(curve.from)), end_value=\(real(curve.to)), "
        + "power=\(real(curve.exponent)), transition_steps=\(Int(curve.length)))"
    case .exponential(let curve):
      return exponential(curve.from, curve.factor, curve.every, limit: curve.limit, isStaircase: false)
    case .geometric(let curve): return exponential(curve.from, curve.to / curve.from, curve.length, limit: curve.to)
    case .staircase(let curve):
      return exponential(curve.from, curve.factor, Double(curve.every), limit: curve.limit, isStaircase: true)
    default: return nil
    }
  }

  private func cosine(_ from: Double, _ to: Double, _ length: Double, _ exponent: Double) -> String {
    let floor = to == 0 ? "" : ", alpha=\(real(to / from))"
    let power = exponent == 1 ? "" : ", exponent=\(real(exponent))"
    return "optax.cosine_decay_schedule(init_value=\(real(from)), decay_steps=\(Int(length))\(floor)\(power))"
  }

  private func exponential(
    _ from: Double, _ factor: Double, _ every: Double, limit: Double, isStaircase: Bool = false
  ) -> String? {
    guard var every = Int(exactly: every) else { return nil }
    var factor = factor
    // A factor near 1 is no 32-bit float, and its powers would drift: as many steps as bring it far enough from 1.
    if !isStaircase, factor != 1, abs(logarithm(factor)) < 0.1 {
      let times = Int(min((0.7 / abs(logarithm(factor))).rounded(.up), 1e6))
      every *= times
      factor = power(factor, Double(times))
    }
    let stairs = isStaircase ? ", staircase=True" : ""
    let end = limit > 0 && limit.isFinite ? ", end_value=\(real(limit))" : ""
    return "optax.exponential_decay(init_value=\(real(from)), transition_steps=\(every), decay_rate=\(real(factor))"
      + "\(stairs)\(end))"
  }

  /// The recipe by its own name.
  private func warmupCosine(_ pieces: [NamedPiece]) -> NamedCall? {
    guard pieces.count >= 2, let (from, peak, warmup) = pieces[0].line, case .cosine(let decay)? = pieces[1].whole,
      decay.from == peak
    else { return nil }
    return NamedCall(
      text: spread(
        "optax.warmup_cosine_decay_schedule",
        [
          "init_value=\(real(from))", "peak_value=\(real(peak))", "warmup_steps=\(warmup)",
          "decay_steps=\(warmup + Int(decay.length))", "end_value=\(real(decay.to))",
        ]))
  }

  private func stairs(_ pieces: [NamedPiece]) -> NamedCall? {
    let levels = pieces.compactMap(\.level)
    guard levels.count == pieces.count, levels.count > 1, levels.dropLast().allSatisfy({ $0 > 0 }) else { return nil }
    let scales = zip(pieces.dropFirst(), zip(levels, levels.dropFirst())).map { piece, pair in
      "\(piece.start): \(real((pair.1 / pair.0 * 1e12).rounded() / 1e12))"
    }
    return NamedCall(
      text: spread(
        "optax.piecewise_constant_schedule",
        ["init_value=\(real(levels[0]))", "boundaries_and_scales={\(scales.joined(separator: ", "))}"]))
  }

  private func real(_ value: Double) -> String { FormulaWriter.real(value) }
}
