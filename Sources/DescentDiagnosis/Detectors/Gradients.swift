/// Gradients that are lost on their way to the input.
///
/// Statistic: the geometric mean, over the first four measurements, of ‖g‖ at the weights nearest the input over ‖g‖ at those
/// nearest the output; threshold 10⁻². (AutoTrainer, ICSE 2021, has 10⁻³ and finds fewer.)
///
/// False alarms: 0.2 % of held-out runs without it.
public struct VanishingGradientsDetector: Detector {
  public static let threshold = 1e-2

  public let code = FindingCode.vanishingGradients
  public var isLive: Bool { true }

  public init() {}

  public func obstacle(in log: RunLog) -> String? { log.needsLayers }

  public func finding(in log: RunLog) -> Finding? {
    guard let (ratio, steps) = log.layerRatio, ratio < Self.threshold else { return nil }
    return Finding(
      code, .warning,
      evidence: Evidence(
        steps: steps, statistic: "gradient norm, first layer over last", value: ratio, threshold: Self.threshold,
        sentence: "The gradient's norm at the first layer is \(number(ratio)) of that at the last."),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The same run with --init he and --activation relu, or with norm=layer in the model.",
      advice: "Use --init he with --activation relu, or normalise: --model mlp:…,norm=layer.")
  }
}

/// Gradients that grow on their way to the input.
///
/// Statistic: as for ``VanishingGradientsDetector``; threshold 10. (AutoTrainer, ICSE 2021, has 70 and finds fewer.)
///
/// False alarms: 0.1 % of held-out runs without it.
public struct ExplodingGradientsDetector: Detector {
  public static let threshold = 10.0

  public let code = FindingCode.explodingGradients
  public var isLive: Bool { true }

  public init() {}

  public func obstacle(in log: RunLog) -> String? { log.needsLayers }

  public func finding(in log: RunLog) -> Finding? {
    guard let (ratio, steps) = log.layerRatio, ratio > Self.threshold else { return nil }
    return Finding(
      code, .warning,
      evidence: Evidence(
        steps: steps, statistic: "gradient norm, first layer over last", value: ratio, threshold: Self.threshold,
        sentence: "The gradient's norm at the first layer is \(number(ratio)) times that at the last."),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The same run with smaller initial weights (--init he) or with --clip-norm 1.",
      advice: "Use --init he, normalise (--model mlp:…,norm=layer), or bound the gradients: --clip-norm 1.")
  }
}

extension RunLog {
  fileprivate var needsLayers: String? {
    firstGradientNorm.values.count >= 2
      ? nil : "the log has no gradient norms of the first and last layer (gradNormFirst, gradNormLast)"
  }

  fileprivate var layerRatio: (ratio: Double, steps: ClosedRange<Int>)? {
    guard firstGradientNorm.steps == lastGradientNorm.steps else { return nil }
    let count = firstGradientNorm.values.count
    guard count >= 2 else { return nil }
    let taken = min(4, count)
    let ratios = (0..<taken).compactMap { index -> Double? in
      let (first, last) = (firstGradientNorm.values[index], lastGradientNorm.values[index])
      return first.isFinite && last.isFinite && last > 0 && first > 0 ? first / last : nil
    }
    guard ratios.count >= 2 else { return nil }
    let mean = Statistic.mean(ratios.map(Statistic.logarithm))
    return (Statistic.exponential(mean), firstGradientNorm.steps[0]...firstGradientNorm.steps[taken - 1])
  }
}
