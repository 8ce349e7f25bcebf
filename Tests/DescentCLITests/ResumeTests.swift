import Foundation
import Testing

/// `train --resume`: a run goes on bit for bit, however it ended.
struct ResumeTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func train(_ arguments: String...) throws -> Run {
    try descent(["train", "--threads", "1", "--json"] + arguments, in: folder.url)
  }

  private func begin(_ arguments: String...) throws -> Run {
    try descent(["train", "--threads", "1", "--json", "--model", "mlp:16", "--lr", "1e-2"] + arguments, in: folder.url)
  }

  private func name(_ run: Run) throws -> String { try #require(run.json["run"] as? String) }

  @Test func `A longer run ends where an uninterrupted one does`() throws {
    let whole = try begin("--steps", "50", "--seed", "7").json
    let first = try begin("--steps", "30", "--seed", "7")
    let resumed = try train("--resume", name(first), "--steps", "50")
    #expect(resumed.json["parameterHash"] as? String == whole["parameterHash"] as? String)
    #expect(resumed.json["steps"] as? Int == 50)
    #expect(resumed.errors.isEmpty)
    #expect(first.json["parameterHash"] as? String != whole["parameterHash"] as? String)
  }

  @Test(arguments: [
    ["--optimizer", "adam"], ["--optimizer", "sgd(momentum: 0.9)"],
    ["--ema", "0.99", "--clip-norm", "0.5", "--accumulate", "2", "--batch", "16"],
  ])
  func `After a kill −9 it recomputes bit for bit`(options: [String]) throws {
    // Endless, so that it is sure to be killed; what the rates are does not depend on the length.
    let arguments =
      [
        "train", "--model", "mlp:16", "--lr", "1e-3", "--schedule", "warmup 100 -> constant", "--threads", "1",
        "--json",
        "--seed", "3",
      ] + options
    let process = Process()
    process.executableURL = builtCommand
    process.arguments = arguments + ["--out", "killed", "--steps", "100000000"]
    process.currentDirectoryURL = folder.url
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = Date(timeIntervalSinceNow: 60)
    while checkpoints.isEmpty, process.isRunning, Date() < deadline { usleep(2_000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let run = try #require(runs.first)
    let left = try descent("runs", "list", "--out", "killed", "--json", in: folder.url).json["runs"] as? [[String: Any]]
    #expect(left?.first?["status"] as? String == "interrupted")
    let done = try #require(checkpoints.max())
    #expect(done > 100)
    let steps = ["--steps", String(done + 200)]
    let resumed = try descent(["train", "--resume", "killed/\(run)", "--json"] + steps, in: folder.url).json
    let whole = try descent(arguments + steps, in: folder.url).json
    #expect(resumed["steps"] as? Int == done + 200)
    #expect(resumed["parameterHash"] as? String == whole["parameterHash"] as? String)
    for key in ["testLoss", "rawTestLoss", "clippedShare"] {
      #expect(resumed[key] as? Double == whole[key] as? Double, "\(key)")
    }
    #expect(whole["parameterHash"] is String)
  }

  private var runs: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/killed")) ?? []
  }

  /// Steps of the checkpoints there are.
  private var checkpoints: [Int] {
    runs.flatMap { run in
      let path = folder.url.path + "/killed/\(run)/checkpoints"
      return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).compactMap { name in
        name.wholeMatch(of: /step-(\d+)\.safetensors/).flatMap { Int($0.1) }
      }
    }
  }

  @Test func `Ctrl-C ends with 130, a checkpoint and the command to go on`() throws {
    let screen = try descentOnTerminal(
      "train", "--lr", "1e-3", "--steps", "100000000", "--model", "mlp:16", "--out", folder.url.path + "/runs",
      interruptAt: "ETA")
    #expect(screen.status == 130)
    #expect(screen.errors.contains("Next: descent train --resume "))
    let list = try descent("runs", "list", "--json", in: folder.url).json["runs"] as? [[String: Any]]
    let run = try #require(list?.first)
    #expect(run["status"] as? String == "interrupted")
    let id = try #require(run["id"] as? String)
    let steps = try #require(run["completedSteps"] as? Int)
    #expect(steps > 0)
    let evaluated = try descent("evaluate", id, "--json", in: folder.url)
    #expect(evaluated.json["steps"] as? Int == steps)
    let resumed = try descent("train", "--resume", id, "--steps", "\(steps + 10)", "--json", in: folder.url)
    #expect(resumed.json["steps"] as? Int == steps + 10)
    #expect(resumed.status == 0)
  }

  @Test func `A finished run is told again`() throws {
    let first = try begin("--steps", "20")
    let again = try train("--resume", name(first))
    for key in ["finalLoss", "testLoss"] { #expect(again.json[key] as? Double == first.json[key] as? Double) }
    #expect(again.json["parameterHash"] as? String == first.json["parameterHash"] as? String)
  }

  @Test func `What contradicts the run is refused, and its folder is left alone`() throws {
    let run = try name(begin("--steps", "20"))
    let before = try folder.text(run + "/run.json")
    func refused(_ arguments: String...) throws -> String {
      let refusal = try descent(["train", "--resume", run] + arguments, in: folder.url)
      #expect(refusal.status == 64)
      return refusal.errors
    }
    #expect(
      try refused("--optimizer", "sgd")
        == "error: --optimizer sgd differs from the adam the run was begun with; leave it out, or begin a new run.\n")
    #expect(try refused("--lr", "2e-2").hasPrefix("error: --lr 0.02 differs from the 0.01 "))
    #expect(try refused("--seed", "5").hasPrefix("error: --seed 5 differs from the 0 "))
    #expect(try refused("--schedule", "cosine").hasPrefix("error: --schedule 'cosine to 0' differs from the constant "))
    #expect(try refused("--steps", "10").hasPrefix("error: --steps 10 is less than the 20 steps the run has made"))
    #expect(try refused("--threads", "2").hasSuffix("leave it out, or add --allow-different.\n"))
    #expect(try folder.text(run + "/run.json") == before)
    // The same said again, in other words.
    #expect(try train("--resume", run, "--model", "mlp:64-16-10", "--lr", "0.01", "--seed", "0").status == 0)
    #expect(try descent("train", "--resume", run, "--threads", "2", "--allow-different", in: folder.url).status == 0)
  }

  @Test func `A longer run says what becomes of its schedule`() throws {
    let first = try begin("--steps", "20", "--schedule", "linear to 0")
    let longer = try train("--resume", name(first), "--steps", "40")
    #expect(
      longer.errors == """
        note: the schedule linear to 0 now spans 40 steps instead of 20: the rate was 0.0005 and goes on at 0.005.

        """)
  }

  @Test func `Data that has changed is noticed`() throws {
    let rows = (0..<40).map { "\($0),\($0 % 7),\($0 % 2 == 0 ? "a" : "b")\n" }
    try folder.write("x,y,kind\n" + rows.joined(), to: "own.csv")
    let first = try name(begin("--data", "own.csv", "--steps", "20", "--batch", "8"))
    try folder.write("x,y,kind\n" + rows.map { "1" + $0 }.joined(), to: "own.csv")
    let resumed = try descent("train", "--resume", first, "--steps", "40", in: folder.url)
    #expect(resumed.errors.hasPrefix("error: the data own.csv is not what the run was begun with;"))
    #expect(resumed.status == 1)
  }
}
