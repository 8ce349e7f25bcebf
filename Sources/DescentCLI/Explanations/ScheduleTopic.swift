import DescentCharts
import DescentSchedules

extension Topic {
  static let schedule = Topic(name: "schedule", summary: "How a rate may change over a run: the usual shapes.") { _ in
    let steps = 1000
    let shapes = [
      ("constant", "constant"), ("cosine", "warmup 5% -> cosine"), ("linear", "warmup 5% -> linear to 0"),
      ("stable, then decay", "warmup 5% -> hold 75% -> 1-sqrt 20% to 0"), ("steps", "drop x0.1 at 50%, 75%"),
    ]
    let rates = try shapes.map { name, text in
      (name, text, try Schedule(parsing: text).resolved(peak: 1, horizon: Horizon(steps: steps)))
    }
    let sums = rates.map { shape -> (name: String, integral: Double) in
      (shape.0, (0..<steps).reduce(0) { $0 + shape.2.rate(at: $1) } / Double(steps))
    }
    return Explanation(
      title: "Schedules",
      paragraphs: [
        "A large rate moves far and forgets fast, but leaves noise in the parameters; a small one settles. A schedule has "
          + "both, one after the other: up to the peak in a warm-up, and down to 0 at the end.",
        "Cosine and linear decay need the length of the run in advance. With warm-up, hold and a short decay (\"stable, "
          + "then decay\") it can be chosen late: any step of the hold can branch off into the decay.",
        "How far a run can go is about the sum of its rates. Of what a constant rate has, these have "
          + sums.map { "\($0.name): \(figure(100 * $0.integral)) %" }.joined(separator: "; ") + ".",
      ],
      formula: rates.map { "\($0.0): \($0.1)" }.joined(separator: "\n"),
      source: "Loshchilov and Hutter, arXiv 1608.03983 (cosine); Hägele et al., arXiv 2405.18392 (stable, then decay)",
      chart: Chart(
        title: "Rate over a run of \(steps) steps, peak 1", xAxis: Axis("step"), yAxis: Axis("rate"),
        marks: rates.map { name, _, schedule in
          .line(Series(name, values: (0..<steps).map { schedule.rate(at: $0) }))
        }), next: "descent schedule 'warmup 5% -> cosine' --lr 1e-3 --steps 1000",
      figures: [("meanRate", .object(sums.map { ($0.name, .number($0.integral)) }))])
  }
}
