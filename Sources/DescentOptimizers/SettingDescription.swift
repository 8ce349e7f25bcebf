internal import DescentSpecs

/// A setting of an update rule, as told to a person.
public struct SettingDescription: Sendable, Hashable {
  public var name: String
  /// Its value, as a specification writes it.
  public var value: String
  /// Which values it may have, in words: `at least 0 and below 1`.
  public var range: String
  /// True for `true` and `false`.
  public var isFlag: Bool
}

extension OptimizerSpec {
  /// The rule's settings with their values here; a wrapper's own, not those of the rule inside.
  public var settings: [SettingDescription] { rule.settingDescriptions }

  /// The specification with some settings changed.
  ///
  /// - Parameter settings: values by name, as they stand in a specification: `("beta2", "0.95")`.
  /// - Throws: `SpecError` for an unknown setting (naming the nearest) or a value out of range.
  public func setting(_ settings: [(name: String, value: String)]) throws -> OptimizerSpec {
    if settings.isEmpty { return self }
    let text = "\(name)(\(settings.map { "\($0.name): \($0.value)" }.joined(separator: ", ")))"
    return OptimizerSpec(try rule.changed(by: SpecCall(parsing: text), in: text))
  }
}

extension UpdateRule {
  fileprivate var settingDescriptions: [SettingDescription] {
    Self.settings.map {
      SettingDescription(name: $0.name, value: $0.text(in: self), range: $0.range, isFlag: $0.isFlag)
    }
  }

  fileprivate func changed(by call: SpecCall, in text: String) throws(SpecError) -> any UpdateRule {
    try reading(call, in: text, at: 0)
  }
}

extension Setting {
  fileprivate var isFlag: Bool {
    if case .flag = place { true } else { false }
  }

  fileprivate var range: String {
    switch place {
    case .number(_, let bounds): bounds.words
    case .integer(_, let bounds) where bounds.upperBound == .max: "a whole number of at least \(bounds.lowerBound)"
    case .integer(_, let bounds): "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
    case .flag: "true or false"
    case .choice(let names, _, _): names.joined(separator: ", ")
    }
  }
}
