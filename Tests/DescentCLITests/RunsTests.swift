import Foundation
import Testing

struct RunsTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try Self.makeRun("2026-11-23-150000-brave-otter", status: "finished", loss: "0.25", in: folder)
    try Self.makeRun("2026-11-23-160000-calm-yak", status: "diverged", loss: "\"inf\"", in: folder)
  }

  private static func makeRun(
    _ id: String, status: String, loss: String, data: String = "digits", in folder: ScratchFolder
  ) throws {
    try folder.write(
      """
      {"version": 1, "id": "\(id)", "createdAt": "2026-11-23T15:00:00Z", "status": "\(status)",
       "command": ["train", "--lr", "0.1", "--optimizer=sgd(momentum: 0.9)"],
       "specification": {"data": "\(data)"}, "seed": 3, "threads": 2,
       "versions": {}, "cpu": "portable", "attempt": 0, "plannedSteps": 2, "completedSteps": 2,
       "results": {"finalLoss": \(loss)}}
      """, to: "runs/\(id)/run.json")
    try folder.write(
      #"{"attempt":0,"step":0,"loss":2.5,"lr":0.1}"# + "\n" + #"{"attempt":0,"step":1,"loss":"nan","lr":0.1}"# + "\n",
      to: "runs/\(id)/metrics.jsonl")
    try folder.write("", to: "runs/\(id)/events.jsonl")
  }

  private func runs(_ arguments: String...) throws -> Run { try descent(["runs"] + arguments, in: folder.url) }

  @Test func `The list has a line per run, the lowest loss first when sorted by it`() throws {
    let lines = try runs("list", "--sort", "finalLoss").output.split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != " " } } == ["2026-11-23-150000-brave-otter", "2026-11-23-160000-calm-yak"])
    let one = try runs("--status", "diverged", "--json").json["runs"] as? [[String: Any]]
    #expect(one?.map { $0["id"] as? String } == ["2026-11-23-160000-calm-yak"])
  }

  @Test func `On a terminal the list is cut to its width`() throws {
    let name = String(repeating: "long", count: 30)
    try Self.makeRun("2026-11-23-170000-long-owl", status: "finished", loss: "1", data: name, in: folder)
    let runs = folder.url.appendingPathComponent("runs").path
    let lines = try descentOnTerminal("runs", "--out", runs, output: true).errors.split(whereSeparator: \.isNewline)
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.count <= 100 })
    #expect(lines[1].hasSuffix("…"))
    #expect(try self.runs("list").output.contains(name))
  }

  @Test func `The command of a run is shown as a shell takes it`() throws {
    let text = try runs("show", "2026-11-23-15").output
    #expect(text.contains("descent train --lr 0.1 '--optimizer=sgd(momentum: 0.9)'\n"))
  }

  @Test func `A run is shown and exported by the beginning of its name`() throws {
    #expect(try runs("show", "2026-11-23-15").output.contains("finished, 2 of 2 steps"))
    #expect(try runs("export", "2026-11-23-15").output == "step,attempt,loss,lr\n0,0,2.5,0.1\n1,0,nan,0.1\n")
    let json = try runs("export", "2026-11-23-15", "--json")
    #expect((json.json["metrics"] as? [Any])?.count == 2)
    #expect(json.output.filter(\.isNewline).count == 1)
  }

  @Test func `Deleting takes a whole name only`() throws {
    #expect(try runs("delete", "2026-11-23-15").status == 1)
    #expect(try runs("delete", "2026-11-23-150000-brave-otter").status == 0)
    #expect(try runs("list").output.hasPrefix("2026-11-23-160000-calm-yak"))
  }

  @Test(arguments: [
    ("show 2026-11-23-150000-brave-oter", 1, "did you mean \"2026-11-23-150000-brave-otter\"?\n"),
    ("show 2026", 1, "give more of the name.\n"),
    ("list --sort finalLos", 64, "error: --sort finalLos is a figure no run has; did you mean \"finalLoss\"?\n"),
    ("list --status finish", 64, "error: --status finish is not known; did you mean \"finished\"?\n"),
  ])
  func `What is not there is told with the nearest name`(line: String, status: Int32, end: String) throws {
    let run = try descent(["runs"] + line.split(separator: " ").map(String.init), in: folder.url)
    #expect(run.errors.hasSuffix(end))
    #expect(run.status == status)
  }
}
