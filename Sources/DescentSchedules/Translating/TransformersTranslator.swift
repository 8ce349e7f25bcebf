/// To transformers' `optimization.py`.
struct TransformersTranslator {
  private let run: ResolvedSchedule
  private let base: Double

  init(_ run: ResolvedSchedule) {
    self.run = run
    base = run.translationBase(.transformers) ?? 1
  }

  private static let version = "5.24.0"

  var translation: Translation {
    let (call, near) = run.best(of: candidates, .transformers)
    let rate = FormulaWriter.real(base)
    var notes: [String] = []
    var code = run.heading("transformers", Self.version)
    var exact = true
    if let call {
      code += "from transformers import \(call.text.prefix { $0 != "(" })\n\n"
    } else {
      let own = OwnFunction(run)
      exact = own.isExact
      notes += own.notes
      code += own.imports(.math).joined(separator: "\n") + "\n\nfrom torch.optim.lr_scheduler import LambdaLR\n\n\n"
      code += own.code(.math, named: "rate", steps: run.steps) + "\n\n\n"
    }
    code += "# optimizer = torch.optim.AdamW(model.parameters(), lr=\(rate))\n"
    code += "scheduler = \(call?.text ?? "LambdaLR(optimizer, lambda t: rate(t) / \(rate))")\n"
    code += "# trainer = Trainer(..., optimizers=(optimizer, scheduler)); in a loop of one's own, after every\n"
    code += "# optimizer.step(): scheduler.step()\n"
    if call == nil, startsLow {
      notes.append("transformers' own warm-ups are t/W and spend the first update on rate 0; this one is (t + 1)/W.")
    }
    notes.append("The optimizer's rate must be \(rate); groups with another rate keep their ratio to it.")
    notes.append(
      "A Trainer given a scheduler ignores lr_scheduler_type and warmup_steps; max_steps must be \(run.steps).")
    if let near { notes.append(near) }
    return Translation(code: code, exact: exact, notes: notes, call: call?.text, base: base)
  }

  private var startsLow: Bool {
    guard case .pieces(let pieces) = run.schedule.form else { return false }
    return pieces.first?.shape.isWarmup ?? false
  }

  // MARK: Its own

  private var candidates: [NamedCall] {
    guard let pieces = run.namedPieces else { return [] }
    var rest = pieces[...]
    var warmup = 0
    var first = 0.0
    if let opening = pieces.first, case .line(let line) = opening.curve, pieces.count > 1, line.to == base,
      line.from < base, !opening.isReversed, let length = opening.length
    {
      warmup = length
      first = line.from
      rest = rest.dropFirst()
    }
    var stable = 0
    if rest.count > 1, let plateau = rest.first, plateau.level == base, let length = plateau.length {
      stable = length
      rest = rest.dropFirst()
    }
    guard let fall = rest.first, rest.count <= 2 else { return [] }
    // Nothing but a level may follow: where the decay ends.
    if let last = rest.dropFirst().first, last.level == nil { return [] }
    if fall.level == base, fall.length == nil {
      return [
        NamedCall(
          text: warmup == 0
            ? "get_constant_schedule(optimizer)"
            : "get_constant_schedule_with_warmup(optimizer, num_warmup_steps=\(warmup))")
      ]
    }
    return decays(fall, warmup: warmup, stable: stable, first: first)
  }

  private func decays(_ fall: NamedPiece, warmup: Int, stable: Int, first: Double) -> [NamedCall] {
    guard let curve = fall.whole else { return [] }
    let start = warmup + stable
    func call(_ name: String, _ total: Double, _ more: [String] = []) -> NamedCall {
      NamedCall(
        text: spread(
          "get_\(name)",
          ["optimizer", "num_warmup_steps=\(warmup)", "num_training_steps=\(warmup + Int(total))"] + more))
    }
    func wsd(_ length: Double, _ type: String, _ to: Double) -> NamedCall {
      var arguments = ["optimizer", "num_warmup_steps=\(warmup)", "num_decay_steps=\(Int(length))"]
      arguments.append("num_training_steps=\(start + Int(length))")
      arguments += ["decay_type=\"\(type)\"", "min_lr_ratio=\(real(to / base))"]
      return NamedCall(text: spread("get_wsd_schedule", arguments))
    }
    switch curve {
    case .line(let line):
      let linear = call("linear_schedule_with_warmup", line.length)
      let polynomial = call(
        "polynomial_decay_schedule_with_warmup", line.length, ["lr_end=\(real(line.to))", "power=1.0"])
      if stable > 0 { return [wsd(line.length, "linear", line.to)] }
      return [line.to == 0 ? linear : polynomial, wsd(line.length, "linear", line.to)]
    case .cosine(let cosine):
      let held = wsd(cosine.length, "cosine", cosine.to)
      if stable > 0 { return [held] }
      if cosine.to == 0 { return [call("cosine_schedule_with_warmup", cosine.length), held] }
      let floored = call(
        "cosine_with_min_lr_schedule_with_warmup", cosine.length, ["min_lr_rate=\(real(cosine.to / base))"])
      return [floored, held]
    case .oneMinusSqrt(let fall): return [wsd(fall.length, "1-sqrt", fall.to)]
    case .polynomial(let fall) where stable == 0:
      return [
        call(
          "polynomial_decay_schedule_with_warmup", fall.length,
          ["lr_end=\(real(fall.to))", "power=\(real(fall.exponent))"])
      ]
    case .inverseSqrt(let fall) where stable == 0 && fall.limit == 0:
      guard let timescale = Int(exactly: fall.timescale) else { return [] }
      return [
        NamedCall(
          text: "get_inverse_sqrt_schedule(optimizer, num_warmup_steps=\(warmup), timescale=\(timescale))")
      ]
    case .cosineCycles(let cycles) where stable == 0 && cycles.decay == 1 && cycles.to == 0:
      guard let length = fall.length, length % cycles.cycle == 0 else { return [] }
      return [
        call(
          "cosine_with_hard_restarts_schedule_with_warmup", Double(length), ["num_cycles=\(length / cycles.cycle)"])
      ]
    default: return []
    }
  }

  private func real(_ value: Double) -> String { FormulaWriter.real(value) }
}
