import DescentCharts
import DescentOptimizers
import DescentSchedules

extension Topic {
  static let warmUp = Topic(
    name: "warm-up", summary: "Why a rate begins small, and what that changes for a rule without bias correction."
  ) { _ in
    let (steps, peak) = (200, 1e-3)
    let rule = OptimizerSpec(Adam(biasCorrection: false))
    let shapes = [("constant", "constant"), ("warm-up of 20 %", "warmup 20% -> constant")]
    let runs = try shapes.map { name, text in
      let schedule = try Schedule(parsing: text).resolved(peak: peak, horizon: Horizon(steps: steps))
      return (
        name: name, rates: (0..<steps).map { schedule.rate(at: $0) },
        effective: EffectiveRateSeries(rule, steps: steps) { schedule.rate(at: $0) }.medians
      )
    }
    let largest = runs.map { ($0.effective.max() ?? 0) / peak }
    func lines(_ values: KeyPath<(name: String, rates: [Double], effective: [Double]), [Double]>) -> [Mark] {
      runs.map { run in
        .line(Series(run.name, points: run[keyPath: values].enumerated().map { PlotPoint(Double($0 + 1), $1) }))
      }
    }
    return Explanation(
      title: "Warm-up",
      paragraphs: [
        "A warm-up raises the rate from near 0 to its peak over the first steps. There the averages of an adaptive rule "
          + "rest on few gradients, the surface is steeper than later, and a large step can land where training does not "
          + "come back from.",
        "Adam without bias correction shows it in numbers: at a constant rate what multiplies a gradient of 1 grows to "
          + "\(times(largest[0])) the requested rate; with a warm-up over 20 % of \(steps) steps to \(times(largest[1])). "
          + "RAdam and bias correction act on the same steps from the rule's side.",
        "Usual lengths: 1 to 10 % of the run, or about 2/(1 − β₂) steps for Adam. Too long costs little, too short can "
          + "cost the run.",
      ],
      formula: "ηₜ = η_peak·(t + 1)/T_warm-up   for t = 0 … T_warm-up − 1",
      source: "Goyal et al., arXiv 1706.02677; Ma and Yarats, arXiv 1910.04209 (2/(1 − β₂))",
      chart: Chart(
        title: "adam(biasCorrection: false), a gradient of 1", xAxis: Axis("step", scale: .log),
        panels: [
          Panel(yAxis: Axis("requested"), marks: lines(\.rates)),
          Panel(yAxis: Axis("effective"), marks: lines(\.effective)),
        ]), next: "descent schedule 'warmup 5% -> cosine' --lr 1e-3 --steps 1000",
      figures: [
        ("largestWithout", .number(largest[0])), ("largestWith", .number(largest[1])), ("peak", .number(peak)),
      ])
  }
}
