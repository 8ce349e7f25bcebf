import Foundation
import Testing

struct ScheduleCheckTests {
  private static func check(_ log: String, _ arguments: String...) throws -> Run {
    let scratch = try ScratchFolder()
    let file = scratch.url.appending(path: "log.csv")
    try log.write(to: file, atomically: true, encoding: .utf8)
    return try descent(["schedule", "check", file.path] + arguments)
  }

  /// The rates of 0.1: linear to 0 over 100 steps, read at `step(i)`.
  private static func log(_ rows: Int, _ step: (Int) -> Int) -> String {
    "step,loss,lr\n"
      + (0..<rows).map { "\($0),1.5,\(0.1 * Double(max(100 - step($0), 0)) / 100)" }.joined(separator: "\n")
  }

  @Test func `Rates that follow the schedule are fine, whatever other columns there are`() throws {
    let run = try Self.check(Self.log(100) { $0 }, "0.1: linear to 0", "--steps", "100")
    #expect(run.output == "the 100 rates follow the schedule\n")
    #expect(run.status == 0)
  }

  @Test func `A schedule stepped four times per update is an error`() throws {
    let run = try Self.check(Self.log(30) { 4 * $0 }, "linear to 0", "--lr", "0.1", "--steps", "100", "--json")
    let findings = run.json["findings"] as? [[String: Any]]
    #expect(findings?.first?["code"] as? String == "stepped-too-fast")
    #expect(run.status == 3)
  }

  @Test func `Without a length the run is as long as the log, which is said`() throws {
    let run = try Self.check(Self.log(100) { $0 }, "torch: LinearLR(optimizer, 1.0, 0.0, 100)", "--lr", "0.1")
    #expect(run.errors.contains("100 steps of the log"))
    #expect(run.output == "the 100 rates follow the schedule\n")
  }

  @Test(arguments: [
    ("step,loss\n0,1\n", "must name a column lr"), ("step,lr\n0,0.1\n1\n", ":3: the line has 1 fields"),
    ("step,lr\n0.5,0.1\n", ":2: the step \"0.5\" is not a whole number"), ("step,lr\n0,fast\n", ":2: the lr \"fast\""),
    ("", "is empty"), ("step,lr\n", "holds no rates"),
  ])
  func `A log that does not read is told with its line`(log: String, sentence: String) throws {
    let run = try Self.check(log, "0.1: cosine")
    #expect(run.errors.contains(sentence))
    #expect(run.status == 1)
  }
}
