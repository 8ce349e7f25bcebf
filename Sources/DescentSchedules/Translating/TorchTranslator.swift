/// To `torch.optim.lr_scheduler`.
struct TorchTranslator {
  private let run: ResolvedSchedule
  private let base: Double

  init(_ run: ResolvedSchedule) {
    self.run = run
    base = run.translationBase(.torch) ?? 1
  }

  private static let version = "2.15.0"

  var translation: Translation {
    let (call, near) = run.best(of: candidates, .torch)
    var notes: [String] = []
    var code = run.heading("PyTorch", Self.version)
    var exact = true
    let rate = FormulaWriter.real(base)
    if let call {
      let names = Self.names.filter { call.text.contains("\($0)(") }
      code += "from torch.optim.lr_scheduler import \(names.joined(separator: ", "))\n\n"
      code += "# optimizer = torch.optim.AdamW(model.parameters(), lr=\(rate))\n"
      code += "scheduler = \(call.text)\n"
      if call.endsWithRun {
        notes.append("OneCycleLR ends with the run: stepped more than \(run.steps) times it raises an error.")
        notes.append("cycle_momentum is off; left on, PyTorch would move the momentum too.")
      }
    } else {
      let own = OwnFunction(run)
      exact = own.isExact
      code += own.imports(.math).joined(separator: "\n") + "\n\nfrom torch.optim.lr_scheduler import LambdaLR\n\n\n"
      code += own.code(.math, named: "rate", steps: run.steps) + "\n\n\n"
      code += "# optimizer = torch.optim.AdamW(model.parameters(), lr=\(rate))\n"
      code += "scheduler = LambdaLR(optimizer, lambda t: rate(t) / \(rate))\n"
      notes += own.notes
      notes.append(
        "A saved LambdaLR holds its step but not a plain function: on resuming run this code again, then load_state_dict."
      )
    }
    code += "# After every optimizer.step(): scheduler.step()\n"
    notes.append("The optimizer's rate must be \(rate); groups with another rate keep their ratio to it.")
    if let near { notes.append(near) }
    return Translation(code: code, exact: exact, notes: notes, call: call?.text, base: base)
  }

  private static let names = [
    "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR", "LinearLR",
    "MultiStepLR", "OneCycleLR", "PolynomialLR", "SequentialLR", "StepLR",
  ]

  // MARK: PyTorch's own

  private var candidates: [NamedCall] {
    if case .oneCycle(let cycle) = run.schedule.form { return [oneCycle(cycle)] }
    if case .cyclic(let cyclic) = run.schedule.form { return [self.cyclic(cyclic)] }
    guard let pieces = run.namedPieces else { return [] }
    var calls: [NamedCall] = []
    calls += multiStep(pieces).map { [$0] } ?? []
    calls += restarts.map { [$0] } ?? []
    // The end may be held by the piece before, as some do by themselves.
    if pieces.count > 1, pieces[pieces.count - 1].level != nil, let call = sequence(pieces.dropLast()) {
      calls.append(call)
    }
    if let call = sequence(pieces[...]) { calls.append(call) }
    return calls
  }

  private func sequence(_ pieces: ArraySlice<NamedPiece>) -> NamedCall? {
    var texts: [String] = []
    for piece in pieces {
      guard let text = text(piece) else { return nil }
      texts.append(text)
    }
    guard let only = texts.first else { return nil }
    if texts.count == 1 { return NamedCall(text: only) }
    let milestones = pieces.dropFirst().map { String($0.start) }.joined(separator: ", ")
    return NamedCall(
      text: spread("SequentialLR", ["optimizer", listed(texts), "milestones=[\(milestones)]"]))
  }

  private func text(_ piece: NamedPiece) -> String? {
    if let level = piece.level { return constant(level / base, piece.length) }
    if let (from, to, length) = piece.line {
      if length == 0 { return constant(from / base, 1) }
      return "LinearLR(optimizer, start_factor=\(real(from / base)), end_factor=\(real(to / base)), "
        + "total_iters=\(length))"
    }
    switch piece.whole {
    case .cosine(let curve) where curve.from == base:
      let floor = curve.to == 0 ? "" : ", eta_min=\(real(curve.to))"
      return "CosineAnnealingLR(optimizer, T_max=\(Int(curve.length))\(floor))"
    case .polynomial(let curve) where curve.from == base && curve.to == 0:
      return "PolynomialLR(optimizer, total_iters=\(Int(curve.length)), power=\(real(curve.exponent)))"
    case .exponential(let curve) where curve.from == base:
      return "ExponentialLR(optimizer, gamma=\(real(power(curve.factor, 1 / curve.every))))"
    case .geometric(let curve) where curve.from == base:
      return "ExponentialLR(optimizer, gamma=\(real(power(curve.to / curve.from, 1 / curve.length))))"
    case .staircase(let curve) where curve.from == base:
      return "StepLR(optimizer, step_size=\(curve.every), gamma=\(real(curve.factor)))"
    case .cosineCycles(let curve) where curve.from == base && curve.decay == 1:
      let floor = curve.to == 0 ? "" : ", eta_min=\(real(curve.to))"
      return "CosineAnnealingWarmRestarts(optimizer, T_0=\(curve.cycle)\(floor))"
    default: return nil
    }
  }

  /// PyTorch allows factors above 0 and up to 1; the constant must not come to its end.
  private func constant(_ factor: Double, _ length: Int?) -> String? {
    guard factor > 0, factor <= 1 else { return nil }
    return "ConstantLR(optimizer, factor=\(real(factor)), total_iters=\(length ?? 1 << 31))"
  }

  private func multiStep(_ pieces: [NamedPiece]) -> NamedCall? {
    let levels = pieces.compactMap(\.level)
    guard levels.count == pieces.count, levels.count > 1, levels[0] == base, levels[0] > 0 else { return nil }
    let ratio = (levels[1] / levels[0] * 1e12).rounded() / 1e12
    var milestones: [String] = []
    var level = levels[0]
    for (piece, next) in zip(pieces.dropFirst(), levels.dropFirst()) {
      // Two drops at one place are a milestone named twice.
      for _ in 0..<4 where abs(next - level) > 1e-9 * level {
        milestones.append(String(piece.start))
        level *= ratio
      }
    }
    return NamedCall(
      text: "MultiStepLR(optimizer, milestones=[\(milestones.joined(separator: ", "))], gamma=\(real(ratio)))")
  }

  private var restarts: NamedCall? {
    guard case .pieces(let pieces) = run.schedule.form, pieces.count == 1,
      case .restarts(_, let growth, let decay) = pieces[0].shape, decay == 1, let growth = Int(exactly: growth),
      growth > 1, case .cosine(let first) = run.track.segments[0].curve
    else { return nil }
    let floor = first.to == 0 ? "" : ", eta_min=\(real(first.to))"
    return NamedCall(
      text: "CosineAnnealingWarmRestarts(optimizer, T_0=\(Int(first.length)), T_mult=\(growth)\(floor))")
  }

  private func oneCycle(_ cycle: OneCycle) -> NamedCall {
    let top = run.boundaries.count > 1 ? run.boundaries[1] : 1
    var arguments = [
      "optimizer", "max_lr=\(real(run.peak))", "total_steps=\(run.steps)",
      "pct_start=\(real(Double(top) / Double(run.steps)))",
    ]
    if cycle.anneal == .linear { arguments.append("anneal_strategy=\"linear\"") }
    arguments += [
      "div_factor=\(real(cycle.div))", "final_div_factor=\(real(cycle.finalDiv))", "cycle_momentum=False",
    ]
    if cycle.threePhase { arguments.append("three_phase=True") }
    return NamedCall(text: spread("OneCycleLR", arguments), endsWithRun: true)
  }

  private func cyclic(_ cyclic: Cyclic) -> NamedCall {
    var arguments = [
      "optimizer", "base_lr=\(real(cyclic.low))", "max_lr=\(real(run.peak))", "step_size_up=\(cyclic.up)",
      "step_size_down=\(cyclic.down)",
    ]
    switch cyclic.mode {
    case .triangular: break
    case .triangular2: arguments.append("mode=\"triangular2\"")
    case .expRange: arguments += ["mode=\"exp_range\"", "gamma=\(real(cyclic.gamma))"]
    }
    arguments.append("cycle_momentum=False")
    return NamedCall(text: spread("CyclicLR", arguments))
  }

  private func real(_ value: Double) -> String { FormulaWriter.real(value) }
}
