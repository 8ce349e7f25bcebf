import DescentCore
import DescentDiagnosis
import DescentTraining

/// What watching costs: microseconds a step, beside those of the step itself (`mlp-digits-b32`).
struct LiveCost {
  /// The mean over all steps but the measured ones.
  var step = 0.0
  /// What the measurements of every twentieth step add, spread over all.
  var measuring = 0.0
  /// What the live detectors add to every step.
  var detecting = 0.0

  init(steps: Int = 20_000) throws {
    var specification = RunSpecification()
    specification.steps = steps
    let session = try TrainingSession(specification)
    let trainee = try session.setup.source.makeTrainee(seed: 0, batchOrder: 0)
    let clock = ContinuousClock()
    var (usual, measured) = ([Double](), [Double]())
    var rows: [MetricRow] = []
    for step in 0..<steps {
      let start = clock.now
      let report = try trainee.step(StepRequest(learningRate: 1e-3))
      let time = start.duration(to: clock.now) / .microseconds(1)
      if [6, 7].contains(step % 20) { measured.append(time) } else { usual.append(time) }
      rows.append(
        MetricRow(
          attempt: 0, step: step,
          values: [("loss", report.loss), ("lr", 1e-3), ("gradNorm", report.gradientNorm ?? 0)]
            + (report.health?.values ?? [])))
    }
    // Medians: other work on the machine must not count.
    (usual, measured) = (usual.sorted(), measured.sorted())
    step = usual[usual.count / 2]
    measuring = (measured[measured.count / 2] - step) * 2 / 20
    var times: [Double] = []
    for _ in 0..<5 {
      var live = LiveDiagnosis()
      let start = clock.now
      for row in rows { _ = live.observe(row) }
      times.append(start.duration(to: clock.now) / .microseconds(1) / Double(steps))
    }
    detecting = times.sorted()[2]
  }
}
