/// To `timm.scheduler`, one tick per update.
struct TimmTranslator {
  private let run: ResolvedSchedule
  private let base: Double

  init(_ run: ResolvedSchedule) {
    self.run = run
    base = run.translationBase(.timm) ?? 1
  }

  private static let version = "1.0.31"

  var translation: Translation {
    let (call, near) = run.best(of: candidates, .timm)
    let rate = FormulaWriter.real(base)
    var notes: [String] = []
    var code = run.heading("timm", Self.version)
    var exact = true
    let optimizer = "# optimizer = torch.optim.AdamW(model.parameters(), lr=\(rate))\n"
    if let call {
      code += "from timm.scheduler import \(call.text.prefix { $0 != "(" })\n\n\(optimizer)scheduler = \(call.text)\n"
    } else {
      let own = OwnFunction(run)
      exact = own.isExact
      notes += own.notes
      code += own.imports(.math).joined(separator: "\n") + "\n\nfrom timm.scheduler.scheduler import Scheduler\n\n\n"
      code += own.code(.math, named: "rate", steps: run.steps) + "\n\n\n"
      code += """
        class Rates(Scheduler):
            def __init__(self, optimizer):
                super().__init__(optimizer, "lr", t_in_epochs=False)
                self.update_groups(self._get_lr(0))  # the first update comes before the first tick

            def _get_lr(self, t):
                return [base * (rate(t) / \(rate)) for base in self.base_values]


        \(optimizer)scheduler = Rates(optimizer)

        """
    }
    code += "# After update t = 0, 1, ...: scheduler.step_update(num_updates=t + 1)\n"
    notes.append("The optimizer's rate must be \(rate); groups with another rate keep their ratio to it.")
    notes.append("On resuming at update t: scheduler.step_update(num_updates=t).")
    if let near { notes.append(near) }
    return Translation(code: code, exact: exact, notes: notes, call: call?.text, base: base)
  }

  // MARK: timm's own

  private var candidates: [NamedCall] {
    guard let pieces = run.namedPieces else { return [] }
    var rest = pieces[...]
    var warmup: [String] = []
    if let opening = pieces.first, case .line(let line) = opening.curve, pieces.count > 1, line.to == base,
      !opening.isReversed, line.from < base, let length = opening.length
    {
      warmup = ["warmup_t=\(length)", "warmup_lr_init=\(real(line.from))", "warmup_prefix=True"]
      rest = rest.dropFirst()
    }
    let levels = rest.compactMap(\.level)
    if levels.count == rest.count, levels.count > 1, levels[0] == base { return multiStep(rest, levels, warmup) }
    guard let first = rest.first else { return [] }
    if first.level == base, rest.count > 1, let length = first.length {
      return stable(length, rest[rest.index(after: rest.startIndex)], warmup)
    }
    guard let curve = first.whole else { return [] }
    return decays(curve, length: first.length, warmup)
  }

  private func decays(_ curve: Curve, length: Int?, _ warmup: [String]) -> [NamedCall] {
    switch curve {
    case .cosine(let curve) where curve.from == base:
      return [call("CosineLRScheduler", ["t_initial=\(Int(curve.length))", "lr_min=\(real(curve.to))"] + warmup)]
    case .kCosine(let curve) where curve.from == base:
      return [
        call(
          "CosineLRScheduler",
          ["t_initial=\(Int(curve.length))", "lr_min=\(real(curve.to))", "k_decay=\(real(curve.k))"] + warmup)
      ]
    case .line(let curve) where curve.from == base: return [polynomial(curve.length, 1, curve.to, nil, warmup)]
    case .polynomial(let curve) where curve.from == base:
      return [polynomial(curve.length, curve.exponent, curve.to, nil, warmup)]
    case .kPolynomial(let curve) where curve.from == base:
      return [polynomial(curve.length, curve.exponent, curve.to, curve.k, warmup)]
    case .staircase(let curve) where curve.from == base:
      return [call("StepLRScheduler", ["decay_t=\(curve.every)", "decay_rate=\(real(curve.factor))"] + warmup)]
    case .oneMinusSqrt(let curve) where curve.from == base:
      return [
        call(
          "WSDLRScheduler",
          ["t_initial=\(Int(curve.length))", "decay_t=\(Int(curve.length))", "lr_min=\(real(curve.to))"]
            + warmup.dropLast())
      ]
    case .cosineCycles(let curve) where curve.from == base:
      guard let length else { return [] }
      let decay = curve.decay == 1 ? [] : ["cycle_decay=\(real(curve.decay))"]
      return [
        call(
          "CosineLRScheduler",
          ["t_initial=\(curve.cycle)", "lr_min=\(real(curve.to))", "cycle_limit=\(length / curve.cycle)"] + decay
            + warmup)
      ]
    default: return []
    }
  }

  private func polynomial(
    _ length: Double, _ exponent: Double, _ to: Double, _ k: Double?, _ warmup: [String]
  ) -> NamedCall {
    let bend = k.map { ["k_decay=\(real($0))"] } ?? []
    return call(
      "PolyLRScheduler",
      ["t_initial=\(Int(length))", "power=\(real(exponent))", "lr_min=\(real(to))"] + bend + warmup)
  }

  /// A plateau, then a decay: WSD, whose warm-up always stands in front.
  private func stable(_ plateau: Int, _ fall: NamedPiece, _ warmup: [String]) -> [NamedCall] {
    let (length, to, name): (Double, Double, String)
    switch fall.whole {
    case .oneMinusSqrt(let curve): (length, to, name) = (curve.length, curve.to, "1-sqrt")
    case .line(let curve): (length, to, name) = (curve.length, curve.to, "linear")
    case .cosine(let curve): (length, to, name) = (curve.length, curve.to, "cosine")
    default: return []
    }
    let total = plateau + Int(length)
    return [
      call(
        "WSDLRScheduler",
        ["t_initial=\(total)", "decay_t=\(Int(length))", "lr_min=\(real(to))", "decay_fn=\"\(name)\""]
          + warmup.dropLast())
    ]
  }

  private func multiStep(
    _ pieces: ArraySlice<NamedPiece>, _ levels: [Double], _ warmup: [String]
  ) -> [NamedCall] {
    let ratio = (levels[1] / levels[0] * 1e12).rounded() / 1e12
    let begin = pieces.first?.start ?? 0
    // timm drops one step before each milestone.
    let places = pieces.dropFirst().map { String($0.start - begin + 1) }.joined(separator: ", ")
    return [call("MultiStepLRScheduler", ["decay_t=[\(places)]", "decay_rate=\(real(ratio))"] + warmup)]
  }

  private func call(_ name: String, _ arguments: [String]) -> NamedCall {
    NamedCall(text: spread(name, ["optimizer"] + arguments + ["t_in_epochs=False"]))
  }

  private func real(_ value: Double) -> String { FormulaWriter.real(value) }
}
