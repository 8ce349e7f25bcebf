import DescentStore
import DescentStudies
import Foundation

/// Finished runs of a comparison in `outcomes.jsonl` of its folder, a line each, found again when it goes on.
struct OutcomeJournal: ComparisonJournal {
  private static let name = "outcomes"

  private struct Line: Codable {
    var job: ComparisonJob
    var result: BranchedRun.Result
  }

  private let file: JSONLines
  private let kept: [ComparisonJob: BranchedRun.Result]

  /// - Throws: `StoreError` if the file cannot be read or written; ``Failure`` with the line that is damaged.
  init(in folder: RunFolder) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var kept: [ComparisonJob: BranchedRun.Result] = [:]
    for (number, text) in try JSONLines.lines(Self.name, in: folder).enumerated() {
      guard let line = try? decoder.decode(Line.self, from: Data(text)) else {
        throw Failure(
          "bad-journal", "this line is no finished run", hint: "take it out: that run is then made again",
          status: .failed
        ).at("\(folder.path)/\(Self.name).jsonl:\(number + 1)")
      }
      kept[line.job] = line.result
    }
    self.kept = kept
    file = try JSONLines(Self.name, in: folder)
  }

  /// Finished jobs that were found.
  var count: Int { kept.count }

  func result(of job: ComparisonJob) -> BranchedRun.Result? { kept[job] }

  func keep(_ result: BranchedRun.Result, of job: ComparisonJob) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try file.append(try encoder.encode(Line(job: job, result: result)))
  }
}
