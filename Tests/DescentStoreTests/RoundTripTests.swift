import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct RoundTripTests {
  /// Any double, the awkward ones often.
  private func anyDouble(_ random: inout SplitMix) -> Double {
    let special: [Double] = [
      .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude.nextDown,
      .greatestFiniteMagnitude, 0.1, 1e16, 1e-7, 123456789, Double(Float(0.1)),
    ]
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return special.randomElement(using: &random) ?? 0
    case 1: return Double(Int.random(in: -1000...1000, using: &random))
    case 2: return Double.random(in: -1...1, using: &random)
    default: return Double(bitPattern: random.next())
    }
  }

  private func anyName(_ random: inout SplitMix) -> String {
    ["loss", "lr", "gradNorm", "valLoss", "a \"quoted\\ name\"", "größe", "tab\t\u{0}", "🦦", "e\u{301}", ""]
      .randomElement(
        using: &random) ?? ""
  }

  /// NaNs are all the same here: their payload is not kept.
  private func bits(_ rows: [MetricRow]) -> [[String]] {
    rows.map { row in
      ["\(row.attempt) \(row.step)"]
        + row.values.map {
          "\($0.name) \(String($0.value.isNaN ? 0 : $0.value.bitPattern, radix: 16)) \($0.value.isNaN)"
        }
    }
  }

  @Test(arguments: 0..<20)
  func `random records come back bit for bit`(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let folder = try TemporaryFolder()
    var rows: [MetricRow] = []
    var events: [RunEvent] = []
    var results: [String: Double] = [:]
    for step in 0..<Int.random(in: 0...60, using: &random) {
      let names = Set((0..<Int.random(in: 0...6, using: &random)).map { _ in anyName(&random) })
      rows.append(
        MetricRow(attempt: 0, step: step * step, values: names.map { (name: $0, value: anyDouble(&random)) }))
      events.append(RunEvent(attempt: seed, step: step, kind: anyName(&random), message: anyName(&random)))
      results[anyName(&random)] = anyDouble(&random)
    }
    let store = RunStore(directory: folder.path)
    let writer = try store.create(
      RunDescription(
        id: "", createdAt: "x", command: ["train", anyName(&random)], specification: ["a": anyName(&random)],
        seed: random.next(), results: results))
    for row in rows { try writer.record(row) }
    for event in events { try writer.record(event) }
    try writer.flush()
    let read = try writer.folder.record()
    #expect(bits(read.metrics) == bits(rows))
    #expect(read.events == events)
    #expect(read.description.seed == writer.description.seed)
    #expect(read.description.command == writer.description.command)
    #expect(read.description.specification == writer.description.specification)
    #expect(read.description.results.count == results.count)
    for (name, value) in results {
      let got = try #require(read.description.results[name])
      #expect(got.bitPattern == value.bitPattern || got.isNaN && value.isNaN)
    }
  }

  @Test func `random bytes in place of a file are an error and never a crash`() throws {
    var random = SplitMix(state: 3)
    let folder = try TemporaryFolder()
    let run = try RunStore(directory: folder.path).create(RunDescription(id: "r", createdAt: "")).folder
    let good = try bytes(run.path + "/run.json")
    for _ in 0..<300 {
      var damaged = good
      for _ in 0..<3 {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      try Data(damaged.prefix(Int.random(in: 0...damaged.count, using: &random)))
        .write(to: URL(fileURLWithPath: run.path + "/run.json"))
      try Data(damaged).write(to: URL(fileURLWithPath: run.path + "/metrics.jsonl"))
      do { _ = try run.record() } catch { #expect(error.path != nil) }
    }
  }

  @Test func `what is wrong with run.json is told`() throws {
    let folder = try TemporaryFolder()
    let run = try RunStore(directory: folder.path).create(RunDescription(id: "r", createdAt: "")).folder
    let path = run.path + "/run.json"
    let good = try contents(path)
    for (old, new, says) in [
      ("\"version\": 1", "\"version\": 2", "use a newer Descent"), ("\"seed\"", "\"sed\"", "\"seed\" is missing"),
      ("\"threads\": 1", "\"threads\": \"1\"", "\"threads\" has the wrong type"),
      ("\"running\"", "\"walking\"", "walking"), ("}", "", "run.json:14: is not a run description"),
    ] {
      try write(good.replacing(old, with: new), to: path)
      let error = #expect(throws: StoreError.self) { try run.description() }
      #expect(error?.description.hasPrefix(path) == true)
      #expect(error?.description.contains(says) == true, "\(String(describing: error))")
    }
  }
}
