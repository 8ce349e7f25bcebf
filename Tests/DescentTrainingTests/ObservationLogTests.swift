import DescentCore
import DescentSchedules
import DescentTraining
import Testing

@Suite struct ObservationLogTests {
  private func log(_ csv: String) throws -> ObservationLog { try ObservationLog(MetricTable(csv: csv)) }

  @Test func `a log is read by the names of its columns`() throws {
    let log = try log("loss,step,valLoss,gradNorm,other\n2,5,,3,x\n\nnan,7,0.5,,y\n,9,,,\n")
    #expect(log.observations.count == 2)
    #expect(log.observations[0] == Observation(step: 5, loss: 2, gradientSquaredNorm: 9))
    #expect(log.observations[1].step == 7 && log.observations[1].loss.isNaN && log.observations[1].metric == 0.5)
    #expect(!log.hasRates && log.hasMetrics && log.hasNorms && !log.hasDots)
  }

  @Test func `the rate is the schedule's where the log tells it, else the one applied, else 1`() throws {
    #expect(try log("loss,lr,lrScheduled\n1,0.1,0.3").observations.map(\.scheduledRate) == [0.3])
    #expect(try log("loss,lr\n1,0.1\n2,0.2").observations.map(\.scheduledRate) == [0.1, 0.2])
    let gap = try log("loss,lr\n1,0.1\n2,")
    #expect(gap.observations.map(\.scheduledRate) == [1, 1] && !gap.hasRates)
  }

  @Test(arguments: [
    ("step,los\n1,2", 1, "The header names step, los; it must name a column loss."),
    ("step,loss\n1,2\n1,3", 3, "The step 1 does not follow on 1; the steps of a log rise."),
    ("step,loss\n1,abc", 2, "The loss \"abc\" is not a number."),
    ("1,2", 1, "A log needs a header that names its columns, as in step,loss,lr."),
    ("step,loss\n", nil, "The log holds no losses."),
  ])
  func `a log that does not read is told with its line`(csv: String, line: Int?, message: String) {
    #expect(throws: MetricTableError(message, line: line)) { try log(csv) }
  }

  @Test func `a recorded run gives its accuracy to a controller whose mode is max`() {
    let row = MetricRow(attempt: 0, step: 3, values: [("loss", 1), ("lr", 0.1), ("valLoss", 2), ("valAccuracy", 0.75)])
    let record = RunRecord(description: RunDescription(id: "", createdAt: ""), metrics: [row], events: [])
    #expect(ObservationLog(record, mode: .max).observations.map(\.metric) == [0.75])
    #expect(ObservationLog(record).observations == [Observation(step: 3, loss: 1, metric: 2, scheduledRate: 0.1)])
  }
}
