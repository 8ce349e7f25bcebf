import Testing

/// `--config FILE.json5`: the same keys as the flags, which win over it.
struct ConfigTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ config: String, _ arguments: String...) throws -> Run {
    try folder.write(config, to: "run.json5")
    return try descent(["schedule", "cosine", "--config", "run.json5"] + arguments, in: folder.url)
  }

  @Test func `Comments, bare keys and trailing commas are read`() throws {
    let run = try run("{\n  // the peak\n  lr: 0.5, steps: 4, 'steps-per-epoch': 2, tokensPerStep: 3, json: true,\n}")
    #expect(run.json["steps"] as? Int == 4)
    #expect((run.json["rates"] as? [Double])?.first == 0.5)
  }

  @Test func `A flag wins over the file`() throws {
    let run = try run("{ lr: -1, steps: 4 }", "--lr", "0.25", "--json")
    #expect((run.json["rates"] as? [Double])?.first == 0.25)
  }

  @Test(arguments: [
    ("{ steps: 4, lrr: 1 }", "run.json5: descent schedule show has no option \"lrr\"; did you mean \"lr\"?"),
    (
      "{ steps: 4, lr: -1 }",
      "run.json5: lr -1 is out of range; a learning rate is a number above 0, such as 1e-3."
    ),
    ("{ steps: 4, lint: 3 }", "run.json5: \"lint\" must be true or false."),
    ("{ steps: { a: 4 } }", "run.json5: \"steps\" must be a number or a text, or a list of them."),
    (
      "{\n  steps: 4,\n  lr 1\n}",
      "run.json5:3: this is not a JSON5 object of options; write it as { lr: 1e-3, steps: 1000 }."
    ),
    ("[1]", "run.json5:1: this is not a JSON5 object of options; write it as { lr: 1e-3, steps: 1000 }."),
  ])
  func `What is wrong in the file is told with its name`(config: String, sentence: String) throws {
    let run = try run(config)
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == 64)
  }

  @Test func `A key far from every option is answered with the options, each once`() throws {
    try folder.write("{ colour: 1 }", to: "run.json5")
    let run = try descent(["runs", "show", "x", "--config", "run.json5"], in: folder.url)
    #expect(
      run.errors
        == "error: run.json5: descent runs show has no option \"colour\"; there are: svg, html, json, seed, threads, quiet, out.\n"
    )
  }

  @Test func `A missing file is a matter of files: exit 1`() throws {
    let run = try descent("schedule", "constant", "--config", "none.json5")
    #expect(run.errors == "error: none.json5: no such file or directory.\n")
    #expect(run.status == 1)
  }
}
