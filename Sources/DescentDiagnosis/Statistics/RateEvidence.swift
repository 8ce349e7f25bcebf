/// What a log says about the rate: figures whose weighted sum is the log-odds that another rate would have done better.
package struct RateEvidence: Sendable {
  /// By name, in a fixed order.
  package let features: [(name: String, value: Double)]
  /// True if trainers' own measurements take part; otherwise only losses and rates do.
  package let hasHealth: Bool
  package let shape: LossShape
  package let steps: StepShape?

  /// Nil for a log that is too short or holds losses that are not finite.
  package init?(_ log: RunLog) {
    guard let shape = LossShape(log) else { return nil }
    self.shape = shape
    steps = StepShape(log, shape)
    func logarithm(_ x: Double, _ least: Double) -> Double { Statistic.logarithm(max(x, 0) + least) }
    let clamped = Statistic.clamped
    var list: [(String, Double)] = []
    let names = ["Start", "4", "11", "33", "60"]
    let logs = shape.falls.map { logarithm($0, 0.003) }
    for (name, fall) in zip(names, shape.falls) { list.append(("fall\(name)", clamped(fall, -1, 1))) }
    for (name, value) in zip(names, logs) { list.append(("logFall\(name)", value)) }
    let late = clamped(logarithm(shape.lateNoise, 1e-9), -8, 1)
    let ratio = clamped(logarithm(shape.lateNoise / max(shape.earlyNoise, 1e-12), 1e-9), -8, 2)
    list += [
      ("lateNoise", late), ("noiseRatio", ratio), ("noiseRatio²", ratio * ratio / 10),
      ("promised", logarithm(shape.promised, 0.003)), ("jump", clamped(shape.jump, -1, 1)),
      ("rises", clamped(logarithm(shape.rises, 1e-3), -7, 1)),
      ("lateNoise·logFall60", late * logs[4]), ("noiseRatio·logFall60", ratio * logs[4]),
      ("logFall33·logFall60", logs[3] * logs[4] / 10),
    ]
    if let steps {
      let rows = log.gradientNorm.values.count
      let eighth = max(1, min(rows, max(10, rows / 8)))
      let end = Statistic.median(log.gradientNorm.values[(rows - eighth)...])
      let start = Statistic.median(log.gradientNorm.values[..<eighth])
      let reach = clamped(logarithm(steps.reach, 1e-6), -14, 2)
      list += [
        ("gradientFall", clamped(logarithm(end / max(start, 1e-300), 1e-9), -8, 4)),
        ("reach", reach), ("reach²", reach * reach / 10),
        ("lastReach", clamped(logarithm(steps.lastReach, 1e-6), -14, 2)),
        ("relativeUpdate", clamped(logarithm(steps.relativeUpdate, 1e-6), -14, 0)),
        ("earlyCosine", steps.earlyCosine), ("lateCosine", steps.lateCosine),
        ("|lateCosine|", abs(steps.lateCosine)), ("lateCosine·logFall60", steps.lateCosine * logs[4]),
        ("firstOrderFall", clamped(steps.firstOrderFall, -1, 2)),
      ]
    }
    hasHealth = steps != nil
    features = list
  }

  /// The probability that a weighted sum stands for, 0…1.
  package func probability(_ weights: RateWeights) -> Double {
    var sum = weights.bias
    for (feature, weight) in zip(features, weights.weights) { sum += feature.value * weight }
    return 1 / (1 + Statistic.exponential(-sum))
  }
}

/// Weights of `RateEvidence.features`, fitted by logistic regression to the design half of the fault-injection suite.
package struct RateWeights: Sendable {
  package var bias: Double
  /// As many as there are features.
  package var weights: [Double]
}
