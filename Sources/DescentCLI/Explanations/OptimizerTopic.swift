import DescentCharts
import DescentOptimizers
import DescentSpecs
import Foundation

extension Topic {
  static let optimizer = Topic(
    name: "optimizer",
    summary: "NAME and settings: the rule's formula, what a rate means to it, what it multiplies the gradient by."
  ) { arguments in
    guard let text = arguments.takeWord() else {
      throw Failure(
        "missing-argument", "explain optimizer needs a name",
        hint: "there are: \(OptimizerSpec.names.joined(separator: ", "))")
    }
    let given = try OptimizerSpec(parsing: text)
    var changes: [(name: String, value: String)] = []
    for setting in given.settings {
      guard let value = try arguments.take(setting.name, isFlag: setting.isFlag) else { continue }
      changes.append((setting.name, value))
    }
    let spec: OptimizerSpec
    do { spec = try given.setting(changes) } catch let error as SpecError {
      // The text it points into was never typed.
      throw Failure("bad-spec", error.message)
    }
    let rate = try arguments.take("lr", Value.rate) ?? spec.defaultLearningRate
    let steps = try arguments.take("steps", Value.count(1...100_000)) ?? 100
    return OptimizerAnswer(spec: spec, rate: rate, steps: steps).explanation
  }
}

/// What there is to say of a rule with its settings.
struct OptimizerAnswer {
  let spec: OptimizerSpec
  let rate: Double
  let series: EffectiveRateSeries
  /// The rule with its defaults, if these settings differ; made at the same rate.
  let usual: (spec: OptimizerSpec, series: EffectiveRateSeries)?

  init(spec: OptimizerSpec, rate: Double, steps: Int) {
    self.spec = spec
    self.rate = rate
    series = EffectiveRateSeries(spec, rate: rate, steps: steps)
    usual = OptimizerSpec.presets.first { $0.name == spec.name }.map(OptimizerSpec.init)
      .flatMap { $0 == spec ? nil : ($0, EffectiveRateSeries($0, rate: rate, steps: steps)) }
  }

  /// Median effective rate over that with the defaults, step by step; empty without a comparison.
  var ratios: [Double] { usual.map { zip(series.medians, $0.series.medians).map { $0 / $1 } } ?? [] }

  /// The step, from 1, at which the ratio is furthest from 1, and the ratio.
  var extreme: (step: Int, ratio: Double)? {
    let all = ratios.enumerated().filter { $0.element > 0 && $0.element.isFinite }
    return all.max { abs(log2($0.element)) < abs(log2($1.element)) }.map { ($0.offset + 1, $0.element) }
  }

  var explanation: Explanation {
    let summary = spec.summary.rule
    return Explanation(
      title: spec.description, paragraphs: [summary.purpose] + comparison + [meaning, stability, multiplier],
      formula: summary.formula, source: summary.source, table: settings, chart: chart, next: next, figures: figures)
  }

  // MARK: Text

  private var meaning: String {
    let start = "Its learning rate (\(decimal(spec.defaultLearningRate)) where none is given) "
    return switch spec.rateMeaning {
    case .stepSize: start + "multiplies its step: it is to be found and scheduled."
    case .multiplier: start + "multiplies a rate that it finds itself: leave it, or let a schedule lower it."
    case .bound: start + "is the largest step it may take: it finds the step itself."
    }
  }

  private var threshold: Double { spec.stabilityThreshold(learningRate: rate) }

  private var stability: String {
    let value = threshold
    guard value.isFinite, value > 0 else {
      return "Stability: there is no curvature at which its steps would begin to grow on a quadratic."
    }
    guard spec.rateMeaning == .stepSize else {
      return "Stability: on a quadratic its steps shrink as long as the largest eigenvalue of the Hessian, divided by "
        + "whatever it divides the gradient by, is below \(figure(value * rate))/η, with η the rate it has found."
    }
    let what = series.rescales ? "P⁻¹·H, the Hessian as it rescales it," : "the Hessian H"
    return
      "Stability: at the rate \(figure(rate)) its steps shrink on a quadratic as long as the largest eigenvalue of "
      + "\(what) is below \(plain(value)), which is \(figure(value * rate))/η."
  }

  private var multiplier: String {
    if let problem = series.problem, series.rates.isEmpty { return "It was not tried here: \(problem)" }
    let medians = series.medians
    let shown = [1, 2, 10, medians.count].filter { $0 <= medians.count }
    let steps = Set(shown).sorted().map { "\(figure(medians[$0 - 1])) in step \($0)" }
    if series.surface == .bowl {
      return "Effective rate: in a bowl with curvatures from 0.1 to 10 the gradient is multiplied by "
        + "\(steps.joined(separator: ", ")), the median over the parameters, at the requested rate \(figure(rate))."
    }
    var text =
      "Effective rate: a gradient that stays at 1 is multiplied by \(steps.joined(separator: ", ")), at the requested "
      + "rate \(figure(rate))."
    if let last = series.rates.last?.quantiles, last.tenth < last.ninetieth * 0.99 {
      text +=
        " Between elements whose gradients are 0.18 and 5.6 the last of these goes from \(figure(last.ninetieth)) to "
        + "\(figure(last.tenth)): it evens out gradients of different size."
    }
    if let factors = series.rates.last?.factors, !factors.isEmpty {
      text += " Of that " + factors.map { "\($0.name) makes \(figure($0.value))×" }.joined(separator: ", ") + "."
    }
    return text
  }

  private var comparison: [String] {
    guard let usual, let extreme else { return [] }
    let first = ratios[0]
    guard ratios.contains(where: { abs($0 - 1) > 1e-9 }) else {
      return ["What multiplies the gradient here is the same as for \(usual.spec)."]
    }
    var text =
      "With these settings it multiplies the gradient by \(times(extreme.ratio)) what \(usual.spec) does at step "
      + "\(extreme.step), where they differ most\(extreme.step == 1 ? "" : " (\(times(first)) at step 1)")."
    if let form = uncorrected {
      text +=
        " The averages start at 0 and are not corrected for it, so that the first steps are too large: by "
        + "(1 − β₁ᵗ)/√(1 − β₂ᵗ), which is \(times(form(extreme.step))) at step \(extreme.step)."
    }
    return [text]
  }

  /// What Adam's missing bias correction multiplies a step by, if that is all that differs from the defaults.
  private var uncorrected: ((Int) -> Double)? {
    guard let rule = spec.rule as? Adam, let usual = usual?.spec.rule as? Adam, !rule.biasCorrection,
      usual.biasCorrection
    else { return nil }
    var corrected = rule
    corrected.biasCorrection = true
    return corrected == usual ? { BiasCorrection.ratio(beta1: rule.beta1, beta2: rule.beta2, step: $0) } : nil
  }

  private var settings: [[String]] {
    let usual = usual?.spec.settings ?? spec.settings
    guard !spec.settings.isEmpty else { return [] }
    return [["setting", "here", "default", "range"]]
      + zip(spec.settings, usual).map { [$0.name, $0.value, $1.value, $0.range] }
  }

  private var next: String {
    spec.rateMeaning == .stepSize
      ? "descent find --optimizer \(shellQuoted(spec.description))"
      : "descent train --optimizer \(shellQuoted(spec.description)) --effective-rates"
  }

  // MARK: Picture and numbers

  private var points: [RatePoint] { series.rates.enumerated().map { RatePoint($1, step: $0 + 1) } }

  private var chart: Chart {
    var panels: [Panel] = [.rates(points)]
    if let usual, ratios.contains(where: { abs($0 - 1) > 1e-9 }) {
      var marks: [Mark] = [
        .line(
          Series(
            "over \(usual.spec)", points: ratios.enumerated().map { PlotPoint(Double($0 + 1), $1) }, style: .bold,
            color: .green)),
        .horizontalLine(y: 1, label: "1"),
      ]
      if let extreme {
        marks.append(
          .verticalLine(
            x: Double(extreme.step), label: "\(times(extreme.ratio)) at step \(extreme.step)", emphasized: true))
      }
      panels.append(Panel(yAxis: Axis("ratio"), marks: marks, weight: 0.8))
    }
    return Chart(
      title: spec.description,
      subtitle: series.surface == .bowl
        ? "½·Σ λ·w² with curvatures from 0.1 to 10"
        : "a gradient that stays the same, from 0.1 to 10 in size (median 1)",
      xAxis: Axis("step", scale: .log), panels: panels)
  }

  var figures: [(String, JSON)] {
    let usualSettings = usual?.spec.settings ?? spec.settings
    var figures: [(String, JSON)] = [
      ("optimizer", .string(spec.description)), ("rate", .number(rate)),
      ("rateMeaning", .string("\(spec.rateMeaning)")), ("threshold", .number(threshold)),
      ("surface", .string("\(series.surface)")),
      (
        "settings",
        .array(
          zip(spec.settings, usualSettings).map { setting, usual in
            [
              "name": .string(setting.name), "value": .string(setting.value), "default": .string(usual.value),
              "range": .string(setting.range),
            ]
          })
      ),
      ("series", .array(points.map(\.json))),
    ]
    if let extreme {
      figures.append(
        (
          "ratio",
          [
            "maximum": .number(extreme.ratio), "step": .integer(extreme.step), "series": JSON(ratios),
          ]
        ))
    }
    return figures
  }
}

/// Four digits, without an exponent up to a million.
private func plain(_ value: Double) -> String {
  value >= 1000 && value < 1e6 ? String(format: "%.0f", value) : figure(value)
}

/// A ratio for a person's eyes: `6.57×`.
func times(_ ratio: Double) -> String {
  ratio.isFinite ? figure((ratio * 1000).rounded() / 1000) + "×" : decimal(ratio)
}

extension RatePoint {
  init(_ rate: EffectiveRate, step: Int) {
    self.init(
      step: step, requested: rate.requested, tenth: rate.quantiles.tenth, median: rate.quantiles.median,
      ninetieth: rate.quantiles.ninetieth)
  }
}
