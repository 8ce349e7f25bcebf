import DescentFinder
import Foundation
import Testing

/// Ramps of small networks, three batch orders each, with the best rate of a grid for either kind of schedule.
private struct Ramps: Decodable {
  struct Cell: Decodable {
    var task: String
    var optimizer: String
    var best: [String: Double]
    var repeats: [[Double]]
  }
  var from: Double
  var to: Double
  var steps: Int
  var cells: [Cell]

  static func load() throws -> Ramps {
    let url = try #require(
      Bundle.module.url(forResource: "finder-ramps", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Ramps.self, from: Data(contentsOf: url))
  }
}

@Suite struct RampTests {
  @Test(arguments: ScheduleKind.allCases)
  func `suggests for real networks what the docstrings claim`(kind: ScheduleKind) throws {
    let ramps = try Ramps.load()
    let test = try RangeTest(from: ramps.from, to: ramps.to, steps: ramps.steps)
    var errors: [Double] = []
    var covered = 0
    for cell in ramps.cells {
      let runs = cell.repeats.map { losses in
        RepeatResult(
          seed: 0, stopped: losses.count < test.steps ? .diverged : .completed,
          rates: Array(test.ladder.prefix(losses.count)), losses: losses)
      }
      let result = test.combine(runs, scheduleKind: kind)
      let name = "\(cell.task) \(cell.optimizer)"
      let suggestion = try #require(result.suggestion, "\(name): \(result.noSuggestion?.reason ?? "")")
      #expect(suggestion.low <= suggestion.rate && suggestion.rate <= suggestion.high, "\(name)")
      if let ceiling = result.ceiling { #expect(suggestion.high <= ceiling, "\(name)") }
      let best = try #require(cell.best[kind == .constant ? "constant" : "cosine"])
      errors.append(log(suggestion.rate / best) / log(10))
      if suggestion.low <= best, best <= suggestion.high { covered += 1 }
    }
    #expect(errors.count == 12)
    #expect(covered >= 6, "\(covered) of \(errors.count)")
    #expect(errors.max() ?? 1 < 0.6, "\(errors)")
    #expect(errors.map(abs).sorted()[errors.count / 2] < 0.55, "\(errors)")
  }
}
