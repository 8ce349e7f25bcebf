import Foundation
import Testing

/// `schedule plan` and `train --plan`.
struct PlanTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test func `JSON holds the groups with their parameters and values`() throws {
    let run = try descent(
      "schedule", "plan", "warmup 5% -> cosine; [ndim<2] weightDecay = 0; layer1.* x10", "--optimizer", "adamw",
      "--model",
      "mlp:16", "--lr", "0.01", "--steps", "100", "--json")
    #expect(run.status == 0)
    #expect(
      run.json["canonical"] as? String == "rate: warmup 5% -> cosine to 0; [ndim<2] weightDecay = 0; layer1.* rate x10")
    let groups = try #require(run.json["groups"] as? [[String: Any]])
    #expect(groups.compactMap { $0["name"] as? String } == ["main", "[ndim<2]", "layer1.*", "[ndim<2] + layer1.*"])
    #expect(
      groups.map { $0["parameters"] as? [String] } == [
        ["layer0.weight"], ["layer0.bias"], ["layer1.weight"], ["layer1.bias"],
      ])
    let values = try #require(groups[3]["values"] as? [String: [String: Double]])
    #expect(values["learningRate"]?["peak"] == 0.1)
    #expect(values["weightDecay"]?["end"] == 0)
    #expect((run.json["lint"] as? [Any])?.isEmpty == true)
  }

  @Test func `in a pipe a table, and with --lint what looks wrong`() throws {
    let run = try descent("schedule", "plan", "cosine", "--lr", "0.5", "--steps", "10", "--model", "mlp:16")
    #expect(run.output.hasPrefix("rate: cosine to 0\n\ngroup  hyper-parameter  start  peak      end\nmain   rate"))
    #expect(run.errors.isEmpty)
    let lint = try descent("schedule", "plan", "tail.* x2", "--lr", "0.5", "--model", "mlp:16", "--lint")
    #expect(lint.output == "warning  pattern-matches-nothing  \"tail.* rate x2\": no parameter fits tail.*.\n")
    let bad = try descent("schedule", "plan", "0: constant; weightDecay = 1", "--model", "mlp:16")
    #expect(bad.status == 0 && bad.errors.contains("0 all along"))
  }

  @Test func `a narrow model adds the width rule's factors`() throws {
    let run = try descent(
      "schedule", "plan", "", "--model", "mlp:256-256", "--narrow", "mlp:32-32", "--lr", "1", "--json")
    #expect(run.json["canonical"] as? String == "layer1.weight rate x0.125; layer2.weight rate x0.125")
    let deeper = try descent("schedule", "plan", "", "--model", "mlp:256-256", "--narrow", "mlp:32", "--lr", "1")
    #expect(deeper.status == 64)
    #expect(deeper.errors.contains("--narrow mlp:32"))
  }

  @Test(arguments: [
    ("rate: cosin", "did you mean \"cosine\"? (at character 7"), ("weigthDecay = 0", "did you mean \"weightDecay\"?"),
    ("none.json5", "none.json5: no such file"),
  ])
  func `what cannot be read is told in one sentence`(plan: String, words: String) throws {
    let run = try descent("schedule", "plan", plan, "--lr", "1", "--model", "mlp:16")
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.status == (plan.hasSuffix("5") ? 1 : 64))
  }

  @Test func `train takes a plan from text or file, records the groups' rates and resumes bit for bit`() throws {
    let rules = ["[ndim<2] weightDecay = 0", "layer0.* rate x0.5", "beta1 inverse 0.95..0.85"]
    let file = folder.url.appending(path: "plan.json5")
    try #"{ version: 1, plan: ["\#(rules.joined(separator: "\", \""))",] } // rules"#
      .write(to: file, atomically: true, encoding: .utf8)
    func train(_ arguments: String...) throws -> Run {
      try descent(["train", "--threads", "1", "--json"] + arguments, in: folder.url)
    }
    let options = ["--model", "mlp:16", "--optimizer", "adamw", "--lr", "1e-2", "--steps"]
    func begin(_ plan: String, _ steps: String) throws -> Run {
      try descent(["train", "--threads", "1", "--json", "--plan", plan] + options + [steps], in: folder.url)
    }
    let whole = try begin(rules.joined(separator: "; "), "40")
    let fromFile = try begin(file.path, "40")
    #expect(whole.status == 0)
    #expect(fromFile.json["parameterHash"] as? String == whole.json["parameterHash"] as? String)
    let first = try begin(file.path, "25")
    let name = try #require(first.json["run"] as? String)
    let resumed = try train("--resume", name, "--steps", "40")
    #expect(resumed.json["parameterHash"] as? String == whole.json["parameterHash"] as? String)
    let rows = try String(contentsOf: folder.url.appending(path: name + "/metrics.jsonl"), encoding: .utf8)
    #expect(rows.contains(#""lr":0.01,"lr/layer0.*":0.005,"#))
    let other = try train("--resume", name, "--steps", "50", "--plan", "rate x2")
    #expect(other.status == 64)
    #expect(other.errors.contains("plan") || other.output.contains("plan"))
    let broken = try begin("rate x", "10")
    #expect(broken.status == 64)
  }
}
