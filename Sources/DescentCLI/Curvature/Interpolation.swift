import DescentCharts
import DescentCore
import DescentData
import DescentTraining

/// The loss on the straight line between two checkpoints, as `evaluate` measures it.
struct Interpolation: Slice {
  private struct Point {
    var position: Double
    var train: Double
    var validation: Double?
  }

  private let points: [Point]
  private let ends: [String]
  private let conditions: [String]
  /// Whether both ends have the same parameters.
  private let isOnePoint: Bool

  init(_ sliced: SlicedRun, to reference: String, points count: Int, _ session: Session) throws {
    let trainee = sliced.trainer.trainee
    let from = trainee.wholeState
    let (to, name) = try sliced.state(of: reference, session)
    isOnePoint = from == to
    ends = ["step \(sliced.checkpoint.step)", name]
    conditions = sliced.setup.compiled.normalizesOverBatch ? ["running statistics interpolated too"] : []
    let last = Double(count - 1)
    let positions = Set((0..<count).map { -0.25 + 1.5 * Double($0) / last } + [0, 1]).sorted()
    let hasValidation = !sliced.setup.task.split.validation.isEmpty
    points = try sliced.progress(session, total: positions.count) { observe in
      try positions.enumerated().map { place, position in
        trainee.wholeState = zip(from, to).map { Float((1 - position) * Double($0) + position * Double($1)) }
        try observe(place)
        return Point(
          position: position, train: try trainee.evaluateRaw(on: .train).loss,
          validation: hasValidation ? try trainee.evaluateRaw(on: .validation).loss : nil)
      }
    }
    try sliced.check(points.first { $0.position == 0 }?.train ?? .nan)
  }

  private func loss(at position: Double) -> Double { points.first { $0.position == position }?.train ?? .nan }

  /// How far the training loss rises above the line between its ends, and where.
  private var barrier: (height: Double, position: Double) {
    let (a, b) = (loss(at: 0), loss(at: 1))
    let heights = points.filter { 0...1 ~= $0.position }.map {
      (height: $0.train - (1 - $0.position) * a - $0.position * b, position: $0.position)
    }
    return heights.max { $0.height < $1.height || $0.height.isFinite && !$1.height.isFinite } ?? (.nan, .nan)
  }

  /// Heights that a straight line shows by chance of rounding or noise, as a share of the larger end's loss.
  private var isConnected: Bool { barrier.height <= 0.02 * max(abs(loss(at: 0)), abs(loss(at: 1))) }

  var members: [(String, JSON)] {
    [
      ("kind", "interpolation"), ("from", .string(ends[0])), ("to", .string(ends[1])), ("criticalRate", .null),
      ("barrier", ["height": .number(barrier.height), "alpha": .number(barrier.position)]),
      ("conditions", JSON(conditions)),
      (
        "curve",
        .array(
          points.map {
            ["alpha": .number($0.position), "loss": .number($0.train), "validationLoss": JSON($0.validation)]
          })
      ),
    ]
  }

  var csv: String {
    let hasValidation = points.first?.validation != nil
    return csvText(
      ["alpha", "loss"] + (hasValidation ? ["validationLoss"] : []),
      points.map { [$0.position, $0.train] + ($0.validation.map { [$0] } ?? []) })
  }

  var facts: [[String]] {
    [
      ["from (α = 0)", "\(ends[0]): loss \(figure(loss(at: 0)))"],
      ["to (α = 1)", "\(ends[1]): loss \(figure(loss(at: 1)))"],
      ["barrier", "\(figure(barrier.height)) at α = \(figure(barrier.position))"],
    ]
      + conditions.map { ["note", $0] }
  }

  var verdict: String {
    if isOnePoint { return "Both ends have the same parameters: there is no way between them to measure." }
    return isConnected
      ? "The straight way between both shows no barrier: they lie in one basin, and an average of their weights makes sense."
      : "On the straight way between both the loss rises \(figure(barrier.height)) above the line through its ends: they lie "
        + "in different basins, and their weights should not be averaged."
  }

  func chart(_ title: String) -> Chart {
    // Far beyond the ends the loss may be huge; the way between them matters.
    let inside = points.filter { 0...1 ~= $0.position }.flatMap { [$0.train, $0.validation ?? $0.train] }
      .filter(\.isFinite)
    let (low, high) = (inside.min() ?? 0, inside.max() ?? 1)
    var marks: [Mark] = [
      .line(Series("training loss", x: points.map(\.position), y: points.map(\.train), style: .bold))
    ]
    if points.first?.validation != nil {
      marks.append(
        .line(Series("validation loss", x: points.map(\.position), y: points.map { $0.validation ?? .nan })))
    }
    return Chart(
      title: "Loss between two checkpoints: \(title)", subtitle: conditions.joined(separator: ", "),
      xAxis: Axis("α"), yAxis: Axis("loss", clipAbove: high + 0.5 * (high - low)),
      marks: marks + [.verticalLine(x: 0, label: ends[0]), .verticalLine(x: 1, label: ends[1])])
  }
}
