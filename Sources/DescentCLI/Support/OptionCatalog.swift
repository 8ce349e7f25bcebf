import ArgumentParser
import Foundation

/// What the command and its subcommands accept, as the argument parser describes itself.
///
/// Read only when it is needed: to explain a mistake and to check the keys of a config file.
struct OptionCatalog: Decodable {
  struct Command: Decodable {
    var commandName: String
    var subcommands: [Command]?
    var defaultSubcommand: String?
    var arguments: [Argument]?

    /// The options and flags.
    var options: [Argument] { (arguments ?? []).filter { $0.kind != .positional } }
    var positionals: [Argument] { (arguments ?? []).filter { $0.kind == .positional } }

    func subcommand(_ name: String) -> Command? { subcommands?.first { $0.commandName == name } }
  }

  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }
    struct Name: Decodable {
      var kind: String
      var name: String
      /// As typed: `--lr`, `-o`.
      var spelled: String { (kind == "long" ? "--" : "-") + name }
    }
    var kind: Kind
    var names: [Name]?
    var valueName: String?
    var isOptional: Bool
    var isRepeating: Bool

    /// The long name without dashes, as it stands in a config file.
    var key: String? { names?.first { $0.kind == "long" }?.name }
    /// True for the key itself, and for `splitSeed` where it is `split-seed`.
    func isKey(_ text: String) -> Bool {
      guard let key else { return false }
      let words = key.split(separator: "-")
      let camel = (words.first ?? "") + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
      return text == key || text == camel
    }
    func isSpelled(_ text: String) -> Bool { names?.contains { $0.spelled == text } ?? false }
  }

  var command: Command

  static func read() -> OptionCatalog? {
    try? JSONDecoder().decode(OptionCatalog.self, from: Data(Descent._dumpHelp().utf8))
  }
}
