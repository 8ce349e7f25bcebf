extension Schedule {
  /// This schedule times other multipliers, each laid over the whole run: `cosine.times(.warmup(.percent(5)), .hold())`.
  public func times(_ pieces: Piece...) -> Schedule { times(.pieces(pieces)) }

  /// The same with any form.
  public func times(_ factor: Form) -> Schedule {
    let own: [Form] = if case .product(let factors) = form { factors } else { [form] }
    let more: [Form] = if case .product(let factors) = factor { factors } else { [factor] }
    return changed(Schedule(peak: peak, form: .product(own + more)))
  }

  /// Everything given in steps, epochs or tokens lasts `factor` times as long; shares of the run stay as they are.
  public func stretched(by factor: Double) -> Schedule { modified { $0.stretch *= factor } }

  /// The run begins `length` into the schedule.
  public func offset(by length: Length) -> Schedule { modified { $0.offset = length } }

  /// The first rate is held for `length` before the schedule begins.
  public func delayed(by length: Length) -> Schedule { modified { $0.delay = length } }

  /// What follows the last piece.
  public func after(_ after: AfterEnd) -> Schedule { modified { $0.after = after } }

  /// No rate below `level`, whatever else is done.
  public func floored(at level: Level) -> Schedule { modified { $0.floor = level } }

  /// No rate above `level`, whatever else is done.
  public func capped(at level: Level) -> Schedule { modified { $0.ceiling = level } }

  /// Seeded noise on every rate.
  public func jittered(_ jitter: Jitter) -> Schedule { modified { $0.jitter = jitter } }

  /// All pieces of a sequence read by one convention, as far as they have a say in it.
  public func edges(_ edge: Edge) -> Schedule {
    guard case .pieces(let pieces) = form else { return self }
    return changed(
      Schedule(peak: peak, form: .pieces(pieces.map { $0.shape.edges.contains(edge) ? $0.edge(edge) : $0 })))
  }

  /// Warm-up, a plateau and a cool-down (Hu et al. 2024, arXiv:2404.06395): WSD, the trapezoid.
  public static func warmupStableDecay(
    peak: Double? = nil, warmup: Length, decay: Length, shape: Shape = .oneMinusSqrt, to floor: Level = .zero
  ) -> Schedule {
    Schedule(peak: peak, .warmup(warmup), .hold(), Piece(shape, decay, to: floor))
  }

  /// fairseq's tri-stage: warm-up, a plateau, an exponential fall to `final`, all of the run.
  public static func triStage(
    peak: Double? = nil, warmup: Length, from initial: Level = .percent(1), hold: Length, to final: Level = .percent(1)
  ) -> Schedule {
    Schedule(peak: peak, .warmup(warmup, from: initial), .hold(hold), .geometric(to: final))
  }

  private func modified(_ change: (inout Modifiers) -> Void) -> Schedule {
    var other = self
    change(&other.modifiers)
    return other
  }

  private func changed(_ other: Schedule) -> Schedule {
    var other = other
    other.modifiers = modifiers
    other.readingNotes = readingNotes
    return other
  }

  /// Sixteen hexadecimal digits that stamp a run: FNV-1a (64 bits) of the canonical text, the same on every machine.
  public var digest: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
