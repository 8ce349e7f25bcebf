/// How updates and gradients fit together, from what trainers measure now and then (`StepHealth`); free of scales.
package struct StepShape: Sendable, Hashable {
  /// The mean cosine between a gradient and the update before it in the first half of the log: near −1 while updates keep
  /// going the same way downhill, 0 where noise decides, above 0 where they overshoot.
  package let earlyCosine: Double
  /// The same in the last half.
  package let lateCosine: Double
  /// ‖g‖·‖Δθ‖ in the last half, as a share of the loss's way: what one update could change at most.
  package let reach: Double
  /// The same in the last fifth, times √((1 + μ)/(1 − μ)) for momentum μ: four times the loss that the noise of steps at this
  /// rate leaves over, as a quadratic bowl has it (η‖g‖²/4 for plain SGD).
  package let lastReach: Double
  /// The median of ‖Δθ‖ / ‖θ‖.
  package let relativeUpdate: Double
  /// −g·Δθ summed over the last half, as a share of the loss's way: the fall that first order promises.
  package let firstOrderFall: Double

  /// Nil where fewer than four such measurements are in the log.
  package init?(_ log: RunLog, _ shape: LossShape) {
    let dots = log.updateDot
    guard dots.values.count >= 4, dots.steps == log.updateNorm.steps else { return nil }
    var norms: [Double] = []
    var place = 0
    for step in dots.steps {
      while place < log.gradientNorm.steps.count, log.gradientNorm.steps[place] < step { place += 1 }
      guard place < log.gradientNorm.steps.count, log.gradientNorm.steps[place] == step else { return nil }
      norms.append(log.gradientNorm.values[place])
    }
    let products = zip(norms, log.updateNorm.values).map { $0 * $1 }
    let cosines = zip(dots.values, products).map { $1 > 0 ? Statistic.clamped($0 / $1, -1, 1) : 0 }
    let half = cosines.count / 2
    guard dots.values.allSatisfy(\.isFinite), products.allSatisfy(\.isFinite) else { return nil }
    earlyCosine = Statistic.mean(cosines[..<half])
    lateCosine = Statistic.mean(cosines[half...])
    reach = Statistic.mean(products[half...]) / shape.range
    let fifth = products.suffix(max(2, products.count / 5))
    let momentum = min(max(log.momentum ?? 0, 0), 0.999)
    lastReach = Statistic.mean(fifth) / shape.range * ((1 + momentum) / (1 - momentum)).squareRoot()
    let steps = Double((log.loss.steps.last ?? 0) - (log.loss.steps.first ?? 0) + 1)
    firstOrderFall = -Statistic.mean(dots.values[half...]) * steps / 2 / shape.range
    let sizes = zip(log.updateNorm.values, log.parameterNorm.values).map { $1 > 0 ? $0 / $1 : 0 }
    relativeUpdate = Statistic.median(sizes)
  }
}
