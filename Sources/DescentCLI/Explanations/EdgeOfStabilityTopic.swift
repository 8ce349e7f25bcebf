import DescentCurvature
import DescentOptimizers
import DescentSchedules
import DescentTraining

extension Topic {
  static let edgeOfStability = Topic(
    name: "edge-of-stability", summary: "Why sharpness rises to 2/η and stays there, and what to make of it."
  ) { _ in
    let (rate, steps) = (0.4, 4000)
    let example = try EdgeExample.chebyshev()
    let setup = try example.setUp(example.specification)
    let rates = try Schedule(.constant()).resolved(peak: rate, horizon: setup.horizon(steps: steps))
    var training = try EdgeTraining(setup, rates: rates, timing: .every(10))
    let result = try training.run()
    let summary = result.record.summary
    var picture = EdgePicture(
      title: "A network of 300 parameters on 20 points, η = \(figure(rate))", usesMiniBatches: false, rescales: false,
      steps: steps)
    picture.losses = result.losses
    picture.measurements = result.record.measurements
    picture.crossingStep = summary.crossingStep
    let start = result.record.measurements.first?.sharpness ?? .nan
    let rising = summary.fractionRising ?? .nan
    return Explanation(
      title: "The edge of stability",
      paragraphs: [
        "Gradient descent with rate η is stable only where the sharpness, the largest eigenvalue of the loss's Hessian, is "
          + "below 2/η. Networks trained with all rows at once do not stay clear of that line: sharpness rises until it "
          + "reaches it and then hovers there, while the loss goes on falling over many steps though it rises on single "
          + "ones.",
        "Here a 1-100-1 network learns a Chebyshev polynomial at η = \(figure(rate)), so the line is \(figure(2 / rate)). "
          + "Sharpness begins at \(figure(start)), reaches it at step \(summary.crossingStep ?? 0), and from then on is "
          + "\(figure(summary.meanRatio ?? .nan)) times the line on average (\(figure(summary.p5Ratio ?? .nan)) … "
          + "\(figure(summary.p95Ratio ?? .nan))). The loss rises on \(figure(100 * rising)) % of the steps, and falls from "
          + "\(figure(result.losses.first ?? .nan)) to \(figure(result.record.measurements.last?.loss ?? .nan)).",
        "Why it holds itself: beyond the line the weights swing along the sharpest direction, and the swing, by the loss's "
          + "third derivative, pushes towards where sharpness is lower; then the swing dies down and sharpness rises again. "
          + "Other rules have their own line: heavy-ball momentum (2 + 2β)/η, Adam (2 + 2β₁)/((1 − β₁)η) for the Hessian "
          + "divided by its scaling P, that is 38/η at β₁ = 0.9. descent edge uses the line of the rule at hand.",
        "What follows: ρ, sharpness over its line, near 1 is the normal state of a useful rate, not a fault; single losses "
          + "that rise are no reason to cut it. 2/λ at the start is a safe rate to begin with and often far below the "
          + "largest that trains. After a cut sharpness climbs to the new line, so raise the rate again slowly. With "
          + "mini-batches sharpness stays lower, and Batch Sharpness is what nears the line. With weight decay or "
          + "cross-entropy it may never come to the edge. It says nothing of how well the result generalises.",
      ],
      formula:
        "ρ = λ₁(H)·η/2            plain gradient descent\nρ = λ₁(P⁻¹·H)/threshold   any rule\nρ ≈ 1: at the edge",
      source:
        "Cohen et al. 2021 (arXiv 2103.00065) for the phenomenon; Damian et al. 2022 (arXiv 2209.15594) for why it "
        + "holds itself; Cohen et al. 2022 (arXiv 2207.14484) for adaptive rules; Andreyev and Beneventano 2024 "
        + "(arXiv 2412.20553) for mini-batches",
      chart: picture.chart, next: "descent edge --example chebyshev",
      figures: [
        ("rate", .number(rate)), ("threshold", .number(result.threshold)), ("crossingStep", JSON(summary.crossingStep)),
        ("meanRatio", JSON(summary.meanRatio)), ("p5Ratio", JSON(summary.p5Ratio)),
        ("p95Ratio", JSON(summary.p95Ratio)),
        ("maxRatio", JSON(summary.maxRatio)), ("fractionRising", JSON(summary.fractionRising)),
        ("startSharpness", .number(start)),
      ])
  }
}
