import DescentOptimizers
import Foundation

/// The closed form of what Adam's bias correction does.
enum BiasCorrection {
  /// Adam's step without bias correction over the step with it, at step t from 1: (1 − β₁ᵗ)/√(1 − β₂ᵗ).
  static func ratio(beta1: Double, beta2: Double, step: Int) -> Double {
    (1 - pow(beta1, Double(step))) / (1 - pow(beta2, Double(step))).squareRoot()
  }
}

extension Topic {
  static let biasCorrection = Topic(
    name: "bias-correction", summary: "Why Adam's first steps are too large without it, and by how much."
  ) { _ in
    let answer = OptimizerAnswer(spec: OptimizerSpec(Adam(biasCorrection: false)), rate: 1e-3, steps: 1000)
    var explanation = answer.explanation
    let extreme = answer.extreme ?? (1, 1)
    explanation.title = "Bias correction"
    explanation.paragraphs = [
      "Adam's averages of gradients and of their squares start at 0, so at first they are too small: after t steps by "
        + "1 − β₁ᵗ and 1 − β₂ᵗ. Bias correction divides by that.",
      "Without it both are too small, but the square, which the step is divided by, more so: β₂ = 0.999 remembers a "
        + "thousand steps, β₁ = 0.9 ten. The step comes out \(times(answer.ratios[0])) as long as asked for in step 1, "
        + "\(times(extreme.ratio)) in step \(extreme.step), \(times(answer.ratios[99])) in step 100 and "
        + "\(times(answer.ratios[999])) in step 1000.",
      "A library that leaves it out (MLX does unless asked) needs a warm-up or a lower rate; the same rate in another "
        + "library is not the same training.",
    ]
    explanation.formula = """
      m̂ = m/(1 − β₁ᵗ),   v̂ = v/(1 − β₂ᵗ),   w ← w − η·m̂/(√v̂ + ε)
      without correction over with it:  (1 − β₁ᵗ)/√(1 − β₂ᵗ)
      """
    explanation.source = "Kingma and Ba, arXiv 1412.6980, section 3"
    explanation.table = []
    explanation.next = "descent explain optimizer adam --bias-correction false"
    return explanation
  }
}
