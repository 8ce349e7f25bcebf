import Foundation
import Testing

struct DiagnoseTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func diagnose(_ csv: String, _ arguments: String...) throws -> Run {
    try folder.write(csv, to: "log.csv")
    return try descent(["diagnose", "log.csv"] + arguments, in: folder.url)
  }

  private func codes(_ run: Run) -> [String?] {
    (run.json["findings"] as? [[String: Any]] ?? []).map { $0["code"] as? String }
  }

  private var blown: String {
    "step,loss,lr\n" + (0..<60).map { "\($0),\($0 < 50 ? "2.\(60 - $0)" : "nan"),0.1\n" }.joined()
  }

  @Test func `A log that blows up: exit 3, the finding with its evidence, a rate filled in`() throws {
    let run = try diagnose(blown, "--json")
    #expect(run.status == 3)
    #expect(codes(run).first == "non-finite")
    let finding = (run.json["findings"] as? [[String: Any]])?.first
    let evidence = finding?["evidence"] as? [String: Any]
    #expect(finding?["severity"] as? String == "error")
    #expect((evidence?["steps"] as? [Int])?.last == 50)
    #expect(evidence?["statistic"] != nil && evidence?["value"] != nil && evidence?["threshold"] != nil)
    #expect((finding?["advice"] as? String)?.hasSuffix("here 0.01.") == true)
  }

  @Test func `In a pipe every finding is a line`() throws {
    let run = try diagnose(blown)
    #expect(run.output.hasPrefix("error  non-finite  The loss is nan at step 50"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.split(separator: "  ").count == 4 })
  }

  @Test func `A log of losses alone says what could not be judged`() throws {
    let run = try diagnose("loss\n" + (0..<100).map { "\(1.0 / Double($0 + 1))\n" }.joined(), "--json")
    let missing = (run.json["notJudged"] as? [[String: Any]] ?? []).map { $0["code"] as? String }
    #expect(run.status == 0)
    #expect(missing.contains("overfitting") && missing.contains("schedule-fault") && missing.contains("dead-units"))
  }

  @Test(arguments: [
    ("step,lr\n0,1\n", "log.csv:1: the header names step, lr; it must name a column loss."),
    ("step,loss\n0,1\n0,2\n", "log.csv:3: the step 0 does not follow on 0; the steps of a log rise."),
    ("step,loss\n0,x\n", "log.csv:2: the loss \"x\" is not a number."),
  ])
  func `A log that does not read is told with its line, exit 1`(csv: String, sentence: String) throws {
    let run = try diagnose(csv)
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == 1)
  }

  @Test func `A log cannot be confirmed`() throws {
    let run = try diagnose(blown, "--confirm")
    #expect(run.errors == "error: --confirm needs a run with checkpoints, and log.csv is a log; leave it out.\n")
    #expect(run.status == 64)
  }

  @Test func `A run at far too low a rate is told so, with the command to run; the probe confirms it`() throws {
    let trained = try descent(
      ["train", "--lr", "2e-5", "--steps", "400", "--seed", "1", "--json"], in: folder.url)
    let path = try #require(trained.json["run"] as? String)
    let run = try descent(
      ["diagnose", path, "--confirm", "--json", "--html", "d.html", "--svg", "d.svg"], in: folder.url)
    #expect(codes(run).contains("rate-too-low"))
    let finding = (run.json["findings"] as? [[String: Any]])?.first { $0["code"] as? String == "rate-too-low" }
    #expect((finding?["command"] as? String)?.contains("--lr 6e-05") == true)
    let probe = run.json["probe"] as? [String: Any]
    #expect((probe?["outcomes"] as? [Any])?.count == 3)
    #expect((probe?["verdict"] as? String)?.contains("the higher rate is clearly better") == true)
    #expect(try folder.text("d.svg").hasPrefix("<svg"))
    let page = try folder.text("d.html")
    #expect(page.contains("rate-too-low") && page.contains("<svg") && !page.contains("<script"))
  }

  @Test func `What training finds stands in the run's events`() throws {
    // Initial weights so small that the first layer gets no gradient.
    let trained = try descent(
      [
        "train", "--model", "mlp:32-32-32", "--init", "normal(0.0001)", "--optimizer", "sgd", "--steps", "300",
        "--json",
      ], in: folder.url)
    let path = try #require(trained.json["run"] as? String)
    let events = try folder.text("\(path)/events.jsonl")
    #expect(events.contains("\"kind\":\"finding\"") && events.contains("vanishing-gradients: "))
    #expect(trained.errors.contains("note: step "))
  }
}
