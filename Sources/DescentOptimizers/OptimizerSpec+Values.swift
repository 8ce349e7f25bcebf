extension OptimizerSpec {
  /// The value of every setting that is a number by its name; a flag is 1 or 0. Of a wrapper, its own and those of what it
  /// wraps.
  public var settingValues: [String: Double] { rule.settingValues }
}

extension UpdateRule {
  fileprivate var settingValues: [String: Double] {
    var values = wrapped?.settingValues ?? [:]
    for setting in Self.settings where setting.isNumeric {
      let text = setting.text(in: self)
      values[setting.name] = text == "true" ? 1 : text == "false" ? 0 : Double(text)
    }
    return values
  }
}
