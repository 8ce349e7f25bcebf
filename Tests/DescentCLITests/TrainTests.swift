import Foundation
import Testing

/// `train` on real data.
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

  @Test func `Diverging stops with the step, the rate and what to try: exit 3`() throws {
    let run = try descent(
      "train", "--optimizer", "sgd", "--lr", "100", "--steps", "100", "--model", "mlp:16", in: folder.url)
    #expect(run.output.contains("diverged"))
    #expect(run.errors.contains("Diverged at step "))
    #expect(run.errors.contains("--lr 10"))
    #expect(run.status == 3)
  }

  @Test func `Backing off goes on at half the rate, and says so`() throws {
    let run = try train("--optimizer", "sgd", "--lr", "100", "--steps", "60", "--on", "diverge=backoff")
    #expect(run.json["steps"] as? Int == 60)
    #expect(run.errors.hasPrefix("note: the run diverged and went back at half the rate, "))
    #expect(run.status == 0)
  }

  @Test func `Without --lr the optimizer's own rate is used, and said`() throws {
    #expect(try train("--steps", "1").errors == "note: no --lr given: using 0.001, the default of adam.\n")
    #expect(try train("--steps", "1", "--schedule", "0.1: constant").errors.isEmpty)
  }

  @Test func `In a pipe there is one line: the folder, then name=value`() throws {
    let run = try run("train", "--data", "linear", "--model", "mlp:4", "--steps", "5", "--lr", "0.01")
    #expect(run.output.filter(\.isNewline).count == 1)
    let words = run.output.split(whereSeparator: \.isWhitespace)
    #expect(words.first?.hasPrefix("./runs/") == true)
    #expect(words.contains("steps=5") && words.contains("status=finished"))
    #expect(words.contains { $0.hasPrefix("testR2=") } && words.contains { $0.hasPrefix("testRMSE=") })
    #expect(run.errors.isEmpty)
  }

  @Test func `run.json holds everything with what was left open filled in`() throws {
    let name = try #require(try train("--epochs", "2", "--lr", "1e-2").json["run"] as? String)
    let text = try folder.text("\(name)/run.json")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let specification = try #require(json["specification"] as? [String: String])
    #expect(
      specification == [
        "data": "digits", "model": "mlp:64-16-10", "activation": "relu", "init": "he", "loss": "cross-entropy",
        "optimizer": "adam", "batch": "32", "accumulate": "1", "split-seed": "0", "lr": "0.01", "schedule": "constant",
        "steps": "78", "on": "diverge=stop",
      ])
    #expect(Set((json["versions"] as? [String: String] ?? [:]).keys) == ["descent", "oneDNN"])
    #expect(["avx512", "avx2", "neon", "portable"].contains(json["cpu"] as? String))
    #expect(json["threads"] as? Int == 1)
  }

  @Test func `A table smaller than a batch is trained on whole`() throws {
    let rows = (0..<10).map { "\($0),\(2 * $0)" }
    try folder.write("x,y\n" + rows.joined(separator: "\n") + "\n", to: "ten.csv")
    let json = try train("--data", "ten.csv:y:regression", "--lr", "0.02", "--steps", "200").json
    #expect((json["finalLoss"] as? Double ?? 1) < 0.05)
    #expect(json["testRMSE"] is Double)
  }

  @Test func `On a terminal there are a picture and a table`() throws {
    let screen = try descentOnTerminal("train", "--model", "mlp:16", "--steps", "60", "--lr", "1e-2", output: true)
    #expect(screen.errors.contains("learning rate"))
    #expect(screen.errors.contains("accuracy"))
    #expect(screen.status == 0)
  }

  @Test func `SVG and HTML go to files`() throws {
    #expect(try train("--steps", "30", "--lr", "1e-2", "--svg", "a.svg", "--html", "a.html").status == 0)
    #expect(try folder.text("a.svg").hasPrefix("<svg"))
    #expect(try folder.text("a.html").contains("Final figures"))
  }

  @Test func `Keys of a config file are those of the flags`() throws {
    try folder.write(
      "{ data: 'moons', model: 'mlp:8', lr: 1e-2, steps: 7, splitSeed: 3, init: 'glorot', on: 'diverge=continue' }",
      to: "run.json5")
    let json = try run("train", "--config", "run.json5", "--steps", "9", "--json").json
    #expect(json["steps"] as? Int == 9)
    let list = try run("runs", "list", "--json").json["runs"] as? [[String: Any]]
    let specification = list?.first?["specification"] as? [String: String] ?? [:]
    #expect(specification["split-seed"] == "3" && specification["init"] == "glorot" && specification["data"] == "moons")
    #expect(specification["on"] == "diverge=continue")
    try folder.write("{ stepps: 7 }", to: "bad.json5")
    let bad = try run("train", "--config", "bad.json5")
    #expect(bad.errors == "error: bad.json5: descent train has no option \"stepps\"; did you mean \"steps\"?\n")
    #expect(bad.status == 64)
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
    ("--lr 0", 64, "--lr 0 is out of range;"),
    ("--lr nan", 64, "--lr nan is out of range;"),
    ("--init hee", 64, "there is no initialiser \"hee\"; did you mean \"he\"?"),
    ("--steps 5 --epochs 5", 64, "--steps and --epochs both give the length of the run; leave one out."),
    ("--lr 1 --schedule 1:cosine", 64, "the schedule has a peak of its own (1) and another is given (1);"),
    ("--schedule cosin", 64, "there is no"),
    ("--data linear --loss cross-entropy", 64, "the targets of linear are numbers, not classes; use --loss squared."),
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

  @Test func `A picture that cannot be written is refused before any step is made`() throws {
    let folder = try ScratchFolder()
    let run = try descent("train", "--steps", "2", "--svg", "none/picture.svg", in: folder.url)
    #expect(run.errors == "error: none/picture.svg: no such file or directory.\n")
    #expect(run.status == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("runs").path))
  }

  @Test func `A folder for runs that cannot be made is told with the system's reason`() throws {
    let folder = try ScratchFolder()
    try folder.write("", to: "file")
    let run = try descent("train", "--steps", "2", "--lr", "0.1", "--out", "file/runs", in: folder.url)
    #expect(run.errors == "error: file/runs: cannot make the folder for runs: Not a directory.\n")
    #expect(run.status == 1)
  }
}
