import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct RunWriterTests {
  private let folder: TemporaryFolder
  private let store: RunStore

  init() throws {
    folder = try TemporaryFolder()
    store = RunStore(directory: folder.path + "/runs")
  }

  private func checkpoint(_ step: Int) -> Checkpoint {
    Checkpoint(step: step, tensors: [CheckpointTensor("theta", [Float(step), 2])], metadata: ["a": "b"])
  }

  private func row(_ step: Int, _ loss: Double, attempt: Int = 0) -> MetricRow {
    MetricRow(attempt: attempt, step: step, values: [("loss", loss), ("lr", 0.1)])
  }

  @Test func `a new run stands on the disk before anything is recorded`() throws {
    let writer = try store.create(
      RunDescription(id: "", createdAt: "", specification: ["model": "mlp"], seed: .max, results: ["finalLoss": -0.0]))
    let description = try writer.folder.description()
    #expect(description == writer.description)
    #expect(description.seed == .max)
    #expect(description.results["finalLoss"]?.sign == .minus)
    #expect(description.status == .running)
    #expect(description.processIdentifier == getpid())
    #expect(description.id == writer.folder.id)
    #expect(description.createdAt.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
    #expect(description.id.wholeMatch(of: /\d{4}-\d\d-\d\d-\d{6}-[a-z]+-[a-z]+/) != nil)
    #expect(try fileNames(writer.folder.path) == ["checkpoints", "events.jsonl", "lock", "metrics.jsonl", "run.json"])
  }

  @Test func `many runs of one second have different names`() throws {
    var writers: [RunWriter] = []
    for _ in 0..<100 { writers.append(try store.create(RunDescription(id: "", createdAt: ""))) }
    #expect(Set(writers.map(\.folder.id)).count == 100)
  }

  @Test func `a name given is used once`() throws {
    let writer = try store.create(RunDescription(id: "mine", createdAt: "now"))
    #expect(writer.folder.path.hasSuffix("/runs/mine"))
    let error = #expect(throws: StoreError.self) { try store.create(RunDescription(id: "mine", createdAt: "")) }
    #expect(error?.code == .exists)
    for name in ["../up", ".hidden", "a/b", "-flag", "line\nbreak"] {
      let error = #expect(throws: StoreError.self) { try store.create(RunDescription(id: name, createdAt: "")) }
      #expect(error?.code == .invalid)
    }
  }

  @Test func `rows are gathered, and written before a checkpoint`() throws {
    let writer = try store.create(RunDescription(id: "r", createdAt: ""))
    let path = writer.folder.path + "/metrics.jsonl"
    try writer.record(row(0, 0.5))
    try writer.save(checkpoint(1))
    #expect(try contents(path) == "{\"attempt\":0,\"step\":0,\"loss\":0.5,\"lr\":0.1}\n")
    try writer.record(row(1, .nan))
    try writer.flush()
    #expect(try contents(path).hasSuffix("{\"attempt\":0,\"step\":1,\"loss\":\"nan\",\"lr\":0.1}\n"))
  }

  @Test func `a large buffer is written by itself and the rest when the writer goes`() throws {
    var writer: RunWriter? = try store.create(RunDescription(id: "r", createdAt: ""))
    for step in 0..<3000 { try writer?.record(row(step, Double(step) / 3)) }
    let run = try store.open("r")
    let written = try run.record().metrics
    #expect(written.count > 500)
    writer = nil
    #expect(try run.record().metrics == (0..<3000).map { row($0, Double($0) / 3) })
  }

  @Test func `rows that wait for a second are written by the next`() throws {
    let writer = try store.create(RunDescription(id: "r", createdAt: ""))
    try writer.record(row(0, 1))
    usleep(1_010_000)
    try writer.record(row(1, 1))
    #expect(try writer.folder.record().metrics.count == 2)
  }

  @Test func `measurements cannot take the names every row has`() throws {
    let writer = try store.create(RunDescription(id: "r", createdAt: ""))
    for name in ["step", "attempt"] {
      #expect(throws: StoreError.self) {
        try writer.record(MetricRow(attempt: 0, step: 0, values: [("loss", 1), (name, 2)]))
      }
    }
  }

  @Test func `the last two checkpoints are kept`() throws {
    let writer = try store.create(RunDescription(id: "r", createdAt: ""))
    for step in [1, 9, 10, 100] { try writer.save(checkpoint(step)) }
    #expect(writer.folder.checkpointSteps == [100, 10])
    #expect(try fileNames(writer.folder.path + "/checkpoints") == ["step-10.safetensors", "step-100.safetensors"])
    #expect(writer.folder.latestCheckpoint().checkpoint == checkpoint(100))
  }

  @Test func `events are there at once`() throws {
    let writer = try store.create(RunDescription(id: "r", createdAt: ""))
    let event = RunEvent(attempt: 0, step: 3, kind: "finding", message: "a \"spike\"\n\u{7}at ü")
    try writer.record(event)
    #expect(try writer.folder.record().events == [event])
    #expect(try contents(writer.folder.path + "/events.jsonl").filter { $0 == "\n" }.count == 1)
  }

  @Test func `a description is replaced and what others put into run.json stays`() throws {
    var writer: RunWriter? = try store.create(RunDescription(id: "r", createdAt: "then"))
    let run = try #require(writer?.folder)
    var description = try run.description()
    writer = nil
    let path = run.path + "/run.json"
    let note = #""note": {"by": ["me", 1.50, null], "big": 12345678901234567890123}"#
    try write(try contents(path).replacing("{\n", with: "{\n  \(note),\n", maxReplacements: 1), to: path)
    writer = try store.resume("r").writer
    description.attempt = 1
    description.status = .diverged
    description.completedSteps = 7
    description.results = ["finalLoss": .nan, "testLoss": -.infinity, "valLoss": 1e-300]
    description.processIdentifier = nil
    try writer?.update(description)
    #expect(try contents(path).contains(note))
    let read = try run.description()
    #expect(read.results["finalLoss"]?.isNaN == true)
    description.results["finalLoss"] = nil
    var rest = read
    rest.results["finalLoss"] = nil
    #expect(rest == description)
    writer = nil
    #expect(try store.resume("r").writer.description.attempt == 2)
    #expect(try contents(path).contains(note))
  }
}
