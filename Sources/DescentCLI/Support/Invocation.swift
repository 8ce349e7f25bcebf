import ArgumentParser

/// One call of the command: arguments in, output and an exit status out.
struct Invocation {
  private var arguments: [String]
  private var config: ConfigFile?
  // Keys of the options that stand on the command line itself.
  private var given: Set<String> = []

  init(_ arguments: [String]) { self.arguments = arguments }

  /// Runs it; everything that goes wrong ends here as one sentence, or one JSON object.
  mutating func run() -> ExitStatus {
    do {
      try checkRepeats()
      try mergeConfig()
      switch try parsed() {
      case .command(let command): return try command.execute(arguments)
      case .text(let help):
        try show(help)
        return .fine
      }
    } catch {
      let failure = Failure(error)
      return report(config?.located(failure, given: given) ?? failure)
    }
  }

  private enum Parsed {
    case command(any DescentCommand)
    /// Help, the version or a completion script.
    case text(String)
  }

  private func parsed() throws(Failure) -> Parsed {
    do {
      var command = try Descent.parseAsRoot(arguments)
      if let command = command as? any DescentCommand { return .command(command) }
      if arguments == ["--json"] {
        throw Failure("missing-command", "descent needs a command", hint: "see descent --help")
      }
      // Help is a command too; it speaks by throwing.
      try command.run()
      return .text("")
    } catch {
      guard Descent.exitCode(for: error) == .success else {
        throw ArgumentMistake.explained(error, in: arguments)
      }
      if asksForHelp, let longer = withOnlySubcommand { return try longer.parsed() }
      return .text(Descent.fullMessage(for: error))
    }
  }

  /// Refuses an option given twice, of whose values the parser would quietly keep the last.
  private func checkRepeats() throws(Failure) {
    let names = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { $0.prefix { $0 != "=" } }
    guard Set(names).count < names.count, let catalog = OptionCatalog.read(),
      let problem = ArgumentWalk(arguments, in: catalog).problem, problem.code == ArgumentWalk.repeatedOption
    else { return }
    throw problem
  }

  /// Puts the options of the file named by `--config` in, just after the command's name.
  private mutating func mergeConfig() throws(Failure) {
    guard arguments.contains(where: { $0 == "--config" || $0.hasPrefix("--config=") }),
      let catalog = OptionCatalog.read()
    else { return }
    let walk = ArgumentWalk(arguments, in: catalog)
    guard let path = walk.config else { return }
    let file = try ConfigFile(path: path)
    arguments.insert(contentsOf: try file.arguments(for: walk), at: walk.start)
    config = file
    given = walk.given
  }

  private var asksForHelp: Bool { arguments.contains { ["-h", "--help"].contains($0) } }

  /// These arguments with the only subcommand named that the command has: its help is what a person needs.
  private var withOnlySubcommand: Invocation? {
    guard let catalog = OptionCatalog.read() else { return nil }
    let walk = ArgumentWalk(arguments, in: catalog)
    guard let name = walk.command.defaultSubcommand, walk.command.subcommands?.count == 1 else { return nil }
    var longer = self
    longer.arguments.insert(name, at: walk.start)
    return longer
  }

  private var asksForJSON: Bool { arguments.prefix { $0 != "--" }.contains("--json") }

  private func show(_ text: String) throws(Failure) {
    let prefix = "OVERVIEW: "
    let text = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    let key = arguments.contains("--version") ? "version" : "help"
    try Console.result((asksForJSON ? JSON.object([(key, .string(text))]).text : text) + "\n")
  }

  private func report(_ failure: Failure) -> ExitStatus {
    if asksForJSON {
      try? Console.result(failure.json.text + "\n")
    } else {
      Console.notice("error: \(failure.sentence)\n")
    }
    return failure.status
  }
}
