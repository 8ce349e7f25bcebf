import DescentCharts
import DescentCore
import DescentOptimizers

extension Topic {
  static let weightDecay = Topic(
    name: "weight-decay", summary: "Coupled and decoupled: what shrinks the weights, and by how much."
  ) { _ in
    let (rate, decay, steps) = (0.01, 0.1, 300)
    let sizes = [0.1, 10.0]
    let rules = [("coupled", Adam(weightDecay: decay)), ("decoupled", Adam(weightDecay: decay, decoupled: true))]
    let runs = try rules.flatMap { name, rule in
      try sizes.map { size in
        (
          name: "\(name), gradients ±\(figure(size))",
          weights: try decaying(OptimizerSpec(rule), rate: rate, size: size, steps: steps)
        )
      }
    }
    let left = runs.map { "\(figure($0.weights[steps])) (\($0.name))" }
    return Explanation(
      title: "Weight decay",
      paragraphs: [
        "Weight decay pulls every weight towards 0. Coupled, it is added to the gradient and goes through all that the rule "
          + "does with one; decoupled, it shrinks the weight by itself: w ← (1 − ηγ)·w.",
        "For plain gradient descent the two are the same. Adam divides the coupled one by the size of the gradients, so that "
          + "weights with large gradients hardly decay. Of a weight of 1 whose gradient only alternates, \(steps) steps "
          + "at η = \(figure(rate)), γ = \(figure(decay)) leave \(left.joined(separator: ", ")).",
        "Either way the rate multiplies it: half the rate is half the decay. A rate found with one kind or strength is not the "
          + "one for another.",
      ],
      formula: "coupled:    d = g + γ·w, and d in place of g\ndecoupled:  w ← (1 − ηγ)·w, then the step by g",
      source: "Loshchilov and Hutter, arXiv 1711.05101",
      chart: Chart(
        title: "Adam, a gradient that alternates", subtitle: "η = \(figure(rate)), γ = \(figure(decay))",
        xAxis: Axis("step"), yAxis: Axis("weight"), marks: runs.map { .line(Series($0.name, values: $0.weights)) }),
      next: "descent explain optimizer adamw --weight-decay 0.1",
      figures: [("left", .object(runs.map { ($0.name, .number($0.weights[steps])) }))])
  }
}

/// The weight over the steps, from 1 on, under gradients of that size and alternating sign.
private func decaying(_ spec: OptimizerSpec, rate: Double, size: Double, steps: Int) throws -> [Double] {
  var optimizer = Optimizer<Double>(spec, parameterCount: 1)
  var weight = [1.0]
  var weights = weight
  for step in 0..<steps {
    let gradient = [step.isMultiple(of: 2) ? size : -size]
    try optimizer.step(parameters: &weight, gradient: gradient, request: StepRequest(learningRate: rate))
    weights += weight
  }
  return weights
}
