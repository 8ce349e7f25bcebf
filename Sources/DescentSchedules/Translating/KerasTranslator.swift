/// To `keras.optimizers.schedules`.
struct KerasTranslator {
  private let run: ResolvedSchedule

  init(_ run: ResolvedSchedule) { self.run = run }

  private static let version = "3.15.1 on JAX"

  var translation: Translation {
    let (call, near) = run.best(of: candidates, .keras)
    var code = run.heading("Keras", Self.version)
    var notes: [String] = []
    var exact = true
    if let call {
      let name = String(call.text.prefix { $0 != "(" })
      code += "from keras.optimizers.schedules import \(name)\n\nschedule = \(call.text)\n"
      if name == "PiecewiseConstantDecay" {
        notes.append("Keras keeps the old value at a boundary itself, so the boundaries are one step earlier.")
      }
    } else {
      let own = OwnFunction(single: run)
      exact = own.isExact
      notes += own.notes
      code += own.imports(.ops).joined(separator: "\n") + "\n\nimport keras\nfrom keras import ops\n\n\n"
      code += own.code(.ops, named: "rate", steps: run.steps) + "\n\n\n"
      code += own.form == .table ? table : formulas
    }
    code += "# optimizer = keras.optimizers.AdamW(learning_rate=schedule): Keras counts the updates itself, from 0.\n"
    notes.append("Keras computes the rates in 32-bit floats.")
    notes += run.longRunNotes
    if let near { notes.append(near) }
    return Translation(code: code, exact: exact, notes: notes, call: call?.text, base: nil)
  }

  private var formulas: String {
    """
    @keras.saving.register_keras_serializable(package="descent")
    class Schedule(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return rate(ops.cast(step, "int32"))

        def get_config(self):
            return {}


    schedule = Schedule()

    """
  }

  private var table: String {
    """
    @keras.saving.register_keras_serializable(package="descent")
    class Schedule(keras.optimizers.schedules.LearningRateSchedule):
        def __init__(self):
            super().__init__()
            self.rates = ops.convert_to_tensor([rate(t) for t in range(\(run.steps + 1))], dtype="float32")

        def __call__(self, step):
            return ops.take(self.rates, ops.clip(ops.cast(step, "int32"), 0, \(run.steps)))

        def get_config(self):
            return {}


    schedule = Schedule()

    """
  }

  // MARK: Keras' own

  private var candidates: [NamedCall] {
    guard let pieces = run.namedPieces, let first = pieces.first else { return [] }
    let levels = pieces.compactMap(\.level)
    if levels.count == pieces.count, levels.count > 1 {
      let boundaries = pieces.dropFirst().map { String($0.start - 1) }.joined(separator: ", ")
      return [
        NamedCall(
          text: spread(
            "PiecewiseConstantDecay",
            ["boundaries=[\(boundaries)]", "values=[\(levels.map(real).joined(separator: ", "))]"]))
      ]
    }
    // Everything else holds its end by itself.
    let rest = pieces.count > 1 && pieces[pieces.count - 1].level != nil ? Array(pieces.dropLast()) : pieces
    if rest.count == 2, let (from, peak, warmup) = first.line, case .cosine(let curve)? = rest[1].whole,
      curve.from == peak, peak > 0
    {
      let warming = ["warmup_target=\(real(peak))", "warmup_steps=\(warmup)"]
      return [cosine(from, curve, floor: curve.to / peak, warming)]
    }
    guard rest.count == 1 else { return [] }
    if let (from, to, length) = first.line, length > 0 { return [polynomial(from, to, length, 1)] }
    switch first.whole {
    case .cosine(let curve) where curve.from > 0: return [cosine(curve.from, curve, floor: curve.to / curve.from, [])]
    // A root of what is left of the way is more than 32-bit floats leave Keras' own near the end.
    case .polynomial(let curve) where curve.exponent >= 1:
      return [polynomial(curve.from, curve.to, Int(curve.length), curve.exponent)]
    case .exponential(let curve):
      guard let every = Int(exactly: curve.every) else { return [] }
      let times = every == 1 && curve.factor > 0.5 && curve.factor < 1 ? Self.times(curve.factor) : 1
      return [exponential(curve.from, every * times, power(curve.factor, Double(times)), isStaircase: false)]
    case .staircase(let curve): return [exponential(curve.from, curve.every, curve.factor, isStaircase: true)]
    case .inverseTime(let curve):
      return [
        NamedCall(
          text: spread(
            "InverseTimeDecay",
            ["initial_learning_rate=\(real(curve.from))", "decay_steps=1", "decay_rate=\(real(curve.rate))"]))
      ]
    case .cosineCycles(let curve) where curve.from > 0:
      let decay = curve.decay == 1 ? [] : ["m_mul=\(real(curve.decay))"]
      let floor = curve.to == 0 ? [] : ["alpha=\(real(curve.to / curve.from))"]
      return [
        NamedCall(
          text: spread(
            "CosineDecayRestarts",
            ["initial_learning_rate=\(real(curve.from))", "first_decay_steps=\(curve.cycle)", "t_mul=1.0"] + decay
              + floor))
      ]
    default: return []
    }
  }

  /// So many steps that the factor for them is far enough from 1 for 32-bit floats.
  private static func times(_ factor: Double) -> Int { Int(min((0.7 / -logarithm(factor)).rounded(.up), 1e6)) }

  private func cosine(_ first: Double, _ curve: Cosine, floor: Double, _ warmup: [String]) -> NamedCall {
    NamedCall(
      text: spread(
        "CosineDecay",
        ["initial_learning_rate=\(real(first))", "decay_steps=\(Int(curve.length))", "alpha=\(real(floor))"] + warmup))
  }

  private func polynomial(_ from: Double, _ to: Double, _ length: Int, _ exponent: Double) -> NamedCall {
    NamedCall(
      text: spread(
        "PolynomialDecay",
        [
          "initial_learning_rate=\(real(from))", "decay_steps=\(length)", "end_learning_rate=\(real(to))",
          "power=\(real(exponent))",
        ]))
  }

  private func exponential(_ from: Double, _ every: Int, _ factor: Double, isStaircase: Bool) -> NamedCall {
    NamedCall(
      text: spread(
        "ExponentialDecay",
        ["initial_learning_rate=\(real(from))", "decay_steps=\(every)", "decay_rate=\(real(factor))"]
          + (isStaircase ? ["staircase=True"] : [])))
  }

  private func real(_ value: Double) -> String { FormulaWriter.real(value) }
}
