internal import DescentSpecs

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
    /// Above 0.
    case positive
    /// Any finite number.
    case finite
    /// 1 or more; may be infinite.
    case atLeastOne
    /// Above 0; may be infinite.
    case limit

    func contains(_ x: Double) -> Bool {
      switch self {
      case .nonNegative: x >= 0 && x.isFinite
      case .decay: x >= 0 && x < 1
      case .share: x >= 0 && x <= 1
      case .positive: x > 0 && x.isFinite
      case .finite: x.isFinite
      case .atLeastOne: x >= 1
      case .limit: x > 0
      }
    }

    var words: String {
      switch self {
      case .nonNegative: "at least 0"
      case .decay: "at least 0 and below 1"
      case .share: "from 0 to 1"
      case .positive: "above 0"
      case .finite: "a finite number"
      case .atLeastOne: "at least 1"
      case .limit: "above 0"
      }
    }
  }

  enum Place: Sendable {
    case number(Path<Double>, Bounds)
    case integer(Path<Int>, ClosedRange<Int>)
    case flag(Path<Bool>)
    case choice(names: [String], get: @Sendable (Rule) -> String, set: @Sendable (String, inout Rule) -> Void)
  }

  public let name: String
  let place: Place

  var isChoice: Bool { if case .choice = place { true } else { false } }

  public static func number(_ name: String, _ path: Path<Double>, _ bounds: Bounds) -> Self {
    Self(name: name, place: .number(path, bounds))
  }

  /// A whole number, as a step count.
  public static func integer(_ name: String, _ path: Path<Int>, _ bounds: ClosedRange<Int>) -> Self {
    Self(name: name, place: .integer(path, bounds))
  }

  /// One of a few ways, by its name.
  public static func choice<Way: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: Path<Way>
  ) -> Self {
    Self(
      name: name,
      place: .choice(
        names: Way.allCases.map(\.rawValue), get: { $0[keyPath: path].rawValue },
        set: { text, rule in if let way = Way(rawValue: text) { rule[keyPath: path] = way } }))
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
    case .integer(let path, let bounds):
      guard let whole = Int(exactly: value), bounds.contains(whole) else {
        let most = bounds.upperBound == .max ? "" : " and at most \(bounds.upperBound)"
        return "\(name) must be a whole number of at least \(bounds.lowerBound)\(most), and \(plain(value)) is not"
      }
      rule[keyPath: path] = whole
    case .flag(let path):
      rule[keyPath: path] = value != 0
    case .choice(let names, _, _):
      return "\(name) is one of \(names.joined(separator: ", ")), not a number"
    }
    return nil
  }

  /// Sets a choice by its name; returns what is wrong with it, if anything.
  func choose(_ text: String, in rule: inout Rule) -> String? {
    guard case .choice(let names, _, let set) = place else { return "\(name) must be a number" }
    guard names.contains(text) else {
      let nearest = nearestName(to: text, among: names).map { "; did you mean \"\($0)\"?" }
      return "\(name) is one of \(names.joined(separator: ", "))" + (nearest ?? ", and \"\(text)\" is not")
    }
    set(text, &rule)
    return nil
  }

  /// The value as a specification writes it.
  func text(in rule: Rule) -> String {
    switch place {
    case .number(let path, _): plain(rule[keyPath: path])
    case .integer(let path, _): "\(rule[keyPath: path])"
    case .flag(let path): "\(rule[keyPath: path])"
    case .choice(_, let get, _): get(rule)
    }
  }
}

/// The shortest text that reads back as the same number, without a needless ".0".
func plain(_ x: Double) -> String {
  let text = "\(x)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
