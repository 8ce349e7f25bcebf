import DescentFinder
import Foundation
import Testing

/// Curves with what fastai, torch-lr-finder, Lightning and Ignite suggested when run on them.
private struct Fixture: Decodable {
  struct Case: Decodable {
    var name: String
    var rates: [Double]
    var losses: [Double]
    var rules: [String: Double?]
  }
  var cases: [Case]

  static func load() throws -> Fixture {
    let url = try #require(
      Bundle.module.url(forResource: "finder-rules", withExtension: "json", subdirectory: "Fixtures"))
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Fixture.self, from: Data(contentsOf: url))
  }
}

@Suite struct SuggestionRuleTests {
  @Test(arguments: SuggestionRule.allCases)
  func `agrees with the tool run on the same curves`(rule: SuggestionRule) throws {
    let cases = try Fixture.load().cases
    #expect(cases.count >= 18)
    for item in cases {
      let expected = try #require(item.rules[rule.rawValue], "\(item.name)")
      let found = rule.rate(rates: item.rates, losses: item.losses)
      guard let expected, let found else {
        #expect(found == expected, "\(item.name)")
        continue
      }
      #expect(abs(found / expected - 1) < 1e-5, "\(item.name): \(found) instead of \(expected)")
    }
  }

  @Test func `nothing crashes on short curves`() {
    for count in 0..<40 {
      let rates = (0..<count).map { 1e-5 * Double($0 + 1) }
      for losses in [rates.map { 2 - $0 }, rates.map { _ in .nan }, rates.map { _ in 1 }, rates.map { $0 * .infinity }]
      {
        for rule in SuggestionRule.allCases { _ = rule.rate(rates: rates, losses: losses) }
      }
    }
  }

  @Test func `a long curve is no problem`() {
    let rates = (0..<200_000).map { 1e-6 * Double($0 + 1) }
    #expect(SuggestionRule.fastaiValley.rate(rates: rates, losses: rates.map { 1 / $0 }) != nil)
  }

  @Test func `rates and losses of different length give nothing`() {
    for rule in SuggestionRule.allCases { #expect(rule.rate(rates: [1, 2, 3], losses: [1]) == nil) }
  }
}
