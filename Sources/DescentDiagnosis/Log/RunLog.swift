public import DescentCore
public import DescentSchedules

/// What detectors look at: the measurements of a run in the order of the steps, whoever wrote them.
public struct RunLog: Sendable {
  /// Values of one measurement, where it was taken.
  public struct Column: Sendable, Hashable {
    public var steps: [Int] = []
    public var values: [Double] = []
    public var isEmpty: Bool { values.isEmpty }

    mutating func remove(from step: Int) {
      let kept = steps.firstIndex { $0 >= step } ?? steps.count
      steps.removeLast(steps.count - kept)
      values.removeLast(values.count - kept)
    }

    mutating func append(_ step: Int, _ value: Double) {
      steps.append(step)
      values.append(value)
    }
  }

  /// Mini-batch losses; detectors need nothing more.
  public var loss = Column()
  /// The rate of every row that has a loss; empty if one of them does not say it.
  public internal(set) var rates: [Double] = []
  public var gradientNorm = Column()
  public var validationLoss = Column()
  public var updateNorm = Column()
  public var updateDot = Column()
  public var parameterNorm = Column()
  public var firstGradientNorm = Column()
  public var lastGradientNorm = Column()
  public var silentUnits = Column()
  /// The validation loss of the initial parameters.
  public var startLoss: Double?
  /// The loss of the whole training part at the end.
  public var finalLoss: Double?
  /// What the loss cannot go below; nil: not known.
  public var leastLoss: Double?
  /// What the run was meant to do; nil: not known.
  public var intended: ResolvedSchedule?
  /// Steps of the whole run; nil: as far as the log goes.
  public var plannedSteps: Int?
  /// The momentum of the update rule (β₁ of its like), 0 ..< 1; nil: not known.
  public var momentum: Double?
  /// False while the run is still being made.
  public var isComplete = true

  public init() {}

  /// Reads a row of a run.
  public mutating func append(step: Int, _ values: [(name: String, value: Double)]) {
    var rate: Double?
    var hasLoss = false
    for (name, value) in values {
      switch name {
      case "loss":
        loss.append(step, value)
        hasLoss = true
      case "lr": rate = value
      case "gradNorm": gradientNorm.append(step, value)
      case "valLoss": validationLoss.append(step, value)
      case "updateNorm": updateNorm.append(step, value)
      case "updateDot": updateDot.append(step, value)
      case "paramNorm": parameterNorm.append(step, value)
      case "gradNormFirst": firstGradientNorm.append(step, value)
      case "gradNormLast": lastGradientNorm.append(step, value)
      case "silentUnits": silentUnits.append(step, value)
      case "startValLoss": startLoss = value
      default: break
      }
    }
    if hasLoss, let rate, rates.count == loss.values.count - 1 { rates.append(rate) }
  }

  /// Drops everything measured at this step and later.
  mutating func removeRows(from step: Int) {
    let columns: [WritableKeyPath<RunLog, Column>] = [
      \.loss, \.gradientNorm, \.validationLoss, \.updateNorm, \.updateDot, \.parameterNorm, \.firstGradientNorm,
      \.lastGradientNorm, \.silentUnits,
    ]
    for column in columns { self[keyPath: column].remove(from: step) }
    if rates.count > loss.values.count { rates.removeLast(rates.count - loss.values.count) }
  }

  /// True if every row says at which rate its step was made.
  public var hasRates: Bool { !rates.isEmpty && rates.count == loss.values.count }

  /// The largest rate of the log.
  public var peakRate: Double? { hasRates ? rates.max() : nil }

  /// First and last step.
  var range: ClosedRange<Int> { (loss.steps.first ?? 0)...max(loss.steps.first ?? 0, loss.steps.last ?? 0) }

  /// The steps from row `first` to row `last` of the losses.
  func steps(_ first: Int, _ last: Int) -> ClosedRange<Int> {
    let (low, high) = (max(0, min(first, last)), min(loss.steps.count - 1, max(first, last)))
    return loss.steps[low]...loss.steps[max(low, high)]
  }
}

extension RunLog {
  /// What a run recorded.
  ///
  /// - Parameters:
  ///   - record: a run as read back.
  ///   - intended: the schedule it was meant to follow, laid over its steps.
  public init(_ record: RunRecord, intended: ResolvedSchedule? = nil) {
    self.init()
    for row in record.metrics { append(step: row.step, row.values) }
    self.intended = intended
    momentum = record.description.specification["optimizer"].map(Self.momentum)
    plannedSteps = record.description.plannedSteps > 0 ? record.description.plannedSteps : nil
    // Cross-entropy and squared differences are never below 0.
    leastLoss = record.description.specification["loss"].flatMap {
      ["cross-entropy", "squared"].contains($0) ? 0 : nil
    }
    finalLoss = record.description.results["finalLoss"]
    isComplete = record.description.status == .finished || record.description.status == .diverged
  }

  /// A log with the column `loss` and, where there are any, `step`, `lr`, `gradNorm`, `valLoss` and those that training
  /// records. An empty field was not measured.
  ///
  /// - Throws: `MetricTableError` with the line that is wrong.
  public init(_ table: MetricTable) throws(MetricTableError) {
    self.init()
    guard let header = table.header else {
      throw MetricTableError("A log needs a header that names its columns, as in step,loss,lr.", line: table.firstLine)
    }
    var columns: [(name: String, values: [Double?])] = []
    for (name, spellings) in Self.spellings {
      if let place = table.column(named: spellings) { columns.append((name, try table.numbers(inColumn: place))) }
    }
    guard columns.contains(where: { $0.name == "loss" }) else {
      throw MetricTableError(
        "The header names \(header.joined(separator: ", ")); it must name a column loss.", line: table.firstLine)
    }
    let steps = try table.steps()
    if let wrong = steps.indices.dropFirst().first(where: { steps[$0] <= steps[$0 - 1] }) {
      throw MetricTableError(
        "The step \(steps[wrong]) does not follow on \(steps[wrong - 1]); the steps of a log rise.",
        line: table.rows[wrong].line)
    }
    for row in steps.indices {
      append(step: steps[row], columns.compactMap { name, values in values[row].map { (name, $0) } })
    }
    if loss.isEmpty { throw MetricTableError("The log holds no losses.") }
  }

  /// The momentum of an update rule written as `sgd(momentum: 0.9)` or `adam`.
  static func momentum(of optimizer: String) -> Double {
    for name in ["momentum: ", "beta1: "] {
      guard let place = optimizer.firstRange(of: name) else { continue }
      if let value = Double(optimizer[place.upperBound...].prefix { "0123456789.e-".contains($0) }) { return value }
    }
    // Rules without momentum unless told; of the others β₁ is 0.9 by default.
    let plain = ["sgd", "rmsprop", "adagrad", "adadelta", "rprop", "signsgd"]
    return plain.contains { optimizer == $0 || optimizer.hasPrefix($0 + "(") } ? 0 : 0.9
  }

  /// How people call the columns.
  private static let spellings: [(String, [String])] = [
    ("loss", ["loss", "train_loss", "train/loss", "training_loss", "trainLoss"]),
    ("lr", ["lr", "rate", "learning_rate", "learningRate"]),
    ("gradNorm", ["gradNorm", "grad_norm", "gradient_norm"]),
    ("valLoss", ["valLoss", "val_loss", "eval_loss", "validation_loss", "val/loss"]),
    ("updateNorm", ["updateNorm"]), ("updateDot", ["updateDot"]), ("paramNorm", ["paramNorm", "param_norm"]),
    ("gradNormFirst", ["gradNormFirst"]), ("gradNormLast", ["gradNormLast"]), ("silentUnits", ["silentUnits"]),
    ("startValLoss", ["startValLoss"]),
  ]
}
