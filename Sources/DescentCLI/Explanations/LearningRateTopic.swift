import DescentCharts
import DescentCore
import DescentOptimizers
import DescentTraining

extension Topic {
  static let learningRate = Topic(
    name: "learning-rate", summary: "What the number does: too small, right, too large, on a parabola."
  ) { _ in
    let rates = [0.03, 0.3, 0.95, 1.05]
    let paths = try Parabola.losses(at: rates, steps: 25)
    return Explanation(
      title: "The learning rate",
      paragraphs: [
        "The learning rate η is what the gradient is multiplied by to make a step. Too small, and training crawls; too "
          + "large, and every step overshoots by more than it gained.",
        "On a parabola of curvature λ a step multiplies the distance to the minimum by 1 − ηλ. It shrinks while "
          + "0 < η < 2/λ, fastest at η = 1/λ, and grows beyond. Here f(x) = x², so λ = 2 and the threshold is "
          + "\(figure(Parabola.threshold)): after 25 steps from x = 1 the loss is "
          + paths.map { "\(figure($0.losses[$0.losses.count - 1])) with η = \(figure($0.rate))" }.joined(
            separator: ", ")
          + ".",
        "A network has many curvatures at once: the steepest direction sets the largest usable rate, the flattest how long "
          + "training takes at it. Momentum, adaptive rules, warm-up and decay all act on that conflict.",
      ],
      formula: "w ← w − η·g\nstable on a quadratic:  η < 2/λ_max",
      source: "Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.3",
      chart: Parabola.chart(paths, title: "f(x) = x² from x = 1"), next: "descent find",
      figures: [("threshold", .number(Parabola.threshold)), ("paths", Parabola.json(paths))])
  }
}

/// Gradient descent on f(x) = x² from x = 1.
enum Parabola {
  static let threshold = SGD().stabilityThreshold(learningRate: 1) / 2

  struct Path {
    var rate: Double
    /// From the start on.
    var losses: [Double]
    var divergence: Int?
  }

  static func losses(at rates: [Double], steps: Int) throws -> [Path] {
    let problem = try TraceProblem(.square, start: [1])
    return try rates.map { rate in
      let result = try Trace.run(problem: problem, optimizer: OptimizerSpec(SGD()), rate: { _ in rate }, steps: steps)
      return Path(rate: rate, losses: [result.startLoss] + result.losses, divergence: result.divergence?.step)
    }
  }

  static func chart(_ paths: [Path], title: String) -> Chart {
    Chart(
      title: title, xAxis: Axis("step"), yAxis: Axis("loss", scale: .log, clipBelow: 1e-6),
      marks: paths.map { .line(Series("η = \(figure($0.rate))", values: $0.losses)) })
  }

  static func json(_ paths: [Path]) -> JSON {
    .array(paths.map { ["rate": .number($0.rate), "losses": JSON($0.losses)] })
  }
}
