import DescentSpecs

/// A walk over the arguments by the catalog: which command they name, what they give, and the first mistake.
struct ArgumentWalk {
  typealias Command = OptionCatalog.Command

  /// The commands named, from the root.
  private(set) var path: [Command]
  /// Where the arguments of the last command begin.
  private(set) var start = 0
  /// Keys of the options and flags given.
  private(set) var given: Set<String> = []
  /// Value of `--config`, if given.
  private(set) var config: String?
  /// The first thing that does not fit.
  private(set) var problem: Failure?

  /// The code of the problem that an option is given twice.
  static let repeatedOption = "repeated-option"

  private var positionals = 0

  init(_ arguments: [String], in catalog: OptionCatalog) {
    path = [catalog.command]
    var index = 0
    while index < arguments.count, problem == nil {
      let text = arguments[index]
      index += 1
      if text == "--" { break }
      if text.hasPrefix("-"), text.count > 1, Double(text) == nil {
        let (name, value) = Self.split(text)
        take(option: name, value: value, arguments: arguments, index: &index)
      } else {
        take(word: text)
        if positionals == 0 { start = index }
      }
    }
    if problem == nil, !given.contains("help"), !given.contains("version") { problem = missing() }
  }

  var command: Command { path[path.count - 1] }
  /// The command as typed: `descent runs list`.
  var commandName: String { path.map(\.commandName).joined(separator: " ") }
  var help: String { "see \(commandName) --help" }

  /// The options of the commands on the path and of those a bare path would run; the last command's own first.
  var options: [OptionCatalog.Argument] {
    let fallback = command.defaultSubcommand.flatMap { command.subcommand($0) }
    var seen: Set<String> = []
    return ((fallback?.options ?? []) + path.reversed().flatMap(\.options))
      .filter { option in option.key.map { seen.insert($0).inserted } ?? true }
  }

  private static func split(_ text: String) -> (String, String?) {
    guard let equals = text.firstIndex(of: "=") else { return (text, nil) }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  private mutating func take(option name: String, value: String?, arguments: [String], index: inout Int) {
    guard let option = options.first(where: { $0.isSpelled(name) }) else {
      if let digit = name.dropFirst().first, digit.isNumber || digit == "." {
        problem = Failure("bad-value", "\"\(name)\" begins with a minus, and no argument here does", hint: help)
        return
      }
      let known = options.compactMap(\.key)
      let nearest = nearestName(to: name.trimming("-"), among: known).map { "did you mean --\($0)?" }
      problem = Failure("unknown-option", "\(commandName) has no option \(name)", hint: nearest ?? help)
      return
    }
    let isFirst = given.insert(option.key ?? name).inserted
    guard isFirst || option.isRepeating || option.kind == .flag else {
      problem = Failure(Self.repeatedOption, "\(name) is given twice", hint: "leave one out")
      return
    }
    switch option.kind {
    case .flag:
      if let value { problem = Failure("bad-value", "\(name) takes no value, and \"\(value)\" is one") }
    default:
      guard let value = value ?? (index < arguments.count ? arguments[index] : nil), !value.isEmpty else {
        problem = Failure(
          "missing-value", "\(name) needs a value", hint: "write \(name) <\(option.valueName ?? "value")>")
        return
      }
      if !arguments[index - 1].contains("=") { index += 1 }
      if option.key == "config" { config = value }
    }
  }

  private mutating func take(word: String) {
    if positionals == 0, let next = command.subcommand(word) {
      path.append(next)
      return
    }
    let (menu, menuName) = (command, commandName)
    if positionals == 0, let name = command.defaultSubcommand, let fallback = command.subcommand(name) {
      path.append(fallback)
    }
    positionals += 1
    let accepted = command.positionals
    guard positionals > accepted.count, accepted.last?.isRepeating != true else { return }
    if let subcommands = menu.subcommands, accepted.isEmpty {
      problem = Failure(
        "unknown-command", "\(menuName) has no command \"\(word)\"",
        hint: flattened(suggestion(for: word, among: subcommands.map(\.commandName).filter { $0 != "help" })))
    } else {
      problem = Failure("unexpected-argument", "\(commandName) has no use for the argument \"\(word)\"", hint: help)
    }
  }

  private func missing() -> Failure? {
    let fallback = command.defaultSubcommand.flatMap { command.subcommand($0) } ?? command
    if let subcommands = fallback.subcommands, fallback.positionals.isEmpty {
      let names = subcommands.map(\.commandName).filter { $0 != "help" }.joined(separator: ", ")
      return Failure("missing-command", "\(commandName) needs a command", hint: "there are: \(names)")
    }
    if let argument = fallback.positionals.dropFirst(positionals).first(where: { !$0.isOptional }) {
      return Failure(
        "missing-argument", "\(commandName) needs <\(argument.valueName ?? "argument")>", hint: help)
    }
    let option = fallback.options.first { $0.kind == .option && !$0.isOptional && !given.contains($0.key ?? "") }
    return option?.key.map { Failure("missing-option", "\(commandName) needs --\($0)", hint: help) }
  }
}
