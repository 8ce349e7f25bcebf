import DescentCharts
import DescentOptimizers
import DescentTraining

extension Topic {
  static let momentum = Topic(
    name: "momentum", summary: "What it adds to a rate: longer steps where gradients agree, a higher threshold."
  ) { _ in
    let (rate, steps) = (0.008, 150)
    let problem = try TraceProblem(hessian: [[1, 0], [0, 100]], start: [1, 1])
    let rules = [SGD(), SGD(momentum: 0.9), SGD(momentum: 0.9, nesterov: true)].map(OptimizerSpec.init)
    let runs = try rules.map { spec in
      (
        spec: spec, threshold: spec.stabilityThreshold(learningRate: rate),
        losses: [problem.loss(at: problem.start)]
          + (try Trace.run(problem: problem, optimizer: spec, rate: { _ in rate }, steps: steps)).losses
      )
    }
    let gathered = EffectiveRateSeries(rules[1], rate: rate, steps: 100).medians.map { $0 / rate }
    return Explanation(
      title: "Momentum",
      paragraphs: [
        "Momentum steps along a sum of past gradients in which each counts μ times the one after it. Where gradients agree "
          + "they add up, where they alternate they cancel: long narrow valleys are walked along, not across.",
        "A gradient that stays the same comes to count 1/(1 − μ) times: with μ = 0.9 \(times(gathered[0])) in step 1, "
          + "\(times(gathered[9])) in step 10, \(times(gathered[99])) in step 100. So a rate tuned without momentum is "
          + "about that factor too large with it, on noisy gradients.",
        "The largest stable curvature at η = \(figure(rate)): "
          + runs.map { "\(figure($0.threshold)) for \($0.spec)" }.joined(separator: ", ")
          + ". Loss after \(steps) steps in a valley of curvatures 1 and 100: "
          + runs.map { "\(figure($0.losses[steps])) with \($0.spec)" }.joined(separator: ", ") + ".",
      ],
      formula: """
        v ← μ·v + g,   w ← w − η·v          (Nesterov: w ← w − η·(g + μ·v))
        effective rate after t steps: η·(1 − μᵗ)/(1 − μ)
        stable: λ < 2/η without, 2·(1 + μ)/η with heavy-ball, 2·(1 + μ)/((1 + 2μ)·η) with Nesterov momentum
        """, source: "Polyak, 1964; Sutskever et al., ICML 2013",
      chart: Chart(
        title: "½·(x² + 100·y²) from (1, 1), η = \(figure(rate))", xAxis: Axis("step"),
        yAxis: Axis("loss", scale: .log, clipBelow: 1e-8),
        marks: runs.map { .line(Series($0.spec.description, values: $0.losses)) }),
      next: "descent explain optimizer sgd --momentum 0.9",
      figures: [
        ("gathered", JSON(gathered)),
        ("thresholds", .object(runs.map { ($0.spec.description, .number($0.threshold)) })),
      ])
  }
}
