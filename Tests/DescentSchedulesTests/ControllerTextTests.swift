import DescentSchedules
import Foundation
import Testing

/// Reading controllers, and what is said when they do not read.
@Suite struct ControllerTextTests {
  @Test(arguments: [
    (
      "platau(patience: 5)",
      "there is no controller \"platau\"; did you mean \"plateau\"? (at character 1 of \"platau(patience: 5)\")."
    ),
    (
      "plateau(patients: 5)",
      "plateau has no argument \"patients\"; did you mean \"patience\"? (at character 9 of \"plateau(patients: 5)\")."
    ),
    (
      "plateau(factor: 2)",
      "plateau: factor must be above 0 and below 1, and 2 is not (at character 9 of \"plateau(factor: 2)\")."
    ),
    (
      "plateau(patience: 1.5)",
      "plateau: patience must be a whole number, and 1.5 is not (at character 9 of \"plateau(patience: 1.5)\")."
    ),
    (
      "plateau(patience: -1)",
      "plateau: patience must be at least 0, and -1 is not (at character 9 of \"plateau(patience: -1)\")."
    ),
    (
      "plateau(mode: mini)",
      "plateau: mode cannot be \"mini\"; did you mean \"min\"? (at character 9 of \"plateau(mode: mini)\")."
    ),
    ("plateau(watch: 3)", "plateau: watch is one of loss, validation (at character 9 of \"plateau(watch: 3)\")."),
    (
      "plateau(threshold: 1)",
      "plateau: a relative threshold must be below 1, and 1 is not (at character 1 of \"plateau(threshold: 1)\")."
    ),
    (
      "greedy(min: 3, max: 2)",
      "greedy: min must not be above max, and 3 is above 2 (at character 1 of \"greedy(min: 3, max: 2)\")."
    ),
    ("backoff(growth: 1)", "backoff: growth must be above 1, and 1 is not (at character 9 of \"backoff(growth: 1)\")."),
  ])
  func `a mistake is told with its place and what would be right`(text: String, message: String) {
    #expect { try Controller(parsing: text) } throws: { error in
      (error as? ScheduleError)?.description == message
    }
  }

  @Test(arguments: [
    "plateau", "plateau(patience: 5, factor: 0.5)", "greedy(smooth: 50)", "backoff(recover: 100)",
    "hypergradient(beta: 0.0001)", "polyak(max: 10, c: 0.5)",
  ])
  func `the canonical text is what was written`(text: String) throws {
    #expect(try Controller(parsing: text).description == text)
  }

  @Test func `what the settings say by default is left out of the text`() throws {
    #expect(try Controller(parsing: "plateau(patience: 10, factor: 0.1)").description == "plateau")
    #expect(try Controller(parsing: "polyak(target: 0, max: 1)").description == "polyak")
  }

  @Test func `JSON with settings out of range is refused`() throws {
    let good = try JSONEncoder().encode(Controller.backoff(DivergenceBackoff()))
    let bad = String(decoding: good, as: UTF8.self).replacing("\"factor\":0.5", with: "\"factor\":1.5")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Controller.self, from: Data(bad.utf8)) }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Controller.self, from: Data("{}".utf8)) }
  }
}
