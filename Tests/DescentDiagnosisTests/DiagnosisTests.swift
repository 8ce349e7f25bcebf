import DescentCore
import DescentDiagnosis
import Testing

struct DiagnosisTests {
  @Test func `A healthy run has no faults and two notes at most`() {
    for seed in 1...10 {
      let findings = Diagnosis(log(healthyLosses(seed: UInt64(seed)))).findings
      #expect(findings.allSatisfy { $0.severity == .note })
      #expect(findings.count <= Diagnosis.mostNotes)
    }
  }

  @Test func `Findings come gravest first`() {
    var losses = healthyLosses(300)
    losses[250] = .nan
    let run = log(losses) { $0 % 20 == 7 ? [("gradNormFirst", 1e-7), ("gradNormLast", 1)] : [] }
    let severities = Diagnosis(run).findings.map(\.severity)
    #expect(severities.first == .error && severities.contains(.warning))
    #expect(severities == severities.sorted())
  }

  @Test func `A log without losses says what it must have`() {
    #expect(throws: MetricTableError("The header names step, lr; it must name a column loss.", line: 1)) {
      try RunLog(MetricTable(csv: "step,lr\n0,1\n"))
    }
  }

  @Test func `A log that somebody else wrote is read, with empty fields and other columns`() throws {
    let table = try MetricTable(
      csv: "global_step,train_loss,val_loss,learning_rate,host\n0,2,,0.1,a\n10,nan,1.5,0.1,b\n")
    let run = try RunLog(table)
    #expect(run.loss.steps == [0, 10] && run.loss.values[1].isNaN)
    #expect(run.validationLoss.steps == [10])
    #expect(run.peakRate == 0.1)
  }

  @Test(arguments: [
    ("sgd", 0.0), ("sgd(momentum: 0.9)", 0.9), ("adam", 0.9), ("adamw(beta1: 0.8, beta2: 0.99)", 0.8), ("rmsprop", 0),
  ])
  func `Momentum is read from the update rule`(optimizer: String, momentum: Double) {
    let record = RunRecord(
      description: RunDescription(id: "", createdAt: "", specification: ["optimizer": optimizer]), metrics: [],
      events: [])
    #expect(RunLog(record).momentum == momentum)
  }
}
