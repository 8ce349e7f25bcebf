internal import DescentCore

extension UpdateRule {
  /// A number or flag (0 or 1) by its name in specifications; nil if the rule has none of that name.
  func value(of name: String) -> Double? {
    guard let setting = Self.settings.first(where: { $0.name == name }) else { return nil }
    return switch setting.place {
    case .number(let path, _): self[keyPath: path]
    case .integer(let path, _): Double(self[keyPath: path])
    case .flag(let path): self[keyPath: path] ? 1 : 0
    case .choice: nil
    }
  }
}

extension OptimizerSpec {
  /// A setting of the rule by its name, or `fallback` where it has none.
  func value(_ name: String, or fallback: Double = 0) -> Double { rule.value(of: name) ?? fallback }

  /// The rule with those of the settings that it has; itself if they do not fit together.
  func with(_ settings: [Hyperparameter: Double]) -> OptimizerSpec {
    func changed(_ rule: some UpdateRule) -> any UpdateRule {
      let known = settings.filter { rule.value(of: $0.key.rawValue) != nil }
      return (try? rule.applying(known)) ?? rule
    }
    return OptimizerSpec(changed(rule))
  }
}
