import DescentSpecs

/// What stands after a topic's name: words, and settings as `--beta2 0.95`, `--beta2=0.95` or `--amsgrad`.
struct TopicArguments: Sendable {
  private(set) var words: [String] = []
  /// The value is nil where none follows.
  private(set) var settings: [(name: String, value: String?)] = []
  /// Names of settings that the topic would take, as typed.
  private var known: [String] = []

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let first = rest.popFirst() {
      guard first.hasPrefix("--"), first.count > 2 else {
        words.append(first)
        continue
      }
      let name = first.dropFirst(2)
      if let equals = name.firstIndex(of: "=") {
        settings.append((String(name[..<equals]), String(name[name.index(after: equals)...])))
      } else if let next = rest.first, !next.hasPrefix("--") {
        settings.append((String(name), next))
        rest.removeFirst()
      } else {
        settings.append((String(name), nil))
      }
    }
  }

  /// The next word, which the topic has a use for.
  mutating func takeWord() -> String? { words.isEmpty ? nil : words.removeFirst() }

  /// The value of a setting, by its name as typed or as in a specification: `bias-correction`, `biasCorrection`. A flag
  /// without a value is on.
  mutating func take(_ name: String, isFlag: Bool = false) throws(Failure) -> String? {
    let typed = Self.typed(name)
    known.append(typed)
    guard let place = settings.firstIndex(where: { Self.typed($0.name) == typed }) else { return nil }
    let given = settings.remove(at: place).value
    if settings.contains(where: { Self.typed($0.name) == typed }) {
      throw Failure("repeated-option", "--\(typed) is given twice", hint: "leave one out")
    }
    guard let value = given ?? (isFlag ? "true" : nil) else {
      throw Failure("missing-value", "--\(typed) needs a value", hint: "write --\(typed) <value>")
    }
    return value
  }

  /// The value of a setting, read.
  mutating func take<Read>(_ name: String, _ read: (String) throws -> Read) throws -> Read? {
    guard let text = try take(name) else { return nil }
    do { return try read(text) } catch let problem as ValueProblem {
      let parts = problem.description.split(separator: "; ", maxSplits: 1).map(String.init)
      throw Failure("bad-value", "--\(name) \(text) \(parts[0])", hint: parts.count > 1 ? parts[1] : nil)
    }
  }

  /// Refuses what nobody had a use for.
  func checkEmpty(of topic: String) throws(Failure) {
    if let (name, _) = settings.first {
      let hint =
        nearestName(to: name, among: known).map { "did you mean --\($0)?" }
        ?? (known.isEmpty ? "it takes none" : "it takes \(known.map { "--\($0)" }.joined(separator: ", "))")
      throw Failure("unknown-option", "explain \(topic) has no setting --\(name)", hint: hint)
    }
    if let word = words.first {
      throw Failure("unexpected-argument", "explain \(topic) has no use for the argument \"\(word)\"")
    }
  }

  /// `bias-correction` of `biasCorrection`.
  static func typed(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      if letter.isUppercase { text += "-" }
      text += letter.lowercased()
    }
  }
}
