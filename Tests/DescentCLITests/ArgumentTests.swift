import Testing

/// What is told about arguments that do not fit: one sentence, exit 64.
struct ArgumentTests {
  @Test(arguments: [
    ("--bogus", "descent has no option --bogus; see descent --help."),
    ("shedule x", "descent has no command \"shedule\"; did you mean \"schedule\"?"),
    ("schedule constant --step 5", "descent schedule show has no option --step; did you mean --steps?"),
    ("schedule constant --steps", "--steps needs a value; write --steps <n>."),
    ("schedule constant --steps=", "--steps needs a value; write --steps <n>."),
    ("schedule constant --steps 0", "--steps 0 is out of range; it must be at least 1."),
    ("schedule constant --steps -3", "--steps -3 is out of range; it must be at least 1."),
    ("schedule constant --steps 1.5", "--steps 1.5 is not a whole number."),
    ("schedule constant --steps ten", "--steps ten is not a whole number."),
    (
      "schedule constant --steps 9 --lr -1",
      "--lr -1 is out of range; a learning rate is a number above 0, such as 1e-3."
    ),
    (
      "schedule constant --steps 9 --lr nan",
      "--lr nan is out of range; a learning rate is a number above 0, such as 1e-3."
    ),
    ("schedule constant --steps 9 --lr fast", "--lr fast is not a number."),
    ("schedule constant --steps 9 --lint=1", "--lint takes no value, and \"1\" is one."),
    (
      "schedule constant --steps 9 --seed -4",
      "--seed -4 is out of range; a seed is a whole number from 0 to 18446744073709551615."
    ),
    ("schedule constant --steps 9 --threads 0", "--threads 0 is out of range; it must be from 1 to 1024."),
    (
      "schedule diff constant linear cosine --steps 9",
      "descent schedule diff has no use for the argument \"cosine\"; see descent schedule diff --help."
    ),
    ("schedule constant --steps 9 --steps 5", "--steps is given twice; leave one out."),
    ("--seed 1 schedule constant --steps 9 --seed=2", "--seed is given twice; leave one out."),
    (
      "schedule -0.1:constant --steps 9",
      "\"-0.1:constant\" begins with a minus, and no argument here does; see "
        + "descent schedule --help."
    ),
    ("runs lst", "descent runs has no command \"lst\"; did you mean \"list\"?"),
    ("runs list lst", "descent runs list has no use for the argument \"lst\"; see descent runs list --help."),
    ("schedule --steps 9", "descent schedule needs <schedule>; see descent schedule --help."),
  ])
  func `Every mistake gets one sentence and exit 64`(line: String, sentence: String) throws {
    let run = try descent(line.split(separator: " ").map(String.init))
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.output.isEmpty)
    #expect(run.status == 64)
  }

  @Test(arguments: [
    ("--json --bogus", "unknown-option"),
    ("schedule constant --steps 9 --lr -1 --json", "bad-value"),
    ("--json", "missing-command"),
    ("schedule cosin --steps 9 --lr 1 --json", "bad-schedule"),
  ])
  func `With --json a mistake is one object on standard output`(line: String, code: String) throws {
    let run = try descent(line.split(separator: " ").map(String.init))
    #expect(run.error["code"] as? String == code)
    #expect((run.error["message"] as? String)?.isEmpty == false)
    #expect(run.error.keys.contains("hint"))
    #expect(run.output.filter(\.isNewline).count == 1)
    #expect(run.errors.isEmpty)
    #expect(run.status == 64)
  }

  @Test func `Thousands and exponents are read as counts`() throws {
    for text in ["2k", "2e3", "2000"] {
      #expect(try descent("schedule", "0.1: constant", "--steps", text, "--json").json["steps"] as? Int == 2000)
    }
  }

  @Test func `Global options may stand before the command`() throws {
    let run = try descent("--json", "--seed", "3", "schedule", "0.1: constant", "--steps", "2")
    #expect(
      run.output
        == #"{"canonical":"0.1: constant","steps":2,"integral":0.2,"digest":"b137e916f7b3a658","lint":[],"rates":[0.1,0.1]}"#
        + "\n")
  }

  @Test func `Help opens with one line of purpose and three examples, on standard output`() throws {
    for command in [[], ["--help"], ["schedule", "--help"], ["help", "schedule", "show"]] {
      let run = try descent(command)
      let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines[0].hasSuffix("."))
      #expect(lines[1...2] == ["", "EXAMPLES:"])
      #expect(lines[3...5].allSatisfy { $0.hasPrefix("  descent ") })
      #expect(run.errors.isEmpty)
      #expect(run.status == 0)
    }
    #expect(try descent("schedule", "show", "--help").output.contains("--steps-per-epoch"))
  }

  @Test func `The version is one line`() throws {
    #expect(try descent("--version").output == "0.1.0\n")
    #expect(try descent("--version", "--json").output == "{\"version\":\"0.1.0\"}\n")
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `Completions name the commands`(shell: String) throws {
    let run = try descent("--generate-completion-script", shell)
    #expect(run.output.contains("schedule"))
    #expect(run.output.contains("steps-per-epoch"))
    #expect(run.status == 0)
  }
}
