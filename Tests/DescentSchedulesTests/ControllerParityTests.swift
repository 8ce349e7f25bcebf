import DescentSchedules
import Foundation
import Testing

/// Rates recorded from the libraries themselves by Scripts/fixtures/controllers.py.
struct ControllerCase: Codable, CustomTestStringConvertible {
  var library: String
  var text: String
  var series: String
  var base: Double
  /// In force after each value.
  var rates: [Double]
  var testDescription: String { "\(library) \(text) on \(series)" }

  struct File: Codable {
    var versions: [String: String]
    var series: [String: [Double]]
    var cases: [ControllerCase]
    var different: [ControllerCase]
  }

  static let file: File? = {
    guard let url = Bundle.module.url(forResource: "controllers", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url)
    else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try? decoder.decode(File.self, from: data)
  }()

  /// What our controller makes of the same values.
  func ours() throws -> [Double] {
    let values = try #require(Self.file?.series[series])
    var controller = try Controller(parsing: text)
    return values.enumerated().map { step, value in
      _ = controller.observe(Observation(step: step, loss: value, scheduledRate: base))
      return base * controller.multiplier
    }
  }
}

@Suite struct ControllerParityTests {
  @Test func `the recorded cases are there`() {
    #expect(ControllerCase.file?.cases.count == 25)
    #expect(ControllerCase.file?.different.count == 5)
  }

  @Test(arguments: ControllerCase.file?.cases ?? [])
  func `the rates are the library's to 1e-12 of the base rate`(recorded: ControllerCase) throws {
    let ours = try recorded.ours()
    try #require(ours.count == recorded.rates.count)
    #expect(Set(ours).count > 2)
    let worst = zip(ours, recorded.rates).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= 1e-12 * recorded.base, "off by \(worst)")
  }

  @Test(arguments: ControllerCase.file?.different ?? [])
  func `where the guide says that we differ, we do`(recorded: ControllerCase) throws {
    let ours = try recorded.ours()
    let (theirsLast, oursLast) = (try #require(recorded.rates.last), try #require(ours.last))
    switch (recorded.library, recorded.series) {
    case (_, "worse"):
      // A slowly worsening negative figure passes as better there.
      #expect(theirsLast == recorded.base)
      #expect(oursLast < 1e-6 * recorded.base)
    case (_, "gaps"):
      // Missing values cost the rate three powers of ten there.
      #expect(theirsLast < 2e-3 * recorded.base)
      #expect(oursLast == recorded.base)
    case (_, "flat"):
      // Too small to be cut, or below the least rate from the beginning.
      #expect(theirsLast == recorded.base)
      #expect(oursLast < 0.7 * recorded.base)
    default: Issue.record("nothing is said of \(recorded.series)")
    }
  }
}
