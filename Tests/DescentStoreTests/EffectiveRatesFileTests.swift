import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct EffectiveRatesFileTests {
  private let folder: TemporaryFolder
  private let store: RunStore

  init() throws {
    folder = try TemporaryFolder()
    store = RunStore(directory: folder.path)
  }

  private func row(_ step: Int, _ tensor: String = "*", median: Double = 1, attempt: Int = 0) -> EffectiveRateRow {
    EffectiveRateRow(
      attempt: attempt, step: step, tensor: tensor, requested: 0.1, minimum: 1e-7, tenth: 0.25, median: median,
      ninetieth: 3, maximum: .infinity, factors: ["bias correction": 10.000000000000002, "trust ratio": 0.5])
  }

  private func writer() throws -> RunWriter { try store.create(RunDescription(id: "", createdAt: "")) }
  private func file(_ writer: RunWriter) -> URL {
    URL(fileURLWithPath: writer.folder.path + "/effective-rates.jsonl")
  }

  @Test func `rows come back as they were`() throws {
    let writer = try writer()
    var odd = row(3, "a \"quoted\" name")
    odd.factors = [:]
    odd.minimum = -.infinity
    let rows = [[row(0), row(0, "w")], [row(3), odd]]
    for rows in rows { try writer.record(rows) }
    try writer.flush()
    let record = try writer.folder.record()
    #expect(record.effectiveRates == rows.flatMap(\.self))
    #expect(record.effectiveRateTensors == ["w", "a \"quoted\" name"])
    #expect(record.effectiveRates(of: EffectiveRateRow.allTensors).map(\.step) == [0, 3])
    let first = try String(contentsOf: file(writer), encoding: .utf8).split(separator: "\n")[1]
    #expect(
      first
        == #"{"attempt":0,"step":0,"tensor":"w","requested":0.1,"minimum":1e-07,"tenth":0.25,"median":1.0,"ninetieth":3.0,"maximum":"inf","factors":{"bias correction":10.000000000000002,"trust ratio":0.5}}"#
    )
  }

  @Test func `not-a-number is kept`() throws {
    let writer = try writer()
    try writer.record([row(0, median: .nan)])
    try writer.flush()
    #expect(try writer.folder.record().effectiveRates[0].median.isNaN)
  }

  @Test func `a run without them has no file`() throws {
    let writer = try writer()
    try writer.record([EffectiveRateRow]())
    try writer.flush()
    #expect(!FileManager.default.fileExists(atPath: file(writer).path))
    #expect(try writer.folder.record().effectiveRates.isEmpty)
  }

  @Test func `a torn last line is ignored, and gone when the run goes on`() throws {
    var first: RunWriter? = try writer()
    let run = try #require(first).folder
    let file = file(try #require(first))
    try first?.record([row(0)])
    try first?.flush()
    first = nil
    let whole = try Data(contentsOf: file)
    try (whole + Data(#"{"attempt":0,"step":5,"tens"#.utf8)).write(to: file)
    #expect(try run.record().effectiveRates == [row(0)])
    let second = try RunWriter.resume(run).writer
    try second.record([row(5, attempt: 1)])
    try second.flush()
    #expect(try run.record().effectiveRates == [row(0), row(5, attempt: 1)])
  }

  @Test func `of every step the highest attempt counts, within one the last`() throws {
    let writer = try writer()
    try writer.record([row(0), row(0, "w")])
    try writer.record([row(10), row(10, "w")])
    try writer.record([row(20, attempt: 1), row(10, median: 2, attempt: 1)])
    // Back to step 10 within the attempt.
    try writer.record([row(10, median: 3, attempt: 1), row(10, "w", median: 4, attempt: 1)])
    try writer.flush()
    #expect(
      try writer.folder.record().effectiveRates == [
        row(0), row(0, "w"), row(10, median: 3, attempt: 1), row(10, "w", median: 4, attempt: 1), row(20, attempt: 1),
      ])
  }

  @Test func `as CSV every factor has a column`() throws {
    let writer = try writer()
    var plain = row(0, "w")
    plain.factors = [:]
    try writer.record([row(0), plain])
    try writer.flush()
    let record = try writer.folder.record()
    let expected = """
      step,attempt,tensor,requested,minimum,tenth,median,ninetieth,maximum,factor/bias correction,factor/trust ratio
      0,0,*,0.1,1e-07,0.25,1.0,3.0,inf,10.000000000000002,0.5
      0,0,w,0.1,1e-07,0.25,1.0,3.0,inf,,

      """
    #expect(record.effectiveRatesCSV() == expected)
    #expect(try record.json().contains(#""effectiveRates": ["#))
  }
}
