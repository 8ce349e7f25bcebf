internal import DescentSpecs
public import DescentCore

/// An update rule with its settings, as one line of text: `sgd`, `sgd(momentum: 0.9, nesterov: true)`, `adamw`,
/// `lookahead(adam, k: 5)`, ….
///
/// ``description`` is the canonical text: only what differs from the defaults, in a fixed order; it reads back as the
/// same value. Coded as that text.
public struct OptimizerSpec: Sendable, Hashable, Codable, CustomStringConvertible, StabilityModel {
  /// Every optimizer that a specification can name, with its defaults; the lists stand in the folder `Registry`.
  public static let presets: [any UpdateRule] = elementWise + tensorWise + curvature + rateFree + wrappers

  /// The names a specification may begin with.
  public static var names: [String] { presets.map(\.name) }

  public let rule: any UpdateRule

  public init(_ rule: any UpdateRule) { self.rule = rule }

  /// Reads a specification.
  ///
  /// - Throws: `SpecError` for text that does not read, an unknown optimizer or argument (naming the nearest), or a
  ///   value out of range.
  public init(parsing text: String) throws {
    self.init(try Self.rule(of: SpecCall(parsing: text), in: text, at: 0))
  }

  fileprivate static func rule(
    of call: SpecCall, in text: String, at position: Int
  ) throws(SpecError) -> any UpdateRule {
    guard let preset = presets.first(where: { $0.name == call.name }) else {
      throw SpecError(
        "there is no optimizer \"\(call.name)\"; \(suggestion(for: call.name, among: names))", in: text, at: position)
    }
    return try preset.reading(call, in: text, at: position)
  }

  public var name: String { rule.name }

  /// True if the rule, or one inside it, needs to know the tensors.
  package var worksOnTensors: Bool { RuleTable(own: rule, groups: []).worksOnTensors }

  /// The rate used when none is given: 1e-3 for the Adam family, 0.05 for SGD.
  public var defaultLearningRate: Double { rule.defaultLearningRate }

  public var description: String {
    let preset = Self.presets.first { $0.name == rule.name && type(of: $0) == type(of: rule) }
    let settings = rule.settingTexts
    let defaults = preset?.settingTexts ?? []
    let changed = settings.filter { setting in !defaults.contains { $0 == setting } }
    let arguments =
      (rule.wrapped.map { [OptimizerSpec($0).description] } ?? [])
      + changed.map { "\($0.name): \($0.text)" }
    return arguments.isEmpty ? rule.name : "\(rule.name)(\(arguments.joined(separator: ", ")))"
  }

  public func stabilityThreshold(learningRate: Double) -> Double {
    rule.stabilityThreshold(learningRate: learningRate)
  }

  public static func == (a: Self, b: Self) -> Bool { a.rule.erased == b.rule.erased }

  public func hash(into hasher: inout Hasher) { hasher.combine(rule.erased) }

  public init(from decoder: any Decoder) throws {
    try self.init(parsing: decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension UpdateRule {
  fileprivate var erased: AnyHashable { AnyHashable(self) }

  fileprivate var settingTexts: [(name: String, text: String)] {
    Self.settings.map { ($0.name, $0.text(in: self)) }
  }

  /// This rule with the arguments of a specification; of a wrapper, the first may be the rule inside.
  func reading(_ call: SpecCall, in text: String, at position: Int) throws(SpecError) -> Self {
    var call = call
    var copy = self
    if wrapped != nil, let first = call.arguments.first, first.label == nil {
      call.arguments.removeFirst()
      let inner: SpecCall
      switch first.value {
      case .name(let name): inner = SpecCall(name)
      case .call(let call): inner = call
      default: throw SpecError("\(name): the first argument must be an optimizer", in: text, at: first.position)
      }
      copy.rewrap(OptimizerSpec(try OptimizerSpec.rule(of: inner, in: text, at: first.position)))
    }
    try call.allowOnly(Self.settings.map(\.name))
    for setting in Self.settings {
      guard let argument = call.arguments.first(where: { $0.label == setting.name }) else { continue }
      var problem: String?
      switch setting.place {
      case .number, .integer:
        // Infinity is for the bounds to judge.
        guard case .number(let value) = argument.value, !value.isNaN else {
          _ = try call.number(setting.name); continue
        }
        problem = setting.set(value, in: &copy)
      case .flag: problem = try call.flag(setting.name).flatMap { setting.set($0 ? 1 : 0, in: &copy) }
      case .choice(let names, _, _):
        guard case .name(let value) = argument.value else {
          throw SpecError(
            "\(name): \(setting.name) is one of \(names.joined(separator: ", "))", in: text, at: argument.position)
        }
        problem = setting.choose(value, in: &copy)
      }
      if let problem { throw SpecError("\(name): \(problem)", in: text, at: argument.position) }
    }
    if let conflict = copy.conflict { throw SpecError("\(name): \(conflict)", in: text, at: position) }
    return copy
  }
}
