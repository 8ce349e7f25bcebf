internal import DescentSpecs

/// Any of the controllers, as one line of text: `plateau(patience: 5)`, `greedy`, `backoff(factor: 0.5)`,
/// `hypergradient(beta: 1e-4)`, `polyak(target: 0, max: 1)`.
///
/// ``description`` holds the settings that differ from the usual ones and reads back as a controller that has seen
/// nothing. Coded with its state, under its name: `{"plateau": {…}}`.
public enum Controller: Sendable, Hashable {
  case plateau(ReduceOnPlateau)
  case greedy(Greedy)
  case backoff(DivergenceBackoff)
  case hypergradient(Hypergradient)
  case polyak(Polyak)

  /// What a text may begin with.
  public static let names = [
    ReduceOnPlateau.name, Greedy.name, DivergenceBackoff.name, Hypergradient.name, Polyak.name,
  ]

  private init?(name: String) {
    switch name {
    case ReduceOnPlateau.name: self = .plateau(ReduceOnPlateau())
    case Greedy.name: self = .greedy(Greedy())
    case DivergenceBackoff.name: self = .backoff(DivergenceBackoff())
    case Hypergradient.name: self = .hypergradient(Hypergradient())
    case Polyak.name: self = .polyak(Polyak())
    default: return nil
    }
  }

  /// Reads a text.
  ///
  /// - Throws: ``ScheduleError`` with the place: text that does not read, an unknown controller or setting (naming the
  ///   nearest), or a value out of range.
  public init(parsing text: String) throws(ScheduleError) {
    do throws(SpecError) {
      let call = try SpecCall(parsing: text)
      guard var controller = Controller(name: call.name) else {
        throw SpecError(
          "there is no controller \"\(call.name)\"; \(suggestion(for: call.name, among: Self.names))", in: text, at: 0)
      }
      try controller.read(call)
      self = controller
    } catch {
      throw ScheduleError(error.message, in: error.text, at: error.position)
    }
  }

  private mutating func read(_ call: SpecCall) throws(SpecError) {
    switch self {
    case .plateau(let own): self = .plateau(try own.reading(call))
    case .greedy(let own): self = .greedy(try own.reading(call))
    case .backoff(let own): self = .backoff(try own.reading(call))
    case .hypergradient(let own): self = .hypergradient(try own.reading(call))
    case .polyak(let own): self = .polyak(try own.reading(call))
    }
  }

  private var content: any RateController {
    switch self {
    case .plateau(let own): own
    case .greedy(let own): own
    case .backoff(let own): own
    case .hypergradient(let own): own
    case .polyak(let own): own
    }
  }

  /// The factor on the schedule's rate now.
  public var multiplier: Double { content.multiplier }

  /// Which updates an observation acts on, and what it must hold.
  public var needs: ControllerNeeds { content.needs }

  /// What is wrong with the settings, as one sentence; nil: nothing.
  public var problem: String? { content.problem.map { "\(name): \($0)." } }

  /// What its text begins with.
  public var name: String { type(of: content).name }

  /// Takes what is known of a step; returns what there is to tell of the multiplier, if anything.
  public mutating func observe(_ observation: Observation) -> RateChange? {
    switch self {
    case .plateau(var own):
      defer { self = .plateau(own) }
      return own.observe(observation)
    case .greedy(var own):
      defer { self = .greedy(own) }
      return own.observe(observation)
    case .backoff(var own):
      defer { self = .backoff(own) }
      return own.observe(observation)
    case .hypergradient(var own):
      defer { self = .hypergradient(own) }
      return own.observe(observation)
    case .polyak(var own):
      defer { self = .polyak(own) }
      return own.observe(observation)
    }
  }

  /// The same controller watching `figure`, unless its settings say what it watches.
  public func watching(_ figure: WatchedFigure) -> Controller {
    switch self {
    case .plateau(var own):
      own.improvement.watch = own.improvement.watch ?? figure
      return .plateau(own)
    case .greedy(var own):
      own.improvement.watch = own.improvement.watch ?? figure
      return .greedy(own)
    case .backoff, .hypergradient, .polyak: return self
    }
  }

  /// The figure its settings say it watches; nil: either will do, or it watches no figure of choice.
  public var watched: WatchedFigure? {
    switch self {
    case .plateau(let own): own.improvement.watch
    case .greedy(let own): own.improvement.watch
    case .backoff, .hypergradient, .polyak: nil
    }
  }

  /// Which way what it watches is better; nil: it watches no figure of choice.
  public var mode: MetricMode? {
    switch self {
    case .plateau(let own): own.improvement.mode
    case .greedy(let own): own.improvement.mode
    case .backoff, .hypergradient, .polyak: nil
    }
  }

  /// The schedule's peak that suits it where none is given: 1 for Polyak, whose multiplier is the step itself.
  public var usualPeak: Double? { if case .polyak = self { 1 } else { nil } }
}

extension RateController {
  /// This controller with the arguments of a text.
  fileprivate func reading(_ call: SpecCall) throws(SpecError) -> Self {
    try call.allowOnly(Self.settings.map(\.name))
    var copy = self
    for setting in Self.settings {
      try setting.set(from: call, in: &copy)
      if let problem = setting.problem(copy) { throw call.error(problem, at: setting.name) }
    }
    if let problem = copy.problem { throw call.error(problem, at: "") }
    return copy
  }
}

extension Controller: CustomStringConvertible {
  public var description: String {
    switch self {
    case .plateau(let own): own.description
    case .greedy(let own): own.description
    case .backoff(let own): own.description
    case .hypergradient(let own): own.description
    case .polyak(let own): own.description
    }
  }
}

extension Controller: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case plateau, greedy, backoff, hypergradient, polyak }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .plateau(let own): try container.encode(own, forKey: .plateau)
    case .greedy(let own): try container.encode(own, forKey: .greedy)
    case .backoff(let own): try container.encode(own, forKey: .backoff)
    case .hypergradient(let own): try container.encode(own, forKey: .hypergradient)
    case .polyak(let own): try container.encode(own, forKey: .polyak)
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let key = container.allKeys.first
    switch key {
    case .plateau: self = .plateau(try container.decode(ReduceOnPlateau.self, forKey: .plateau))
    case .greedy: self = .greedy(try container.decode(Greedy.self, forKey: .greedy))
    case .backoff: self = .backoff(try container.decode(DivergenceBackoff.self, forKey: .backoff))
    case .hypergradient: self = .hypergradient(try container.decode(Hypergradient.self, forKey: .hypergradient))
    case .polyak: self = .polyak(try container.decode(Polyak.self, forKey: .polyak))
    case nil:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath,
          debugDescription: "There is no controller here; it stands under one of \(Self.names.joined(separator: ", "))."
        ))
    }
    if let problem {
      throw DecodingError.dataCorrupted(.init(codingPath: container.codingPath, debugDescription: problem))
    }
  }
}
