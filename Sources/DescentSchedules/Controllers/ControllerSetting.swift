internal import DescentSpecs

/// One setting of a controller: its name in the text form, where it is kept, and which values make sense.
public struct ControllerSetting<Owner>: Sendable {
  typealias Path<Value> = any WritableKeyPath<Owner, Value> & Sendable

  enum Bounds: Sendable {
    /// 0 or more.
    case nonNegative
    /// Above 0.
    case positive
    /// Above 0 and below 1.
    case share
    /// Above 1.
    case growth
    /// Any number.
    case any

    func contains(_ x: Double) -> Bool {
      switch self {
      case .nonNegative: x >= 0 && x.isFinite
      case .positive: x > 0 && x.isFinite
      case .share: x > 0 && x < 1
      case .growth: x > 1 && x.isFinite
      case .any: x.isFinite
      }
    }

    var words: String {
      switch self {
      case .nonNegative: "at least 0"
      case .positive: "above 0"
      case .share: "above 0 and below 1"
      case .growth: "above 1"
      case .any: "a finite number"
      }
    }
  }

  public let name: String
  /// The value as text; nil where none is set.
  let text: @Sendable (Owner) -> String?
  /// What is wrong with the value that is set; nil: nothing.
  let problem: @Sendable (Owner) -> String?
  private let read: @Sendable (SpecCall, inout Owner) throws(SpecError) -> Void

  func set(from call: SpecCall, in owner: inout Owner) throws(SpecError) { try read(call, &owner) }

  func text(in owner: Owner) -> String? { text(owner) }

  static func number(_ name: String, _ path: Path<Double>, _ bounds: Bounds) -> Self {
    Self(
      name: name, text: { DescentSchedules.number($0[keyPath: path]) },
      problem: { Self.problem(name, $0[keyPath: path], bounds) },
      read: { call, owner throws(SpecError) in
        if let value = try call.number(name) { owner[keyPath: path] = value }
      })
  }

  /// A number that may be left out.
  static func optional(_ name: String, _ path: Path<Double?>, _ bounds: Bounds) -> Self {
    Self(
      name: name, text: { $0[keyPath: path].map(DescentSchedules.number) },
      problem: { owner in owner[keyPath: path].flatMap { Self.problem(name, $0, bounds) } },
      read: { call, owner throws(SpecError) in
        if let value = try call.number(name) { owner[keyPath: path] = value }
      })
  }

  /// A whole number of `least` or more.
  static func count(_ name: String, _ path: Path<Int>, from least: Int) -> Self {
    Self(
      name: name, text: { String($0[keyPath: path]) },
      problem: { owner in
        owner[keyPath: path] < least ? "\(name) must be at least \(least), and \(owner[keyPath: path]) is not" : nil
      },
      read: { call, owner throws(SpecError) in
        guard let value = try call.number(name) else { return }
        guard let whole = Int(exactly: value) else {
          throw call.error("\(name) must be a whole number, and \(DescentSchedules.number(value)) is not", at: name)
        }
        owner[keyPath: path] = whole
      })
  }

  /// One of the cases of an enumeration.
  static func choice<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ name: String, _ path: Path<Choice>
  ) -> Self {
    Self(
      name: name, text: { $0[keyPath: path].rawValue }, problem: { _ in nil },
      read: { call, owner throws(SpecError) in
        if let value: Choice = try call.choice(name) { owner[keyPath: path] = value }
      })
  }

  /// One of the cases of an enumeration, or none.
  static func choice<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ name: String, _ path: Path<Choice?>
  ) -> Self {
    Self(
      name: name, text: { $0[keyPath: path]?.rawValue }, problem: { _ in nil },
      read: { call, owner throws(SpecError) in
        if let value: Choice = try call.choice(name) { owner[keyPath: path] = value }
      })
  }

  private static func problem(_ name: String, _ value: Double, _ bounds: Bounds) -> String? {
    bounds.contains(value) ? nil : "\(name) must be \(bounds.words), and \(DescentSchedules.number(value)) is not"
  }
}

extension SpecCall {
  /// The name under `label` as a case of an enumeration; nil if it is not given.
  fileprivate func choice<Choice: CaseIterable & RawRepresentable<String>>(_ label: String) throws(SpecError) -> Choice?
  {
    guard let argument = arguments.first(where: { $0.label == label }) else { return nil }
    let names = Choice.allCases.map(\.rawValue)
    guard case .name(let word) = argument.value else {
      throw error("\(label) is one of \(names.joined(separator: ", "))", at: label)
    }
    guard let choice = Choice(rawValue: word) else {
      throw error("\(label) cannot be \"\(word)\"; \(suggestion(for: word, among: names))", at: label)
    }
    return choice
  }
}
