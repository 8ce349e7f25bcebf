import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct RunStoreTests {
  private let folder: TemporaryFolder
  private let store: RunStore

  init() throws {
    folder = try TemporaryFolder()
    store = RunStore(directory: folder.path + "/runs")
    for id in ["2026-01-01-brave-otter", "2026-01-02-calm-seal", "2026-01-02-calm-wolf"] {
      _ = try store.create(RunDescription(id: id, createdAt: ""))
    }
  }

  @Test func `a run is found by name, by the beginning of one name, and by path`() throws {
    #expect(try store.open("2026-01-02-calm-seal").id == "2026-01-02-calm-seal")
    #expect(try store.open("2026-01-01").id == "2026-01-01-brave-otter")
    let path = folder.path + "/runs/2026-01-02-calm-wolf"
    for reference in [path, path + "/"] { #expect(try store.open(reference).id == "2026-01-02-calm-wolf") }
    #expect(try RunStore(directory: "/nowhere").open(path).id == "2026-01-02-calm-wolf")
  }

  @Test func `a whole name wins over being the beginning of another`() throws {
    _ = try store.create(RunDescription(id: "2026-01-01-brave", createdAt: ""))
    #expect(try store.open("2026-01-01-brave").id == "2026-01-01-brave")
  }

  @Test func `a name that is not there is told with the nearest`() throws {
    for (reference, says) in [
      ("2026-01-01-brave-oter", "did you mean \"2026-01-01-brave-otter\"?"),
      ("runs/2026-01-02-calm-sael", "did you mean \"2026-01-02-calm-seal\"?"),
      ("wolf", "did you mean \"2026-01-02-calm-wolf\"?"), ("xyz", "the newest is \"2026-01-02-calm-wolf\""),
      ("", "the newest is"),
    ] {
      let error = #expect(throws: StoreError.self) { try store.open(reference) }
      #expect(error?.code == .notFound)
      #expect(error?.description.hasSuffix(says) == (reference.isEmpty ? false : true))
      #expect(error?.description.contains(says) == true)
    }
    let error = #expect(throws: StoreError.self) { try RunStore(directory: "/nowhere").open("x") }
    #expect(error?.description == "no run \"x\" in /nowhere; there are none yet")
  }

  @Test func `the beginning of several names is ambiguous`() throws {
    let error = #expect(throws: StoreError.self) { try store.open("2026-01-02") }
    #expect(error?.code == .ambiguous)
    #expect(error?.description.contains("2 runs begin with") == true)
  }

  @Test func `deleting takes a whole name inside the store and nothing else`() throws {
    let outside = try RunStore(directory: folder.path + "/other").create(RunDescription(id: "away", createdAt: ""))
      .folder
    let namesake = try RunStore(directory: folder.path + "/other")
      .create(RunDescription(id: "2026-01-02-calm-wolf", createdAt: "")).folder
    try write("", to: folder.path + "/runs/plain-file")
    for reference in [
      "2026-01-01", outside.path, namesake.path, "../other/away", "plain-file", "..", ".", "", "/",
      folder.path + "/runs",
    ] {
      let error = #expect(throws: StoreError.self, "\(reference)") { try store.delete(reference) }
      #expect(error?.code == .notFound)
    }
    #expect(FileManager.default.fileExists(atPath: outside.path))
    try store.delete("2026-01-01-brave-otter")
    try store.delete(folder.path + "/runs/../runs/2026-01-02-calm-seal/")
    #expect(try fileNames(folder.path + "/runs") == ["2026-01-02-calm-wolf", "plain-file"])
  }

  @Test func `a run exports as CSV that keeps every number`() throws {
    let record = RunRecord(
      description: RunDescription(id: "r", createdAt: ""),
      metrics: [
        MetricRow(attempt: 0, step: 0, values: [("loss", 0.1), ("lr", 1e-7)]),
        MetricRow(attempt: 2, step: 7, values: [("lr", -0.0), ("a,\"b\"", .nan), ("loss", -.infinity)]),
      ], events: [])
    #expect(record.csv() == "step,attempt,loss,lr,\"a,\"\"b\"\"\"\n0,0,0.1,1e-07,\n7,2,-inf,-0.0,nan\n")
    let empty = RunRecord(description: record.description, metrics: [], events: [])
    #expect(empty.csv() == "step,attempt\n")
  }

  @Test func `a run exports as one JSON object`() throws {
    let record = RunRecord(
      description: RunDescription(id: "r", createdAt: "", results: ["finalLoss": .infinity]),
      metrics: [
        MetricRow(attempt: 0, step: 0, values: [("loss", 0.5)]),
        MetricRow(attempt: 1, step: 1, values: [("loss", .nan)]),
      ], events: [RunEvent(attempt: 1, step: 1, kind: "diverged", message: "\"nan\"")])
    let object = try JSONSerialization.jsonObject(with: Data(try record.json().utf8)) as? [String: Any]
    let run = try #require(object?["run"] as? [String: Any])
    #expect(run["id"] as? String == "r")
    #expect((run["results"] as? [String: String])?["finalLoss"] == "inf")
    let metrics = try #require(object?["metrics"] as? [[String: Any]])
    #expect(metrics.count == 2)
    #expect(metrics[0]["loss"] as? Double == 0.5)
    #expect(metrics[1]["loss"] as? String == "nan")
    #expect((object?["events"] as? [[String: Any]])?.first?["message"] as? String == "\"nan\"")
    let description = try JSONSerialization.jsonObject(with: Data(try record.description.json().utf8))
    #expect((description as? [String: Any])?["id"] as? String == "r")
  }
}
