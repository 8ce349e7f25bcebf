import DescentFinder
import Foundation
import Testing

@Suite struct RangeTestResultTests {
  private func json(_ result: RangeTestResult) throws -> [String: Any] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try #require(try JSONSerialization.jsonObject(with: encoder.encode(result)) as? [String: Any])
  }

  @Test func `encodes with the contract's keys`() throws {
    let rates = try defaultTest().ladder
    let object = try json(single(rates, typicalLosses(rates)))
    #expect(Set(object.keys) == ["suggestion", "rules", "ceiling", "regions", "repeats", "curve", "spent"])
    let suggestion = try #require(object["suggestion"] as? [String: Any])
    #expect(Set(suggestion.keys) == ["rate", "low", "high", "basis"])
    let rules = try #require(object["rules"] as? [String: Any])
    #expect(
      Set(rules.keys) == [
        "fastai.valley", "fastai.slide", "fastai.minimum", "fastai.steep", "torch-lr-finder.steepest",
        "lightning.steepest", "lightning.steepest-2.5.2", "ignite.steepest",
      ])
    let point = try #require((object["curve"] as? [[String: Any]])?.first)
    #expect(Set(point.keys) == ["step", "rate", "loss", "smoothed"])
    let first = try #require((object["repeats"] as? [[String: Any]])?.first)
    #expect(Set(first.keys) == ["seed", "stopped", "curve"])
    #expect(first["stopped"] as? String == "completed")
    #expect((object["spent"] as? [String: Any])?["steps"] as? Int == rates.count)
  }

  @Test func `writes explicit nulls and a reason where there is nothing to suggest`() throws {
    let object = try json(single([1e-3, 1e-2], [1, .nan], stopped: .notANumber))
    #expect(object["suggestion"] is NSNull)
    #expect((object["reason"] as? String)?.isEmpty == false)
    #expect((object["advice"] as? String)?.isEmpty == false)
    let rules = try #require(object["rules"] as? [String: Any])
    #expect(rules.count == 8 && rules.values.allSatisfy { $0 is NSNull })
    let last = try #require(((object["repeats"] as? [[String: Any]])?.first?["curve"] as? [[String: Any]])?.last)
    #expect(last["loss"] as? String == "nan")
    #expect(try json(single([], []))["ceiling"] is NSNull)
  }
}
