import Foundation
import Testing

/// `find --resume`: the rate for going on from a run's last checkpoint.
struct FindResumeTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Trains to the end of so many steps; the run's folder.
  private func train(_ steps: Int, _ options: [String], to out: String = "runs") throws -> [String: Any] {
    try descent(
      ["train", "--threads", "1", "--json", "--model", "mlp:16", "--steps", String(steps), "--out", out] + options,
      in: folder.url
    ).json
  }

  private func name(_ json: [String: Any]) throws -> String { try #require(json["run"] as? String) }

  /// Every file of the run with its bytes and its time of change.
  private func contents(_ run: String) throws -> [String: String] {
    let base = folder.url.appendingPathComponent(run)
    var result: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: base.path) {
      let file = base.appendingPathComponent(path)
      let changed = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
      result[path] =
        "\(changed?.timeIntervalSince1970 ?? 0) \((try? Data(contentsOf: file))?.base64EncodedString() ?? "")"
    }
    return result
  }

  @Test(arguments: [
    ["--lr", "1e-3"], ["--optimizer", "sgd(momentum: 0.9)", "--lr", "0.02"],
    ["--model", "mlp:16,norm=batch,dropout=0.1", "--lr", "1e-3"],
    ["--accumulate", "2", "--batch", "16", "--clip-norm", "1", "--ema", "0.99", "--lr", "1e-3"],
    ["--optimizer", "adamw", "--plan", "layer1.* x3; [ndim<2] weightDecay = 0", "--lr", "1e-3"],
    ["--controller", "plateau(patience: 5)", "--lr", "1e-3"],
  ])
  func `The folder stays as it was, and the run goes on bit for bit`(options: [String]) throws {
    let own = options.contains("--model") ? Array(options.dropFirst(2)) : options
    let model = options.contains("--model") ? options[1] : "mlp:16"
    func train(_ steps: Int, _ out: String) throws -> [String: Any] {
      try descent(
        ["train", "--threads", "1", "--json", "--model", model, "--steps", String(steps), "--out", out] + own,
        in: folder.url
      ).json
    }
    let run = try name(train(40, "runs"))
    let before = try contents(run)
    #expect(before.count > 3)
    let found = try descent("find", "--resume", run, "--horizon", "300", "--json", in: folder.url)
    #expect(found.status == 0)
    #expect((found.json["suggestion"] as? [String: Any])?["rate"] is Double)
    #expect(try contents(run) == before)
    let resumed = try descent("train", "--resume", run, "--steps", "60", "--json", in: folder.url).json
    let whole = try train(60, "other")
    #expect(resumed["parameterHash"] as? String == whole["parameterHash"] as? String)
    #expect(resumed["parameterHash"] is String)
  }

  @Test func `It begins at the checkpoint, with the batch that comes next`() throws {
    let run = try name(train(40, ["--lr", "1e-3", "--seed", "3"]))
    let json = try descent("find", "--resume", run, "--horizon", "300", "--json", in: folder.url).json
    let first = ((json["repeats"] as? [[String: Any]])?.first?["curve"] as? [[String: Any]])?.first
    _ = try descent("train", "--resume", run, "--steps", "41", "--json", in: folder.url)
    let rows = try folder.text(run + "/metrics.jsonl").split(separator: "\n")
    let row = try #require(rows.last { $0.contains("\"step\":40,") })
    let next = try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any]
    #expect(first?["loss"] as? Double == next?["loss"] as? Double)
    #expect(first?["loss"] is Double)
    let resume = try #require(json["resume"] as? [String: Any])
    #expect(resume["step"] as? Int == 40 && resume["stepsLeft"] as? Int == 0 && resume["ownRate"] is NSNull)
  }

  @Test func `Without a horizon it is for what the run has left, and compared with the run's own rate`() throws {
    let run = try name(train(1500, ["--lr", "2e-3", "--schedule", "warmup 5% -> cosine"]))
    // As if it had been stopped: the last checkpoint but one is the newest.
    let checkpoints = folder.url.appendingPathComponent(run + "/checkpoints")
    let steps = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
    #expect(steps.count >= 1)
    let ended = try descent("find", "--resume", run, in: folder.url)
    #expect(ended.status == 64 && ended.errors.contains("has made all of its 1500 steps"))
    let short = try name(
      descent(
        "train", "--model", "mlp:16", "--data", "spiral", "--lr", "5e-3", "--steps", "50", "--json",
        in: folder.url
      ).json)
    // The same run, planned for longer.
    let description = folder.url.appendingPathComponent(short + "/run.json")
    var text = try String(contentsOf: description, encoding: .utf8)
    text = text.replacing("\"steps\" : \"50\"", with: "\"steps\" : \"550\"")
    try text.write(to: description, atomically: true, encoding: .utf8)
    let found = try descent("find", "--resume", short, "--json", in: folder.url)
    #expect(found.json["horizon"] as? Int == 500)
    #expect((found.json["schedule"] as? String)?.hasPrefix("what is left of the run's own, ") == true)
    let resume = try #require(found.json["resume"] as? [String: Any])
    #expect(resume["stepsLeft"] as? Int == 500 && resume["ownRate"] as? Double == 5e-3)
    let words = try descent("find", "--resume", short, in: folder.url)
    #expect(words.errors.contains("The run itself has 0.005 as its highest rate from there on, "))
    #expect(Double(words.output.dropLast()) != nil)
  }

  @Test func `What the run has is not given anew`() throws {
    let run = try name(train(20, ["--lr", "1e-3"]))
    for (options, start) in [
      (["--optimizer", "sgd"], "--resume takes what is trained from the run, and --optimizer gives it anew;"),
      (["--plan", "rate x2"], "--resume takes what is trained from the run, and --plan gives it anew;"),
      (["--seed", "4"], "--seed 4 differs from the 0 the run was begun with;"),
    ] {
      let refused = try descent(["find", "--resume", run, "--horizon", "200"] + options, in: folder.url)
      #expect(refused.status == 64)
      #expect(refused.errors.hasPrefix("error: \(start)"))
    }
    let missing = try descent("find", "--resume", "nowhere", in: folder.url)
    #expect(missing.status == 1 && missing.errors.contains("no run \"nowhere\""))
  }
}
