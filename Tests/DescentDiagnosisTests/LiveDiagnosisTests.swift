import DescentCore
import DescentDiagnosis
import Testing

struct LiveDiagnosisTests {
  /// What a run told, in the order it was told.
  private struct Memory: RunSink, CheckpointSink {
    var events: [RunEvent] = []
    var rows = 0
    mutating func record(_ row: MetricRow) { rows += 1 }
    mutating func record(_ event: RunEvent) { events.append(event) }
    mutating func update(_ description: RunDescription) {}
    mutating func save(_ checkpoint: Checkpoint) {}
  }

  @Test func `A finding becomes an event while the run goes on, once`() throws {
    var told = 0
    var sink = DiagnosingSink(Memory()) { _, _ in told += 1 }
    for step in 0..<600 {
      var values: [(name: String, value: Double)] = [("loss", healthyLosses(600)[step]), ("lr", 0.1)]
      if step % 20 == 7 { values.append(("silentUnits", 0.9)) }
      try sink.record(MetricRow(attempt: 2, step: step, values: values))
    }
    let events = sink.sink.events
    #expect(events.count == 1 && told == 1)
    #expect(events.first?.kind == "finding" && events.first?.attempt == 2)
    #expect(events.first.map { $0.step < 300 && $0.message.hasPrefix("dead-units: ") } == true)
    #expect(sink.sink.rows == 600)
  }

  @Test func `Rows that go back replace those after them`() {
    var live = LiveDiagnosis()
    for step in Array(0..<60) + Array(40..<130) {
      let isBad = step >= 40 && step < 60
      _ = live.observe(MetricRow(attempt: 0, step: step, values: [("loss", isBad ? 1 : 1), ("gradNorm", 1)]))
    }
    #expect(live.findings.isEmpty)
  }

  @Test func `A healthy run is left in peace`() {
    var live = LiveDiagnosis()
    for (step, loss) in healthyLosses().enumerated() {
      #expect(live.observe(MetricRow(attempt: 0, step: step, values: [("loss", loss), ("lr", 0.1)])).isEmpty)
    }
  }
}
