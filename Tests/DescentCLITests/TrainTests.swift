import Foundation
import Testing

/// `train`, `evaluate` and `find` on real data.
struct TrainTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ arguments: String...) throws -> Run { try descent(arguments, in: folder.url) }

  private func train(_ arguments: String...) throws -> Run {
    try descent(["train", "--model", "mlp:16", "--threads", "1", "--json"] + arguments, in: folder.url)
  }

  @Test func `It trains, records, and evaluates to the same figures`() throws {
    let json = try train("--lr", "1e-2", "--steps", "60").json
    #expect(json["steps"] as? Int == 60)
    #expect(json["diverged"] as? Bool == false)
    #expect((json["testAccuracy"] as? Double ?? 0) > 0.6)
    #expect((json["parameterHash"] as? String)?.count == 16)
    let folder = try #require(json["run"] as? String)
    let again = try run("evaluate", folder, "--json").json
    for key in ["finalLoss", "validationLoss", "testLoss", "testAccuracy"] {
      #expect(again[key] as? Double == json[key] as? Double)
    }
    #expect(again["parameterHash"] as? String == json["parameterHash"] as? String)
    #expect(try run("runs", "list").output.contains("finished  60/60"))
  }

  @Test func `A run is measured on other data with its own scaling and classes`() throws {
    let rows = (0..<60).map { "\($0 % 2 == 0 ? 100 + $0 : 300 - $0),\($0),\($0 % 2 == 0 ? "low" : "high")" }
    try folder.write("a,b,kind\n" + rows.joined(separator: "\n") + "\n", to: "own.csv")
    try folder.write("a,b,kind\n290,20,high\n110,21,low\n280,5,high\n", to: "other.csv")
    try folder.write("a,kind\n290,high\n110,low\n", to: "narrow.csv")
    let name = try #require(
      try train("--data", "own.csv", "--lr", "0.02", "--steps", "200", "--batch", "full").json["run"] as? String)
    #expect(try run("evaluate", name, "--data", "other.csv", "--json").json["testAccuracy"] as? Double == 1)
    let wrong = try run("evaluate", name, "--data", "narrow.csv")
    #expect(wrong.errors == "error: narrow.csv has 1 features and the run's model takes 2.\n")
    #expect(wrong.status == 1)
  }

  @Test func `A resumed run ends bit for bit where an uninterrupted one does`() throws {
    let whole = try train("--lr", "1e-2", "--steps", "50", "--seed", "7").json
    let first = try train("--lr", "1e-2", "--steps", "30", "--seed", "7").json
    let resumed = try train("--resume", try #require(first["run"] as? String), "--steps", "50").json
    #expect(resumed["parameterHash"] as? String == whole["parameterHash"] as? String)
    #expect(resumed["steps"] as? Int == 50)
    #expect(first["parameterHash"] as? String != whole["parameterHash"] as? String)
  }

  @Test func `Diverging stops with the step, the rate and what to try: exit 3`() throws {
    let run = try descent(
      "train", "--optimizer", "sgd", "--lr", "100", "--steps", "100", "--model", "mlp:16", in: folder.url)
    #expect(run.output.contains("diverged"))
    #expect(run.errors.contains("Diverged at step "))
    #expect(run.errors.contains("--lr 10"))
    #expect(run.status == 3)
  }

  @Test func `Without --lr the optimizer's own rate is used, and said`() throws {
    #expect(try train("--steps", "1").errors == "note: no --lr given: using 0.001, the default of adam.\n")
    #expect(try train("--steps", "1", "--schedule", "0.1: constant").errors.isEmpty)
  }

  @Test func `Ctrl-C ends with 130 and a run that can be resumed`() throws {
    let screen = try descentOnTerminal(
      "train", "--lr", "1e-3", "--steps", "100000000", "--model", "mlp:16", "--out", folder.url.path + "/runs",
      interruptAt: "ETA")
    #expect(screen.status == 130)
    #expect(screen.errors.contains("go on with: descent train --resume"))
    #expect(try run("runs", "list").output.contains("interrupted"))
  }

  @Test func `A plain find on digits suggests one number and the next command`() throws {
    let run = try run("find", "--model", "mlp:32", "--steps", "60")
    let rate = try #require(Double(run.output.dropLast()))
    #expect((1e-4...1).contains(rate))
    #expect(run.errors.hasPrefix("Next: descent train --lr "))
    #expect(run.errors.contains(" --model mlp:32 "))
  }

  @Test(arguments: [
    ("--data none.csv", 1, "none.csv: no such file."),
    ("--data digts", 64, "there is no dataset \"digts\"; did you mean \"digits\"?"),
    ("--model mlp:3-3-10", 64, "the model mlp:3-3-10 takes 3 features"),
    ("--optimizer adm", 64, "there is no optimizer \"adm\"; did you mean \"adam\"?"),
    ("--activation rlu", 64, "there is no activation \"rlu\"; did you mean \"relu\"?"),
    ("--loss squred", 64, "there is no loss \"squred\"; did you mean \"squared\"?"),
    ("--batch 5000", 64, "--batch 5000 is more than the 1259 training rows; use --batch 1259 or --batch full."),
    ("--batch 0", 64, "--batch 0 is out of range; it must be at least 1, or full."),
    ("--steps 0", 64, "--steps 0 is out of range; it must be at least 1."),
    ("--lr -1", 64, "--lr -1 is out of range; a learning rate is a number above 0, such as 1e-3."),
    ("--on diverge=halt", 64, "--on diverge=halt is not known; there are: stop, backoff, continue."),
    ("--resume none", 1, "no run \"none\" in ./runs; there are none yet."),
    ("--data ragged.csv", 1, "ragged.csv:3: "),
    ("--data empty.csv", 1, "empty.csv: "),
    ("--data nan.csv", 1, "nan.csv:2: "),
  ])
  func `What is wrong is told in one sentence`(line: String, status: Int32, start: String) throws {
    try folder.write("a,b,y\n1,2,0\n1,2\n", to: "ragged.csv")
    try folder.write("", to: "empty.csv")
    try folder.write("a,b,y\n1,nan,0\n1,2,1\n", to: "nan.csv")
    let run = try descent(["train"] + line.split(separator: " ").map(String.init), in: folder.url)
    #expect(run.errors.hasPrefix("error: \(start)"))
    #expect(run.errors.filter(\.isNewline).count == 1)
    #expect(run.status == status)
  }
}
