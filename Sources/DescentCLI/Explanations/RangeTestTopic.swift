import DescentCharts
import DescentFinder
import DescentOptimizers
import DescentTraining

extension Topic {
  static let rangeTest = Topic(
    name: "range-test", summary: "Finding a rate by raising it until the loss climbs."
  ) { _ in
    // Curvatures over two decades, the steepest being 10.
    let curvatures = [0.1, 0.3, 1, 3, 10]
    let problem = try TraceProblem(
      hessian: curvatures.indices.map { i in curvatures.indices.map { i == $0 ? curvatures[i] : 0 } },
      start: [Double](repeating: 1, count: curvatures.count))
    let ramp = try RangeTest(from: 1e-3, to: 10, steps: 100)
    let result = try Trace.run(
      problem: problem, optimizer: OptimizerSpec(SGD()), rate: { ramp.rate(at: $0) }, steps: ramp.steps)
    let losses = [result.startLoss] + result.losses.dropLast()
    let rates = losses.indices.map { ramp.rate(at: $0) }
    let threshold = SGD().stabilityThreshold(learningRate: 1) / (curvatures.max() ?? 1)
    let lowest = zip(rates, losses).min { $0.1 < $1.1 }?.0 ?? 0
    return Explanation(
      title: "The range test",
      paragraphs: [
        "Take steps while the rate rises by a constant factor, and watch the loss. It is flat while the rate is too small, "
          + "falls where steps begin to help, and climbs where they begin to overshoot. A rate for training lies where it "
          + "falls, well before it climbs.",
        "Here on a quadratic with curvatures from 0.1 to 10: steps stop shrinking in the steepest direction at η = 2/10 = "
          + "\(figure(threshold)), but the loss is lowest only at \(figure(lowest)), for growth takes steps to be seen. "
          + "That is why the lowest point is too large a rate, and why the rules of the field stay a factor 3 to 10 below.",
        "On a network batches add noise: descent find takes medians, and with --repeats says how sure it is.",
        "What a few steps at each rate show is not what a whole run with a schedule comes to, so descent find takes the test "
          + "as a start only: short runs with the schedule stretched to them, all from the same weights and over the same "
          + "batches, show final loss against rate, and the rate for the planned run lies a little below the best of them. "
          + "descent find --quick is the test alone.",
      ],
      formula: "η_k = η₀·(η_end/η₀)^(k/(N − 1))   for k = 0 … N − 1",
      source: "Smith, arXiv 1506.01186",
      chart: Chart(
        title: "A range test on a quadratic", xAxis: Axis("learning rate", scale: .log),
        yAxis: Axis("loss", clipAbove: 1.5 * result.startLoss),
        marks: [
          .line(Series("loss", x: rates, y: losses, style: .bold)),
          .verticalLine(x: threshold, label: "2/λ = \(figure(threshold))"),
          .verticalLine(x: lowest, label: "lowest \(figure(lowest))"),
        ]), next: "descent find",
      figures: [("threshold", .number(threshold)), ("lowest", .number(lowest)), ("losses", JSON(losses))])
  }
}
