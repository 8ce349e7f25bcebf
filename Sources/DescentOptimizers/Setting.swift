/// One hyper-parameter of a rule: its name, where it is kept, and which values make sense.
public struct Setting<Rule>: Sendable {
  public typealias Path<Value> = any WritableKeyPath<Rule, Value> & Sendable

  /// Values a number may have.
  public enum Bounds: Sendable, Hashable {
    /// 0 or more.
    case nonNegative
    /// 0 ≤ x < 1: the share of the past in a moving average.
    case decay
    /// 0 ≤ x ≤ 1.
    case share

    func contains(_ x: Double) -> Bool {
      switch self {
      case .nonNegative: x >= 0 && x.isFinite
      case .decay: x >= 0 && x < 1
      case .share: x >= 0 && x <= 1
      }
    }

    var words: String {
      switch self {
      case .nonNegative: "at least 0"
      case .decay: "at least 0 and below 1"
      case .share: "from 0 to 1"
      }
    }
  }

  enum Place: Sendable {
    case number(Path<Double>, Bounds)
    case flag(Path<Bool>)
  }

  public let name: String
  let place: Place

  public static func number(_ name: String, _ path: Path<Double>, _ bounds: Bounds) -> Self {
    Self(name: name, place: .number(path, bounds))
  }

  public static func flag(_ name: String, _ path: Path<Bool>) -> Self {
    Self(name: name, place: .flag(path))
  }

  /// Sets a value (a flag is on for anything but 0); returns what is wrong with it, if anything.
  func set(_ value: Double, in rule: inout Rule) -> String? {
    switch place {
    case .number(let path, let bounds):
      guard bounds.contains(value) else { return "\(name) must be \(bounds.words), and \(plain(value)) is not" }
      rule[keyPath: path] = value
    case .flag(let path):
      rule[keyPath: path] = value != 0
    }
    return nil
  }

  /// The value as a specification writes it.
  func text(in rule: Rule) -> String {
    switch place {
    case .number(let path, _): plain(rule[keyPath: path])
    case .flag(let path): "\(rule[keyPath: path])"
    }
  }
}

/// The shortest text that reads back as the same number, without a needless ".0".
func plain(_ x: Double) -> String {
  let text = "\(x)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
