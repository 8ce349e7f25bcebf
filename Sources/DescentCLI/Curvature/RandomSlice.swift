import DescentCharts
import DescentCore
import DescentCurvature
import DescentTraining

/// The loss along one random direction, filter-normalised.
struct RandomSlice: Slice {
  private let slice: LossSlice
  private let rows: MeasuredRows
  private let conditions: [String]

  init(_ sliced: SlicedRun, rows: Int?, span: Double, points: Int, _ session: Session) throws {
    let (point, kept) = sliced.parts(of: sliced.trainer.trainee.wholeState)
    self.rows = sliced.rows(rows, losses: points, batchStatistics: false)
    let objective = try self.rows.evaluationLoss(sliced.setup, kept: kept, threads: sliced.threads)
    conditions = sliced.setup.conditions(of: objective)
    try sliced.check(objective.loss(at: point))
    let direction = try filterNormalizedDirection(sliced.setup.compiled.layout, at: point, seed: session.global.seed)
    slice = try sliced.progress(session, total: points) { observe in
      try LossSlice.over(-span...span, along: direction, objective, at: point, count: points, observe: observe)
    }
  }

  var members: [(String, JSON)] {
    [
      ("kind", "random"), ("criticalRate", .null), ("loss", .number(slice.loss)), ("slope", .number(slice.slope)),
      ("curvature", .number(slice.curvature)), ("rows", .integer(rows.rows.count)), ("rowsInAll", .integer(rows.all)),
      ("conditions", JSON(conditions)),
      ("curve", .array(slice.points.map { ["alpha": .number($0.position), "loss": .number($0.loss)] })),
    ]
  }

  var csv: String { csvText(["alpha", "loss"], slice.points.map { [$0.position, $0.loss] }) }

  var facts: [[String]] {
    [
      ["loss here", "\(figure(slice.loss)) over \(([rows.text] + conditions).joined(separator: ", "))"],
      ["curvature", "\(figure(slice.curvature)) along the direction"],
      ["lowest", slice.lowest.map { "loss \(figure($0.loss)) at α = \(figure($0.position))" } ?? "–"],
    ]
  }

  var verdict: String {
    "One random direction of very many: compare runs by it, with the same --seed; it says nothing of the rate."
  }

  func chart(_ title: String) -> Chart {
    Chart(
      title: "Loss along a random direction: \(title)",
      subtitle: "filter-normalised; over \(([rows.text] + conditions).joined(separator: ", "))",
      xAxis: Axis("α"), yAxis: Axis("loss", clipsOutliers: true),
      marks: [
        .line(Series("loss", x: slice.points.map(\.position), y: slice.points.map(\.loss), style: .bold)),
        .verticalLine(x: 0, label: "checkpoint", emphasized: true),
      ])
  }
}

/// The loss over the plane of two random directions, filter-normalised.
struct RandomPlane: Slice {
  private let plane: LossPlane
  private let rows: MeasuredRows
  private let conditions: [String]

  var isPlane: Bool { true }

  init(_ sliced: SlicedRun, rows: Int?, span: Double, points: Int, _ session: Session) throws {
    let (point, kept) = sliced.parts(of: sliced.trainer.trainee.wholeState)
    self.rows = sliced.rows(rows, losses: points * points, batchStatistics: false)
    let objective = try self.rows.evaluationLoss(sliced.setup, kept: kept, threads: sliced.threads)
    conditions = sliced.setup.conditions(of: objective)
    try sliced.check(objective.loss(at: point))
    let layout = sliced.setup.compiled.layout
    let directions = (
      try filterNormalizedDirection(layout, at: point, seed: session.global.seed),
      try filterNormalizedDirection(layout, at: point, seed: session.global.seed, index: 1)
    )
    plane = try sliced.progress(session, total: points * points) { observe in
      try LossPlane(over: -span...span, along: directions, objective, at: point, count: points, observe: observe)
    }
  }

  private var count: Int { plane.positions.count }

  var members: [(String, JSON)] {
    [
      ("kind", "plane"), ("criticalRate", .null), ("loss", .number(plane.loss)),
      ("rows", .integer(rows.rows.count)), ("rowsInAll", .integer(rows.all)), ("conditions", JSON(conditions)),
      ("positions", JSON(plane.positions)),
      ("losses", .array((0..<count).map { JSON(plane.losses[($0 * count)..<(($0 + 1) * count)]) })),
      ("curve", .array([])),
    ]
  }

  var csv: String {
    csvText(
      ["x", "y", "loss"],
      plane.losses.indices.map { [plane.positions[$0 % count], plane.positions[$0 / count], plane.losses[$0]] })
  }

  var facts: [[String]] {
    [
      ["loss here", "\(figure(plane.loss)) over \(([rows.text] + conditions).joined(separator: ", "))"],
      [
        "lowest",
        plane.lowest.map { "loss \(figure($0.loss)) at (\(figure($0.x)), \(figure($0.y)))" } ?? "–",
      ],
      ["grid", "\(count) × \(count)"],
    ]
  }

  var verdict: String {
    "Two random directions of very many: compare runs by them, with the same --seed; the picture says nothing of the rate."
  }

  func chart(_ title: String) -> Chart {
    let first = plane.positions.first ?? -1
    let range = first...max(plane.positions.last ?? 1, first)
    let contours = Contours(
      xRange: range, yRange: range, columns: count, rows: count, values: plane.losses, levels: .logarithmic(14))
    let levels = contours.resolvedLevels
    let heights = levels.first.map { "; levels from \(figure($0)) to \(figure(levels[levels.count - 1]))" } ?? ""
    return Chart(
      title: "Loss over two random directions: \(title)",
      subtitle: "filter-normalised; over \(([rows.text] + conditions).joined(separator: ", "))\(heights)",
      xAxis: Axis("first direction", range: range), yAxis: Axis("second direction", range: range),
      marks: [.contours(contours), .points(Series("checkpoint", points: [PlotPoint(0, 0)]))])
  }
}
