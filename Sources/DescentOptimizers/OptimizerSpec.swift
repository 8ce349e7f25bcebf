internal import DescentSpecs
public import DescentCore

/// An update rule with its settings, as one line of text: `sgd`, `sgd(momentum: 0.9, nesterov: true)`, `adamw`, ….
///
/// ``description`` is the canonical text: only what differs from the defaults, in a fixed order; it reads back as the
/// same value. Coded as that text.
public struct OptimizerSpec: Sendable, Hashable, Codable, CustomStringConvertible, StabilityModel {
  /// Every optimizer that a specification can name, with its defaults.
  public static let presets: [any UpdateRule] = [SGD(), Adam(), Adam.adamW, RMSprop(), Adagrad()]

  /// The names a specification may begin with.
  public static var names: [String] { presets.map(\.name) }

  public let rule: any UpdateRule

  public init(_ rule: any UpdateRule) { self.rule = rule }

  /// Reads a specification.
  ///
  /// - Throws: `SpecError` for text that does not read, an unknown optimizer or argument (naming the nearest), or a
  ///   value out of range.
  public init(parsing text: String) throws {
    let call = try SpecCall(parsing: text)
    guard let preset = Self.presets.first(where: { $0.name == call.name }) else {
      throw SpecError(
        "there is no optimizer \"\(call.name)\"; \(suggestion(for: call.name, among: Self.names))", in: text, at: 0)
    }
    rule = try preset.reading(call, in: text)
  }

  public var name: String { rule.name }

  /// The rate used when none is given: 1e-3 for the Adam family, 0.05 for SGD.
  public var defaultLearningRate: Double { rule.defaultLearningRate }

  public var description: String {
    let preset = Self.presets.first { $0.name == rule.name && type(of: $0) == type(of: rule) }
    let settings = rule.settingTexts
    let defaults = preset?.settingTexts ?? []
    let changed = settings.filter { setting in !defaults.contains { $0 == setting } }
    guard !changed.isEmpty else { return rule.name }
    return "\(rule.name)(\(changed.map { "\($0.name): \($0.text)" }.joined(separator: ", ")))"
  }

  public func stabilityThreshold(learningRate: Double) -> Double {
    rule.stabilityThreshold(learningRate: learningRate)
  }

  public static func == (a: Self, b: Self) -> Bool { AnyHashable(a.rule) == AnyHashable(b.rule) }

  public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(rule)) }

  public init(from decoder: any Decoder) throws {
    try self.init(parsing: decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension UpdateRule {
  fileprivate var settingTexts: [(name: String, text: String)] {
    Self.settings.map { ($0.name, $0.text(in: self)) }
  }

  /// This rule with the arguments of a specification.
  fileprivate func reading(_ call: SpecCall, in text: String) throws(SpecError) -> Self {
    try call.allowOnly(Self.settings.map(\.name))
    var copy = self
    for setting in Self.settings {
      guard let argument = call.arguments.first(where: { $0.label == setting.name }) else { continue }
      let value: Double? =
        switch setting.place {
        case .number: try call.number(setting.name)
        case .flag: try call.flag(setting.name).map { $0 ? 1 : 0 }
        }
      if let value, let problem = setting.set(value, in: &copy) {
        throw SpecError("\(name): \(problem)", in: text, at: argument.position)
      }
    }
    if let conflict = copy.conflict { throw SpecError("\(name): \(conflict)", in: text, at: 0) }
    return copy
  }
}
