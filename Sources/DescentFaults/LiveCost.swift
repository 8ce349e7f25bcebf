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
    // Steps by their place among twenty: at one parameters are kept, at the next they are measured.
    var times = [[Double]](repeating: [], count: 20)
    var rows: [MetricRow] = []
    for step in 0..<steps {
      let start = clock.now
      let report = try trainee.step(StepRequest(learningRate: 1e-3))
      let time = start.duration(to: clock.now) / .microseconds(1)
      times[step % 20].append(time)
      rows.append(
        MetricRow(
          attempt: 0, step: step,
          values: [("loss", report.loss), ("lr", 1e-3), ("gradNorm", report.gradientNorm ?? 0)]
            + (report.health?.values ?? [])))
    }
    // Medians: other work on the machine must not count.
    let medians = times.map { $0.sorted()[$0.count / 2] }
    step = medians.sorted()[10]
    measuring = (medians[6] + medians[7] - 2 * step) / 20
    var looks: [Double] = []
    for _ in 0..<9 {
      var live = LiveDiagnosis()
      let start = clock.now
      for row in rows { _ = live.observe(row) }
      looks.append(start.duration(to: clock.now) / .microseconds(1) / Double(steps))
    }
    detecting = looks.min() ?? 0
  }
}
