import DescentCharts
import DescentReports
import DescentTraining

/// What `edge --example catapult` shows: rates on either side of 2/λ and 4/λ, and the one asked for step by step.
struct CatapultReport {
  private let start: Catapult
  private let path: CatapultPath
  /// Multiples of 1/λ side by side.
  private let compared: [CatapultPath]
  /// How far real training is from the closed form.
  private let deviation: Double

  private static let multiples = [0.5, 1, 1.9, 2.1, 2.5, 3, 3.5, 3.9, 4.1, 4.5]

  init(learningRate: Double, steps: Int, seed: UInt64) throws {
    start = try Catapult(seed: seed)
    path = start.path(learningRate: learningRate, steps: steps)
    let start = start
    compared = Self.multiples.map { start.path(learningRate: $0 / start.sharpness, steps: max(steps, 300)) }
    deviation = try Catapult.deviation(seed: seed, learningRate: learningRate, steps: min(steps, 1000))
  }

  func report(_ pictures: PictureOptions, _ session: Session) throws -> Report {
    try pictures.save([(chart, 560)], page: page, session: session)
    return Report(
      json: session.global.json ? json : .null,
      result: session.terminal.outputIsTerminal
        ? table([columns] + rows, leading: [5]) + "\n\n"
          + wrapped(sentence, to: session.terminal.width).joined(separator: "\n") : csv,
      picture: session.drawn(chart, height: 24),
      next: "Training by the network's own gradient follows the closed form to \(figure(deviation)) per step.",
      command: "descent edge --example catapult --lr \(figure(2.5 / start.sharpness))",
      status: path.phase == .diverges ? .badNews : .fine)
  }

  private var threshold: Double { 2 / path.learningRate }
  private var ratios: [Double] { path.states.map { $0.sharpness / threshold } }

  private var sentence: String {
    let rate = "η·λ₀ = \(figure(path.startMultiple))"
    return switch path.phase {
    case .lazy: "\(rate) is below 2: the loss falls from the start and the curvature hardly changes."
    case .catapult:
      "\(rate) lies between 2 and 4: the loss first grew \(figure(path.growth))×, which threw the weights to where the "
        + "curvature is lower (η·λ = \(figure(path.endMultiple)) at the end), then fell."
    case .unfinished:
      "\(rate) is below 4: after \(path.states.count - 1) steps the loss is still \(figure(path.decline))× the first; more "
        + "steps show it fall."
    case .diverges: "\(rate): the loss grows and does not come back, as it always does above 4."
    }
  }

  private var chart: Chart {
    Chart(
      title: "catapult: f = v·u/√n, η = \(figure(path.learningRate)), η·λ₀ = \(figure(path.startMultiple))",
      xAxis: Axis("step"),
      panels: [
        Panel(
          yAxis: Axis("loss", scale: .log, clipAbove: 1e6 * start.loss, clipBelow: 1e-12 * start.loss),
          marks: [.line(Series("loss", values: path.states.map(\.loss)))]),
        Panel(
          yAxis: Axis("λ", clipAbove: 3 * threshold),
          marks: [
            .line(Series("λ", values: path.states.map(\.sharpness))),
            .horizontalLine(y: threshold, label: "2/η = \(shortFigure(threshold))"),
            .horizontalLine(y: 2 * threshold, label: "4/η = \(shortFigure(2 * threshold))"),
          ]),
      ])
  }

  private let columns = ["η·λ₀", "η", "largest loss/first", "last loss/first", "η·λ at the end", "phase"]

  private var rows: [[String]] {
    compared.map {
      [
        figure($0.startMultiple), figure($0.learningRate), figure($0.growth), figure($0.decline),
        figure($0.endMultiple),
        $0.phase.rawValue,
      ]
    }
  }

  private var page: HTMLPage {
    HTMLPage(
      title: "Catapult", subtitle: "f = v·u/√n with the loss ½·f², n = \(figure(start.width))",
      sections: [
        HTMLPage.Section("", [.callout(sentence), .chart(chart, width: 860, height: 560)]),
        HTMLPage.Section("Other rates", [.table(HTMLPage.Table(columns: columns, rows: rows))]),
        HTMLPage.Section(
          "The closed form",
          [
            .preformatted("f′ = f·(1 − ηλ + η²f²/n)\nλ′ = λ + (ηf²/n)·(ηλ − 4)"),
            .paragraph("Training by the network's own gradient follows it to \(figure(deviation)) per step."),
          ]),
      ], footer: HTMLPage.footer)
  }

  private var csv: String {
    (["step,loss,sharpness,threshold,ratio"]
      + path.states.enumerated().map { step, state in
        "\(step)," + [state.loss, state.sharpness, threshold, ratios[step]].map(decimal).joined(separator: ",")
      }).joined(separator: "\n")
  }

  private var json: JSON {
    let crossing = ratios.firstIndex { $0 >= 1 }
    let since = crossing.map { ratios[$0...].filter { $0.isFinite }.sorted() } ?? []
    func quantile(_ q: Double) -> JSON {
      since.isEmpty ? .null : .number(since[Int((q * Double(since.count - 1)).rounded())])
    }
    let losses = path.states.map(\.loss)
    let rising = zip(losses, losses.dropFirst()).count { !($1 <= $0) }
    return [
      "verdict": .string(path.phase.rawValue), "sentence": .string(sentence), "threshold": .number(threshold),
      "crossingStep": JSON(crossing),
      "meanRatio": since.isEmpty ? .null : .number(since.reduce(0, +) / Double(since.count)),
      "medianRatio": quantile(0.5), "p5Ratio": quantile(0.05), "p95Ratio": quantile(0.95), "maxRatio": JSON(since.last),
      "fractionRising": .number(Double(rising) / Double(max(1, losses.count - 1))),
      "diverged": .bool(path.phase == .diverges), "steps": .integer(losses.count - 1), "deviation": .number(deviation),
      "startMultiple": .number(path.startMultiple), "endMultiple": .number(path.endMultiple),
      "growth": .number(path.growth), "events": [], "advice": [], "warnings": [], "products": 0,
      "table": .array(
        compared.map {
          [
            "multiple": .number($0.startMultiple), "rate": .number($0.learningRate), "growth": .number($0.growth),
            "decline": .number($0.decline), "endMultiple": .number($0.endMultiple), "phase": .string($0.phase.rawValue),
          ]
        }),
      "series": .array(
        path.states.enumerated().map { step, state in
          [
            "step": .integer(step), "loss": .number(state.loss), "sharpness": .number(state.sharpness),
            "threshold": .number(threshold), "ratio": .number(ratios[step]),
          ]
        }),
    ]
  }
}
