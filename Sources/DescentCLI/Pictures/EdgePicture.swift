import DescentCharts
import DescentCurvature
import DescentTraining
import Foundation

/// The loss above, sharpness with the update rule's threshold below, over the same steps.
///
/// - Source: of the form, Cohen et al. 2021 (arXiv:2103.00065), figure 1.
struct EdgePicture {
  var title: String
  var subtitle = ""
  var usesMiniBatches: Bool
  /// Draws ρ, with its line at 1, in place of sharpness: for adaptive rules, whose P⁻¹·H has eigenvalues of its own unit.
  var rescales: Bool
  /// Steps of the run.
  var steps: Int
  /// Of every step, or of every so many.
  var losses: [Double] = []
  /// Steps between two losses.
  var lossInterval = 1
  var measurements: [EdgeMeasurement] = []
  var batchSharpness: [BatchSharpnessPoint] = []
  var crossingStep: Int?

  var chart: Chart {
    Chart(
      title: title, subtitle: subtitle, xAxis: Axis("step", range: 0...Double(max(1, steps))),
      panels: [
        Panel(yAxis: lossAxis, marks: lossMarks + crossing(label: "")),
        Panel(
          yAxis: rescales ? ratioAxis : sharpnessAxis,
          marks: (rescales ? ratioMarks : sharpnessMarks) + crossing(label: "edge reached, step \(crossingStep ?? 0)"),
          weight: 1.3),
      ])
  }

  private func crossing(label: String) -> [Mark] {
    crossingStep.map { [.verticalLine(x: Double($0), label: label, color: .gray)] } ?? []
  }

  // MARK: Loss

  private var lossMarks: [Mark] {
    let each = losses.enumerated().map { (step: $0.offset * lossInterval, value: $0.element) }
    guard usesMiniBatches else { return [.line(Series("loss", points: thinned(each)))] }
    return [
      .line(Series("batch loss", points: thinned(each), style: .thin)),
      .line(Series("loss", points: points(\.loss), style: .bold)),
    ]
  }

  private var lossAxis: Axis {
    let finite = losses.filter { $0.isFinite }
    guard let first = finite.first, let low = finite.min(), let high = finite.max() else { return Axis("loss") }
    if low > 0, high > 10 * low { return Axis("loss", scale: .log, clipAbove: 1000 * first) }
    return Axis("loss", clipAbove: first + 10 * abs(first))
  }

  // MARK: Sharpness

  private var thresholds: [Double] { measurements.map(\.threshold).filter { $0.isFinite } }

  private var sharpnessMarks: [Mark] {
    var marks: [Mark] = []
    let count = measurements.map(\.eigenvalues.count).max() ?? 0
    for index in 0..<count {
      let name = count == 1 ? "sharpness" : "λ\(subscripted(index + 1))"
      marks.append(
        .points(Series(name, points: points { index < $0.eigenvalues.count ? $0.eigenvalues[index] : .nan })))
    }
    if !batchSharpness.isEmpty {
      marks.append(
        .points(Series("Batch Sharpness", points: batchSharpness.map { PlotPoint(Double($0.step), $0.value) })))
    }
    guard let first = thresholds.first else { return marks }
    if thresholds.allSatisfy({ abs($0 / first - 1) < 1e-9 }) {
      let isPlain = measurements.allSatisfy { abs($0.threshold * $0.learningRate / 2 - 1) < 1e-9 }
      marks.append(
        .horizontalLine(y: first, label: "\(isPlain ? "2/η" : "threshold") = \(shortFigure(first))"))
    } else {
      marks.append(.line(Series("threshold", points: points(\.threshold), style: .dashed, color: .gray)))
    }
    return marks
  }

  private var sharpnessAxis: Axis {
    let top = measurements.map(\.sharpness).filter { $0.isFinite }.max() ?? 0
    guard let low = thresholds.min(), let high = thresholds.max() else { return Axis("sharpness") }
    // A threshold that goes to infinity with a rate that goes to 0 must not flatten the rest.
    return Axis("sharpness", clipAbove: min(3 * high, max(1.2 * min(top, 3 * high), 3 * low)))
  }

  private var ratioMarks: [Mark] {
    var marks: [Mark] = [.points(Series("ρ", points: points(\.ratio)))]
    if !batchSharpness.isEmpty {
      marks.append(
        .points(Series("ρ of batches", points: batchSharpness.map { PlotPoint(Double($0.step), $0.ratio) })))
    }
    return marks + [.horizontalLine(y: 1, label: "edge")]
  }

  private var ratioAxis: Axis {
    Axis("ρ = sharpness / threshold", clipAbove: 3, clipBelow: -0.5)
  }

  private func points(_ value: (EdgeMeasurement) -> Double) -> [PlotPoint] {
    thinned(measurements.map { (step: $0.step, value: value($0)) })
  }
}

/// Three significant digits, as the axis has them.
func shortFigure(_ value: Double) -> String { String(format: "%.3g", value) }

/// ₁, ₂, …
private func subscripted(_ number: Int) -> String {
  String(String(number).unicodeScalars.compactMap { UnicodeScalar(0x2080 + $0.value - 48).map(Character.init) })
}
