import DescentSchedules
import Foundation
import Testing

/// Rates recorded from the libraries by Scripts/fixtures/schedule_conformance.py.
struct ConformanceCase: Codable, CustomTestStringConvertible {
  var id: String
  var library: Library
  var call: String
  var base: Double?
  var precision: String
  var length: Int?
  var steps: [Int]
  var rates: [Double]
  var testDescription: String { "\(id) \(call)" }

  /// The run is as long as the last step asked for, or what fastai's positions need.
  var run: Int { length ?? (steps.max() ?? 0) + 1 }
  /// 1e-12 of the largest rate for doubles, 1e-6 for floats.
  var tolerance: Double { (rates.map(abs).max() ?? 0) * (precision == "float64" ? 1e-12 : 1e-6) }

  static let all: [ConformanceCase] = {
    struct File: Codable { var cases: [ConformanceCase] }
    // The test folder may be reached through a link.
    let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: root.appending(path: "Documentation/conformance/schedules.json")),
      let file = try? JSONDecoder().decode(File.self, from: data)
    else { return [] }
    return file.cases
  }()
}

@Suite struct ConformanceTests {
  @Test func `at least eighty cases over eight libraries`() {
    #expect(ConformanceCase.all.count >= 80)
    for library in Library.allCases {
      #expect(ConformanceCase.all.count { $0.library == library } >= 7, "\(library)")
    }
  }

  @Test(arguments: ConformanceCase.all)
  func `the rates are the library's`(recorded: ConformanceCase) throws {
    let ours = try LibrarySchedule(
      parsing: recorded.call, of: recorded.library, base: recorded.base, steps: recorded.run)
    let rates = ours.rates(count: (recorded.steps.max() ?? 0) + 1)
    for (step, rate) in zip(recorded.steps, recorded.rates) {
      #expect(
        abs(rates[step] - rate) <= recorded.tolerance, "step \(step): \(rates[step]), recorded \(rate)")
    }
    if let step = recorded.steps.last { #expect(ours.rate(at: step) == rates[step]) }
  }

  @Test(arguments: ConformanceCase.all)
  func `an equivalent of ours has the same rates over the whole run`(recorded: ConformanceCase) throws {
    for run in [recorded.run, recorded.run / 2] where run > 0 {
      let theirs = try LibrarySchedule(parsing: recorded.call, of: recorded.library, base: recorded.base, steps: run)
      guard let equivalent = theirs.equivalent else { continue }
      let ours = try equivalent.resolved(horizon: Horizon(steps: run)).rates()
      let worst = zip(ours, theirs.rates(count: run)).map { abs($0 - $1) }.max() ?? 0
      // A factor rounded to a float drifts with the steps.
      let tolerance = recorded.tolerance * (recorded.library.isSinglePrecision ? 10 : 1)
      #expect(worst <= max(tolerance, 1e-15), "\(equivalent) is off by \(worst)")
      #expect(try Schedule(parsing: equivalent.description) == equivalent)
    }
  }
}
