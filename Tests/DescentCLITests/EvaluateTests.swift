import Foundation
import Testing

/// `evaluate`: a run's checkpoint on its own and on other data.
struct EvaluateTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func evaluate(_ arguments: String...) throws -> Run {
    try descent(["evaluate"] + arguments, in: folder.url)
  }

  private func train(_ arguments: String...) throws -> String {
    let run = try descent(["train", "--model", "mlp:8", "--threads", "1", "--json"] + arguments, in: folder.url)
    return try #require(run.json["run"] as? String)
  }

  @Test func `Other data is scaled, and its classes numbered, as the run's own`() throws {
    let rows = (0..<60).map { "\($0 % 2 == 0 ? 100 + $0 : 300 - $0),\($0),\($0 % 2 == 0 ? "low" : "high")" }
    try folder.write("a,b,kind\n" + rows.joined(separator: "\n") + "\n", to: "own.csv")
    let run = try train("--data", "own.csv", "--lr", "0.02", "--steps", "200", "--batch", "full")
    // The checkpoint is enough: the run's own data may be gone.
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("own.csv"))
    try folder.write("a,b,kind\n290,20,high\n110,21,low\n280,5,high\n", to: "other.csv")
    let json = try evaluate(run, "--data", "other.csv", "--json").json
    #expect(json["testAccuracy"] as? Double == 1)
    #expect(json["finalLoss"] is NSNull)
    let lost = try evaluate(run)
    #expect(lost.errors == "error: own.csv: no such file.\n")
    #expect(lost.status == 1)
  }

  @Test(arguments: [
    ("a,kind\n290,high\n110,low\n", "new.csv has 1 features, but the model was trained on 2."),
    ("b,a,kind\n20,290,high\n21,110,low\n", "feature 1 of new.csv is \"b\", where the model was trained on \"a\";"),
    (
      "a,b,kind\n290,20,middle\n110,21,low\n",
      "new.csv has the class \"middle\", which is not among the 2 trained on: high, low."
    ),
  ])
  func `Data that does not fit the model is told`(table: String, start: String) throws {
    let rows = (0..<20).map { "\($0),\($0 * 2),\($0 % 2 == 0 ? "low" : "high")\n" }
    try folder.write("a,b,kind\n" + rows.joined(), to: "own.csv")
    let run = try train("--data", "own.csv", "--lr", "0.02", "--steps", "2")
    try folder.write(table, to: "new.csv")
    let wrong = try evaluate(run, "--data", "new.csv")
    #expect(wrong.errors.hasPrefix("error: \(start)"))
    #expect(wrong.status == 1)
  }

  @Test func `Regression on other data is in the target's own unit`() throws {
    let rows = (0..<40).map { "\($0),\(1000 + 50 * $0)\n" }
    try folder.write("x,y\n" + rows.joined(), to: "line.csv")
    let run = try train("--data", "line.csv:y:regression", "--lr", "0.02", "--steps", "400")
    try folder.write("x,y\n10,1500\n20,2100\n", to: "two.csv")
    let json = try evaluate(run, "--data", "two.csv:y:regression", "--json").json
    // One target is exact, the other 100 too high: 100/√2.
    #expect(abs((json["testRMSE"] as? Double ?? 0) - 70.7) < 20)
  }

  @Test func `In a pipe there is one line`() throws {
    let run = try train("--data", "moons", "--lr", "0.02", "--steps", "3")
    let line = try evaluate(run).output
    #expect(line.hasPrefix("\(run) steps=3 ") || line.hasPrefix("\(run.dropFirst(2)) steps=3 "))
    #expect(line.contains(" testAccuracy=") && line.hasSuffix("\n"))
  }

  @Test func `A run without a checkpoint, or one whose model is not told, cannot be measured`() throws {
    let run = try train("--data", "moons", "--lr", "0.02", "--steps", "3")
    let path = folder.url.appendingPathComponent(run + "/checkpoints")
    for file in try FileManager.default.contentsOfDirectory(at: path, includingPropertiesForKeys: nil) {
      try FileManager.default.removeItem(at: file)
    }
    let empty = try evaluate(run)
    #expect(empty.errors.hasSuffix("the run has no checkpoint yet.\n"))
    #expect(empty.status == 1)
  }
}
