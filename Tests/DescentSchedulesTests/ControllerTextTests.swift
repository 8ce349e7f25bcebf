import DescentSchedules
import Foundation
import Testing

/// Reading controllers and logs, and what is said when they do not read.
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

  // MARK: Logs

  @Test func `a log is read by the names of its columns`() throws {
    let log = try ObservationLog(csv: "loss,step,valLoss,gradNorm,other\n2,5,,3,x\n\nnan,7,0.5,,y\n")
    #expect(log.observations.count == 2)
    #expect(log.observations[0] == Observation(step: 5, loss: 2, gradientSquaredNorm: 9))
    #expect(log.observations[1].step == 7 && log.observations[1].loss.isNaN && log.observations[1].metric == 0.5)
    #expect(!log.hasRates && log.hasMetrics)
    #expect(try ObservationLog(csv: "loss,lr\n1,0.1\n2,0.2").observations.map(\.scheduledRate) == [0.1, 0.2])
  }

  @Test(arguments: [
    ("step,los\n1,2", "Line 1: the header names step, los; it must name the column loss, as in \"step,loss,lr\"."),
    ("step,loss\n1,2,3", "Line 2: the line has 3 fields, the header has 2."),
    ("step,loss\n1,2\n1,x", "Line 3: the step 1 does not follow on 1; the steps of a log rise."),
    ("step,loss\n1,abc", "Line 2: the loss \"abc\" is not a number (nan and inf are allowed)."),
    ("step,loss\n0.5,1", "Line 2: the step \"0.5\" is not a whole number of 0 or more."),
    ("step,loss\n", "The log holds no rows; it needs lines of step,loss under a header."),
    ("loss,loss\n1,2", "Line 1: the header names the column loss twice."),
  ])
  func `a log that does not read is told with its line`(csv: String, message: String) {
    #expect { try ObservationLog(csv: csv) } throws: { error in
      (error as? ObservationLogError)?.description == message
    }
  }
}
