import Foundation
import Testing

/// `schedule replay` and `train --controller`.
struct ControllerTests {
  private func folder(_ csv: String) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    try folder.write(csv, to: "log.csv")
    return folder
  }

  private let flat = "step,loss\n" + (0..<10).map { "\($0),1\n" }.joined()

  @Test func `in a pipe there is one line per change, with its reason`() throws {
    let folder = try folder(flat)
    defer { withExtendedLifetime(folder) {} }
    let run = try descent(
      "schedule", "replay", "log.csv", "plateau(patience: 5)", "--lr", "0.5", in: folder.url)
    #expect(
      run.output
        == "6  plateau  In the last 6 observations the loss has not bettered its best, 1: the multiplier goes from 1 to 0.1.\n"
    )
    #expect(run.errors.isEmpty && run.status == 0)
  }

  @Test func `JSON holds changes, multipliers and the rates they make`() throws {
    let folder = try folder(flat)
    defer { withExtendedLifetime(folder) {} }
    let run = try descent(
      "schedule", "replay", "log.csv", "plateau(patience: 5)", "--schedule", "0.5: linear to 0", "--json",
      in: folder.url)
    let change = try #require((run.json["changes"] as? [[String: Any]])?.first)
    #expect(change["step"] as? Int == 6 && change["reason"] as? String == "plateau" && change["to"] as? Double == 0.1)
    let multipliers = try #require(run.json["multipliers"] as? [Double])
    #expect(multipliers == [Double](repeating: 1, count: 7) + [0.1, 0.1, 0.1])
    let rates = try #require(run.json["rates"] as? [Double])
    #expect(rates[0] == 0.5 && abs(rates[7] - 0.015) < 1e-15)
  }

  @Test func `without a rate the log's own is used, or that is told`() throws {
    let bare = try folder(flat)
    defer { withExtendedLifetime(bare) {} }
    #expect(
      try descent("schedule", "replay", "log.csv", "plateau", in: bare.url).errors
        == "note: the log has no rates and there is no --lr: the rates are multipliers.\n")
    let rated = try folder("loss,lr\n1,0.25\n1,0.5\n")
    defer { withExtendedLifetime(rated) {} }
    let run = try descent("schedule", "replay", "log.csv", "plateau", "--json", in: rated.url)
    #expect(run.json["rates"] as? [Double] == [0.25, 0.5])
    #expect(
      try descent("schedule", "replay", "log.csv", "plateau", in: rated.url).output
        == "no changes: the multiplier stays 1\n")
  }

  @Test(arguments: [
    ("platau", 64, "there is no controller \"platau\"; did you mean \"plateau\"? (at character 1 of \"platau\")."),
    ("hypergradient", 1, "log.csv has no products of successive gradients (gradDot), which hypergradient needs."),
    ("polyak", 1, "log.csv has no norms of the gradient (gradNorm), which polyak needs."),
    (
      "plateau(watch: validation)", 1,
      "log.csv has no validation losses (valLoss), which 'plateau(watch: validation)' needs."
    ),
  ])
  func `what does not fit is told in one sentence`(text: String, status: Int32, sentence: String) throws {
    let folder = try folder(flat)
    defer { withExtendedLifetime(folder) {} }
    let run = try descent("schedule", "replay", "log.csv", text, "--lr", "1", in: folder.url)
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == status)
  }

  @Test func `a log that is not there or does not read is blamed with its line`() throws {
    let folder = try folder("step,loss\n1,2\n1,2\n")
    defer { withExtendedLifetime(folder) {} }
    let bad = try descent("schedule", "replay", "log.csv", "plateau", in: folder.url)
    #expect(
      bad.errors == "error: log.csv:3: the step 1 does not follow on 1; the steps of a log rise.\n" && bad.status == 1)
    let gone = try descent("schedule", "replay", "no.csv", "plateau", in: folder.url)
    #expect(gone.errors == "error: no.csv: no such file or directory.\n" && gone.status == 1)
  }

  @Test func `a run keeps its controller, and its record replays to the same rates`() throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let run = try descent(
      "train", "--data", "moons", "--model", "mlp:8", "--steps", "60", "--lr", "0.05", "--optimizer", "sgd",
      "--controller", "plateau(patience: 1, factor: 0.5, watch: loss)", "--json", "--quiet", in: folder.url)
    #expect(run.status == 0)
    let path = try #require(run.json["run"] as? String)
    let replay = try descent(
      "schedule", "replay", path, "plateau(patience: 1, factor: 0.5, watch: loss)", "--json", in: folder.url)
    let rates = try #require(replay.json["rates"] as? [Double])
    let rows = try String(contentsOf: folder.url.appendingPathComponent(path + "/metrics.jsonl"), encoding: .utf8)
      .split(separator: "\n").map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
    #expect(rates.count == 60 && Set(rates).count > 1)
    #expect(rows.map { $0["lr"] as? Double } == rates)
    let other = try descent("train", "--resume", path, "--steps", "80", "--controller", "greedy", in: folder.url)
    #expect(other.status == 64 && other.errors.contains("--controller greedy differs from the"))
    let longer = try descent("train", "--resume", path, "--steps", "80", "--quiet", "--json", in: folder.url)
    #expect(longer.status == 0 && longer.json["steps"] as? Int == 80)
  }
}
