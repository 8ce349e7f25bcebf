import DescentTraining

extension Topic {
  static let diverged = Topic(name: "diverged", summary: "When a run counts as diverged, and what to do then.") { _ in
    let rates = [0.9, 0.99, 1.0, 1.01, 1.1].map { $0 * Parabola.threshold }
    let paths = try Parabola.losses(at: rates, steps: 60)
    let told = paths.compactMap { path in path.divergence.map { "η = \(figure(path.rate)) at step \($0)" } }
    return Explanation(
      title: "Diverged",
      paragraphs: [
        "A run has diverged when a loss, a gradient or a parameter is no longer finite, or when the median of its last ten "
          + "losses lies far above where it began. One spike is no divergence: the median forgives it.",
        "On f(x) = x² the threshold is η = 2/λ = \(figure(Parabola.threshold)). At it every step lands as far out as it "
          + "began; a hundredth above, the loss grows by \(figure(1.02 * 1.02))× a step. In 60 steps divergence is seen "
          + "for \(told.isEmpty ? "none of these rates" : told.joined(separator: ", ")).",
        "What helps, in this order: a tenth of the rate (find the largest that works with a range test); a warm-up, if it "
          + "happens in the first steps; gradient clipping, if single batches do it. --on diverge=backoff goes back to "
          + "the last good state at half the rate.",
      ],
      formula: """
        not finite:  loss, gradient or parameter
        exploded:    median of the last 10 losses > L₀ + 10·max(|L₀|, |L₀ − L_best|)
        """, source: "the definition is Descent's own",
      chart: Parabola.chart(paths, title: "f(x) = x² from x = 1, about the threshold"),
      next: "descent train --lr 10 --optimizer sgd --steps 200 --on diverge=backoff",
      figures: [("threshold", .number(Parabola.threshold)), ("paths", Parabola.json(paths))])
  }
}
