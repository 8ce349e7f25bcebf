extension OptimizerSpec {
  /// The value of every setting by its frozen name; a flag is 1 or 0.
  public var settingValues: [String: Double] { rule.settingValues }
}

extension UpdateRule {
  fileprivate var settingValues: [String: Double] {
    var values: [String: Double] = [:]
    for setting in Self.settings {
      let text = setting.text(in: self)
      values[setting.name] = text == "true" ? 1 : text == "false" ? 0 : Double(text)
    }
    return values
  }
}
