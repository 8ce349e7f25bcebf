import DescentSchedules
import Foundation
import Testing

@Suite struct CodableTests {
  @Test func `the JSON has a version and the text form`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = try encoder.encode(Schedule(parsing: "0.1: warmup 5% -> cosine"))
    #expect(String(decoding: json, as: UTF8.self) == #"{"schedule":"0.1: warmup 5% -> cosine to 0","version":1}"#)
  }

  @Test(arguments: [
    #"{"version":2,"schedule":"constant"}"#, #"{"version":1,"schedule":"konstant"}"#, #"{"schedule":"constant"}"#,
  ])
  func `other versions and broken texts are refused`(json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Schedule.self, from: Data(json.utf8)) }
  }

  @Test func `findings and horizons go through JSON`() throws {
    let findings = try run("1: linear 10 to 0.5", steps: 20).lint()
    #expect(findings.count == 2)
    #expect(try JSONDecoder().decode([LintFinding].self, from: JSONEncoder().encode(findings)) == findings)
    let horizon = Horizon(steps: 3, stepsPerEpoch: 2)
    #expect(try JSONDecoder().decode(Horizon.self, from: JSONEncoder().encode(horizon)) == horizon)
  }
}
