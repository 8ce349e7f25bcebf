import ArgumentParser

/// The options every command takes.
struct GlobalOptions: ParsableArguments {
  @Flag(help: "Print one JSON object on standard output and nothing else there.")
  var json = false

  @Option(
    name: .customLong("seed"), parsing: .unconditional,
    help: ArgumentHelp("Everything random follows from this number. (default: 0)", valueName: "n"),
    transform: Value.seed)
  var givenSeed: UInt64?
  var seed: UInt64 { givenSeed ?? 0 }

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads to compute on (default: all cores).", valueName: "n"),
    transform: Value.count(1...1024))
  var threads: Int?

  @Flag(help: "Say nothing on standard error but errors.")
  var quiet = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The folder that run folders go into.", valueName: "dir"),
    completion: .directory)
  var out = "./runs"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Read options from this file; the same keys as the flags, which win over it.", valueName: "file"),
    completion: .file(extensions: ["json5", "json"]))
  var config: String?
}
