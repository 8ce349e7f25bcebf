/// To `mlx.optimizers`.
struct MLXTranslator {
  private let run: ResolvedSchedule

  init(_ run: ResolvedSchedule) { self.run = run }

  private static let version = "0.32.4"

  var translation: Translation {
    let (call, near) = run.best(of: candidates, .mlx)
    var code = run.heading("MLX", Self.version)
    var notes: [String] = []
    var exact = true
    if let call {
      code += "import mlx.optimizers as optim\n\nschedule = \(call.text)\n"
    } else {
      let own = OwnFunction(single: run)
      exact = own.isExact
      notes += own.notes
      code += own.imports(.mx).joined(separator: "\n") + "\n\nimport mlx.core as mx\n\n\n"
      code += own.code(.mx, named: "rate", steps: run.steps) + "\n\n\n"
      let lookup = "RATES[mx.clip(step.astype(mx.int32), 0, \(run.steps))]"
      if own.form == .table {
        code += "RATES = mx.array([rate(t) for t in range(\(run.steps + 1))], mx.float32)\n\n\n"
      }
      code += """
        def schedule(step):
            # MLX counts in unsigned numbers, in which 3 - 5 is no small number.
            return \(own.form == .table ? lookup : "rate(step.astype(mx.int32))")



        """
    }
    code += "# optimizer = optim.AdamW(learning_rate=schedule): MLX counts the updates itself, from 0.\n"
    notes.append("MLX computes the rates in 32-bit floats.")
    notes += run.longRunNotes
    if let near { notes.append(near) }
    return Translation(code: code, exact: exact, notes: notes, call: call?.text, base: nil)
  }

  // MARK: MLX' own

  private var candidates: [NamedCall] {
    guard let pieces = run.namedPieces else { return [] }
    // All but exponentials and steps hold their ends by themselves; there is no constant.
    let held = pieces.count > 1 && pieces[pieces.count - 1].level != nil ? Array(pieces.dropLast()) : pieces
    var texts: [String] = []
    for piece in held {
      guard let text = text(piece) else { return [] }
      texts.append(text)
    }
    guard let only = texts.first else { return [] }
    if texts.count == 1 { return [NamedCall(text: only)] }
    let boundaries = held.dropFirst().map { String($0.start) }.joined(separator: ", ")
    return [NamedCall(text: spread("optim.join_schedules", [listed(texts), "[\(boundaries)]"]))]
  }

  private func text(_ piece: NamedPiece) -> String? {
    if let (from, to, length) = piece.line, length > 0 {
      return "optim.linear_schedule(\(real(from)), \(real(to)), steps=\(length))"
    }
    switch piece.whole {
    case .cosine(let curve):
      let floor = curve.to == 0 ? "" : ", end=\(real(curve.to))"
      return "optim.cosine_decay(\(real(curve.from)), decay_steps=\(Int(curve.length))\(floor))"
    case .exponential(let curve) where curve.every == 1:
      return "optim.exponential_decay(\(real(curve.from)), decay_rate=\(real(curve.factor)))"
    case .staircase(let curve):
      return "optim.step_decay(\(real(curve.from)), decay_rate=\(real(curve.factor)), step_size=\(curve.every))"
    default: return nil
    }
  }

  private func real(_ value: Double) -> String { FormulaWriter.real(value) }
}
