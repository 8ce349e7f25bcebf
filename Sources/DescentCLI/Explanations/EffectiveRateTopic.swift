import DescentCharts
import DescentOptimizers

extension Topic {
  static let effectiveRate = Topic(
    name: "effective-rate", summary: "What really multiplies the gradient, against the rate asked for."
  ) { _ in
    let rules = try ["sgd", "sgd(momentum: 0.9)", "adam", "adam(biasCorrection: false)", "adagrad", "lion"].map {
      let spec = try OptimizerSpec(parsing: $0)
      return (spec: spec, ratios: EffectiveRateSeries(spec, rate: 1e-3, steps: 100).medians.map { $0 / 1e-3 })
    }
    let told = rules.map { "\($0.spec) \(times($0.ratios[0])) and \(times($0.ratios[99]))" }
    return Explanation(
      title: "The effective rate",
      paragraphs: [
        "The number given as learning rate is seldom what the gradient is multiplied by. The effective rate of a parameter "
          + "is its change over its gradient, had every gradient so far been the present one.",
        "Under a gradient that stays at 1, in steps 1 and 100, as multiples of the rate: \(told.joined(separator: "; ")).",
        "Momentum adds up to 1/(1 − μ) gradients. Adam and its kin divide by the size of the gradient, so that their rate is "
          + "a step length in parameter units; sign rules divide by all of it. That is why the rate of one rule says "
          + "nothing about that of another.",
      ],
      formula: """
        eᵢ = −Δwᵢ/gᵢ
        sgd: η      momentum: η·(1 − μᵗ)/(1 − μ)      adam: η/(√v̂ + ε)      sign of an average m: η/|m|
        """, source: "the definition is Descent's own; Documentation/effective-rate.md tells it for every family",
      chart: Chart(
        title: "Effective over requested rate", subtitle: "a gradient that stays at 1",
        xAxis: Axis("step", scale: .log),
        yAxis: Axis("effective / requested", scale: .log),
        marks: rules.map { rule in
          .line(
            Series(rule.spec.description, points: rule.ratios.enumerated().map { PlotPoint(Double($0 + 1), $1) }))
        }), next: "descent train --effective-rates",
      figures: [("ratios", .object(rules.map { ($0.spec.description, JSON($0.ratios)) }))])
  }
}
