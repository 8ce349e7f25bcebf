import ArgumentParser

/// Tells what is wrong with arguments that do not parse, in one sentence with what would be right.
enum ArgumentMistake {
  /// The mistake behind an error of the argument parser.
  static func explained(_ error: any Error, in arguments: [String]) -> Failure {
    if let failure = error as? Failure { return failure }
    let message = Descent.message(for: error)
    if let failure = badValue(message) { return failure }
    if let catalog = OptionCatalog.read(), let problem = ArgumentWalk(arguments, in: catalog).problem { return problem }
    return Failure("usage", flattened(message), hint: "see descent --help")
  }

  // The parser reports a value that does not read as: The value 'x' is invalid for '--option <name>': what we threw.
  private static func badValue(_ message: String) -> Failure? {
    guard let match = message.firstMatch(of: /(?s)The value '(.*)' is invalid for '([^'<>]*) ?<[^']*>'[:.] (.*)/)
    else { return nil }
    let (value, option) = (match.1, match.2.trimming(" "))
    let parts = match.3.split(separator: "; ", maxSplits: 1).map { flattened(String($0)) }
    let quoted = value.contains(" ") || value.isEmpty ? "\"\(value)\"" : String(value)
    return Failure(
      "bad-value", "\(option) \(quoted) \(parts.first ?? "does not fit")".trimming(" "),
      hint: parts.count > 1 ? parts[1] : nil)
  }
}
