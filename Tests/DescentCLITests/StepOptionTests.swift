import Foundation
import Testing

/// `--accumulate`, `--clip-norm`, `--clip-value`, `--ema` and `--average`.
struct StepOptionTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func train(_ arguments: String...) throws -> Run {
    try descent(
      ["train", "--model", "mlp:8", "--threads", "1", "--lr", "0.02", "--steps", "40"] + arguments, in: folder.url)
  }

  @Test func `With an average the figures are its own, and the parameters' are told beside them`() throws {
    let plain = try train("--json").json
    #expect(plain["averaged"] == nil && plain["rawTestLoss"] == nil && plain["clippedShare"] == nil)
    for option in [["--ema", "0.9"], ["--average", "50%"]] {
      let json = try train("--json", option[0], option[1]).json
      #expect(json["averaged"] as? Bool == true)
      for (raw, own) in [
        ("rawTestLoss", "testLoss"), ("rawValidationAccuracy", "validationAccuracy"), ("rawFinalLoss", "finalLoss"),
      ] {
        #expect(json[raw] as? Double == plain[own] as? Double)
      }
      #expect(json["testLoss"] as? Double != plain["testLoss"] as? Double)
      #expect(json["parameterHash"] as? String == plain["parameterHash"] as? String)
    }
  }

  @Test func `evaluate measures the average and says so, on other data too`() throws {
    let trained = try train("--json", "--data", "moons", "--ema", "0.9", "--accumulate", "4")
    let run = try #require(trained.json["run"] as? String)
    let json = try descent("evaluate", run, "--json", in: folder.url).json
    for key in ["testLoss", "rawTestLoss", "validationAccuracy", "rawFinalLoss", "parameterHash"] {
      #expect("\(json[key] ?? "-")" == "\(trained.json[key] ?? "none")", "\(key)")
    }
    #expect(json["averaged"] as? Bool == true)
    #expect(try descent("evaluate", run, in: folder.url).output.contains(" averaged=true "))
    // Fewer rows than a step takes.
    try folder.write("a,b,c\n1,0,0\n0.2,0.1,1\n", to: "two.csv")
    let other = try descent("evaluate", run, "--data", "two.csv:c:classification", "--json", in: folder.url)
    #expect(other.status == 0, "\(other.errors)")
    #expect(other.json["rawTestLoss"] is Double && other.json["rawFinalLoss"] is NSNull)
  }

  @Test func `A terminal tells how often gradients were clipped and what was averaged`() throws {
    let screen = try descentOnTerminal(
      "train", "--model", "mlp:8", "--lr", "0.02", "--steps", "40", "--clip-norm", "0.001", "--average", "75%", "--out",
      folder.url.path + "/runs", output: true
    ).errors
    #expect(screen.contains("clipped in 100 % of the steps"))
    #expect(screen.contains("test, averaged") && screen.contains("test, not averaged"))
    let line = try train("--clip-value", "1e9").output
    #expect(line.hasSuffix(" clippedShare=0\n"))
  }

  @Test func `A run that clips and averages keeps its settings, and resumes with them alone`() throws {
    let first = try train("--json", "--clip-norm", "0.5", "--accumulate", "2", "--average", "50.0%")
    let run = try #require(first.json["run"] as? String)
    let description = try folder.text(run + "/run.json")
    for line in [#""accumulate" : "2""#, #""average" : "50%""#, #""clip-norm" : "0.5""#] {
      #expect(description.contains(line), "\(line)")
    }
    let rows = try folder.text(run + "/metrics.jsonl").split(separator: "\n")
    #expect(rows.contains { $0.contains("clipFactor") })
    func refused(_ arguments: String...) throws -> String {
      try descent(["train", "--resume", run] + arguments, in: folder.url).errors
    }
    #expect(
      try refused("--accumulate", "1")
        == "error: --accumulate 1 differs from the 2 the run was begun with; leave it out, or begin a new run.\n")
    #expect(try refused("--clip-norm", "1").hasPrefix("error: --clip-norm 1.0 differs from the 0.5 "))
    #expect(try refused("--average", "75%").hasPrefix("error: --average '75%' differs from the '50%' "))
    #expect(try descent("train", "--resume", run, "--average", "50%", "--json", in: folder.url).errors.isEmpty)
    // Half of 60 steps is behind it: the mean that began at step 20 goes on.
    let longer = try descent("train", "--resume", run, "--steps", "60", "--json", in: folder.url)
    #expect(
      longer.errors
        == "note: the mean of the parameters is taken from step 20 on; in a run of 60 steps it would have begun at step 30.\n"
    )
  }

  @Test(arguments: [
    (["--clip-norm", "0"], "--clip-norm 0 is out of range; a limit is a number above 0, such as 1."),
    (["--clip-value", "inf"], "--clip-value inf is out of range; a limit is a number above 0, such as 1."),
    (["--clip-norm", "much"], "--clip-norm much is not a number."),
    (["--clip-norm", "1", "--clip-value", "1"], "leave one of --clip-norm and --clip-value out."),
    (["--ema", "1"], "--ema 1 is out of range; a decay is above 0 and below 1, such as 0.999."),
    (["--average", "75"], "--average 75 is not a share of the run, such as 75%."),
    (["--average", "100%"], "--average 100% is out of range; it must be from 0% to below 100%."),
    (["--ema", "0.9", "--average", "75%"], "leave one of --ema and --average out."),
    (["--accumulate", "0"], "--accumulate 0 is out of range; it must be from 1 to 1000000."),
    (["--accumulate", "100"], "take more than the 1259 training rows; give a batch of 12 at most."),
  ])
  func `What is out of range exits with 64 and says what would be right`(arguments: [String], says: String) throws {
    for command in ["train", "find"] {
      let run = try descent([command] + arguments, in: folder.url)
      #expect(run.status == 64)
      #expect(run.errors.contains(says), "\(run.errors)")
    }
  }

  @Test func `find clips and accumulates, and hands all settings on`() throws {
    func find(_ arguments: String...) throws -> Run {
      try descent(
        ["find", "--model", "mlp:8", "--threads", "1", "--quick", "--steps", "30", "--json"] + arguments, in: folder.url
      )
    }
    func losses(_ run: Run) -> [Double] {
      (run.json["curve"] as? [[String: Any]] ?? []).compactMap { $0["loss"] as? Double }
    }
    let plain = try losses(find("--optimizer", "sgd"))
    #expect(!plain.isEmpty)
    #expect(try losses(find("--optimizer", "sgd", "--clip-norm", "0.01")) != plain)
    #expect(try losses(find("--optimizer", "sgd", "--accumulate", "2")) != plain)
    #expect(try losses(find("--optimizer", "sgd", "--ema", "0.9")) == plain)
    let next = try descent(
      "find", "--model", "mlp:8", "--quick", "--ema", "0.9", "--clip-norm", "2", "--accumulate", "2", in: folder.url)
    #expect(next.errors.contains("--accumulate 2 --clip-norm 2 --ema 0.9"), "\(next.errors)")
  }
}
