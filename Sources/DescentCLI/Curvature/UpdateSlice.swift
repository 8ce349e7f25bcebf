import DescentCharts
import DescentCore
import DescentCurvature
import DescentSchedules
import DescentTraining

/// The loss along the run's next update.
struct UpdateSlice: Slice {
  private let slice: LossSlice
  /// The rate at α = 1.
  private let rate: Double
  private let rows: MeasuredRows
  private let conditions: [String]
  private let isPlanned: Bool
  /// The highest rate of the run's schedule.
  private let peak: Double
  private let retry: (Double) -> String

  init(_ sliced: SlicedRun, rate asked: Double?, rows: Int?, points: Int, _ session: Session) throws {
    let trainee = sliced.trainer.trainee
    var request = sliced.trainer.nextRequest
    let planned = request.learningRate
    if let asked { request.setRate(asked) }
    rate = request.learningRate
    isPlanned = asked == nil
    peak = sliced.training.plan.schedule.peak
    let before = trainee.parameters
    let snapshot = trainee.snapshot()
    _ = try trainee.step(request)
    let update = zip(trainee.parameters, before).map { $0 - $1 }
    try trainee.restore(snapshot)
    guard update.contains(where: { $0 != 0 }) else {
      throw Failure(
        "no-update", "the update at step \(sliced.checkpoint.step) changes nothing; its rate is \(decimal(rate))",
        hint: "give one with --lr", status: .failed)
    }
    self.rows = sliced.rows(rows, losses: points + 20, batchStatistics: true)
    let objective = try self.rows.trainingLoss(sliced.setup, threads: sliced.threads)
    conditions = sliced.setup.conditions(of: objective)
    try sliced.check(objective.loss(at: before))
    slice = try sliced.progress(session, total: points + 20) { observe in
      try LossSlice.along(update: update, objective, at: before, count: points, observe: observe)
    }
    let specification = sliced.training.specification
    // A schedule keeps its shape: its peak changes as the rate of this step is to.
    retry = { specification.command(rateFactor: $0 / (planned > 0 ? planned : $0)) }
  }

  private var critical: CriticalRate? { slice.critical }
  private var criticalRate: Double? { critical?.rate.map { $0 * rate } }
  private var minimumRate: Double? { slice.quadraticMinimum.flatMap { $0 > 0 ? $0 * rate : nil } }

  var members: [(String, JSON)] {
    [
      ("kind", "update"), ("rate", .number(rate)), ("criticalRate", JSON(criticalRate)),
      ("ratio", JSON(criticalRate.map { rate / $0 })), ("loss", .number(slice.loss)),
      ("slope", .number(slice.slope)), ("curvature", .number(slice.curvature)), ("exact", .bool(slice.isExact)),
      ("quadraticMinimumRate", JSON(minimumRate)),
      ("quadraticCriticalRate", JSON(slice.quadraticCritical.map { $0 * rate })),
      ("rows", .integer(rows.rows.count)), ("rowsInAll", .integer(rows.all)), ("conditions", JSON(conditions)),
      (
        "curve",
        .array(
          slice.points.map {
            [
              "alpha": .number($0.position), "rate": .number($0.position * rate), "loss": .number($0.loss),
              "quadratic": .number(slice.quadratic(at: $0.position)),
            ]
          })
      ),
    ]
  }

  var csv: String {
    csvText(
      ["alpha", "rate", "loss", "quadratic"],
      slice.points.map { [$0.position, $0.position * rate, $0.loss, slice.quadratic(at: $0.position)] })
  }

  var facts: [[String]] {
    [
      ["rate", "\(figure(rate)) (α = 1)\(isPlanned ? "" : ", as asked")"],
      ["critical rate", criticalRate.map { "\(figure($0)) (α = \(figure($0 / rate)))" } ?? "–"],
      ["lowest", slice.lowest.map { "loss \(figure($0.loss)) at rate \(figure($0.position * rate))" } ?? "–"],
      ["loss here", "\(figure(slice.loss)) over \(([rows.text] + conditions).joined(separator: ", "))"],
      [
        "quadratic",
        "slope \(figure(slice.slope)), curvature \(figure(slice.curvature)) per unit of α"
          + (slice.quadraticCritical.map { "; critical at rate \(figure($0 * rate))" } ?? ""),
      ],
    ]
  }

  var verdict: String {
    guard let criticalRate else {
      return critical?.outcome == .neverFalls
        ? "This update raises the loss over \(rows.text) at every rate: its batch disagrees with the whole. Near the "
          + "end of a training that is usual; else lower the rate or take larger batches."
        : "No rate tried raised the loss along this update."
    }
    let now =
      "The rate \(figure(rate)) is \(figure(rate / criticalRate)) times the critical rate \(figure(criticalRate)): "
    switch rate / criticalRate {
    case 1...:
      return now
        + "this update raises the loss. Once is normal at the edge of stability; if the loss keeps rising, lower "
        + "the rate."
    case 0.5...: return now + "this update overshoots the minimum along its line, yet lowers the loss."
    case _ where isPlanned && rate < 0.2 * peak:
      return now + "the run has brought it down from \(figure(peak)), which --lr \(figure(peak)) shows."
    default:
      return now + "this update stays short of the minimum along its line. That is no head-room for the whole run: the "
        + "direction of the next update tells little of the sharpest one; descent find tests that."
    }
  }

  var command: String? {
    guard let criticalRate, rate >= criticalRate else { return nil }
    return retry(criticalRate / 2)
  }

  func chart(_ title: String) -> Chart {
    let losses = slice.points.map(\.loss).filter(\.isFinite)
    let (low, high) = (losses.min() ?? 0, losses.max() ?? 1)
    let room = max(high - low, abs(high) * 1e-9, 1e-300)
    let range = (low - 0.08 * room)...(high + 0.04 * room)
    // Where the fit leaves the picture is its affair, not the reader's.
    let fit = slice.points.map { PlotPoint($0.position, slice.quadratic(at: $0.position)) }.filter { range ~= $0.y }
    var marks: [Mark] = [
      .line(Series("quadratic fit", points: fit, style: .dashed, color: .gray)),
      .line(Series("loss", x: slice.points.map(\.position), y: slice.points.map(\.loss), style: .bold)),
      .horizontalLine(y: slice.loss, label: "loss here"),
      .verticalLine(x: 1, label: "this step \(figure(rate))", emphasized: true),
    ]
    if let criticalRate {
      marks.append(.verticalLine(x: criticalRate / rate, label: "critical \(figure(criticalRate))"))
    }
    return Chart(
      title: "Loss along the next update: \(title)",
      subtitle: "over \(([rows.text] + conditions).joined(separator: ", "))",
      xAxis: Axis("α: the update at rate α · \(figure(rate))"),
      yAxis: Axis("loss", range: range), marks: marks)
  }
}

extension StepRequest {
  /// Changes the rate, and those of groups in proportion.
  fileprivate mutating func setRate(_ rate: Double) {
    let factor = learningRate > 0 ? rate / learningRate : 1
    learningRate = rate
    for name in groupOverrides.keys {
      if let own = groupOverrides[name]?[.learningRate] { groupOverrides[name]?[.learningRate] = own * factor }
    }
  }
}

extension RunSpecification {
  /// The command that trains anew with all rates times a factor.
  fileprivate func command(rateFactor: Double) -> String {
    var copy = self
    if let peak = copy.schedule.peak {
      copy.schedule.peak = Double(figure(peak * rateFactor))
    } else if let rate {
      copy.rate = Double(figure(rate * rateFactor))
    }
    let (values, usual) = (copy.dictionary, RunSpecification().dictionary)
    let names = [
      "data", "model", "activation", "init", "loss", "optimizer", "batch", "accumulate", "clip-norm", "clip-value",
      "ema", "average", "split-seed", "lr", "schedule", "plan", "controller", "steps", "on",
    ]
    return "descent train"
      + names.compactMap { name in
        values[name].flatMap { $0 == usual[name] ? nil : " --\(name) \(shellQuoted($0))" }
      }.joined()
  }
}
