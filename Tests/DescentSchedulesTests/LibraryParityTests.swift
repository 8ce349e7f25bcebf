import DescentSchedules
import Foundation
import Testing

/// Rates recorded from the libraries themselves by Scripts/fixtures/schedules.py.
struct LibraryCase: Codable, CustomTestStringConvertible {
  var library: String
  var call: String
  var schedule: String
  var steps: Int
  var rates: [Double]
  var testDescription: String { "\(library) \(call)" }

  static let all: [LibraryCase] = {
    struct File: Codable { var cases: [LibraryCase] }
    guard let url = Bundle.module.url(forResource: "schedules", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url), let file = try? JSONDecoder().decode(File.self, from: data)
    else { return [] }
    return file.cases
  }()
}

@Suite struct LibraryParityTests {
  @Test func `the recorded cases are there`() {
    #expect(LibraryCase.all.count == 26)
  }

  @Test(arguments: LibraryCase.all)
  func `the rates are the library's to 1e-12 of the peak`(recorded: LibraryCase) throws {
    let ours = try Schedule(parsing: recorded.schedule).resolved(horizon: Horizon(steps: recorded.steps)).rates()
    #expect(ours.count == recorded.rates.count)
    let worst = zip(ours, recorded.rates).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= 1e-13, "off by \(worst)")
  }
}
