import DescentCore
import DescentSchedules
import DescentTraining

/// Least squares in three weights with momentum, batches of two rows drawn by a random state of its own.
struct Line: Checkpointable, Evaluable {
  static let rows = (0..<24).map { i -> (x: [Double], y: Double) in
    let x = [1, Double(i % 5) - 2, Double((i * 7) % 11) / 5 - 1]
    return (x, 0.5 - x[1] + 2 * x[2] + Double(i % 3) * 0.1)
  }

  var theta = [0.3, 0.1, -0.2]
  var velocity = [0.0, 0.0, 0.0]
  var random: UInt64 = 1
  var steps = 0
  /// Batches there are.
  var batches = Int.max
  /// The gradient at this step, counted over the life of the value, is multiplied by 1e200.
  var ruin: Int?

  mutating func step(_ request: StepRequest) throws -> StepReport {
    if steps >= batches { throw DataExhausted() }
    var gradient = [0.0, 0.0, 0.0]
    var loss = 0.0
    for _ in 0..<2 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let row = Self.rows[Int(random >> 33) % Self.rows.count]
      let error = residual(row)
      loss += error * error / 4
      for i in 0..<3 { gradient[i] += error * row.x[i] / 2 }
    }
    if steps == ruin { gradient = gradient.map { $0 * 1e200 } }
    for i in 0..<3 {
      velocity[i] = 0.5 * velocity[i] + gradient[i]
      theta[i] -= request.learningRate * velocity[i]
    }
    steps += 1
    return StepReport(loss: loss, gradientNorm: gradient.reduce(0) { $0 + $1 * $1 }.squareRoot())
  }

  private func residual(_ row: (x: [Double], y: Double)) -> Double {
    zip(theta, row.x).reduce(-row.y) { $0 + $1.0 * $1.1 }
  }

  func snapshot() -> Self { self }
  mutating func restore(_ snapshot: Self) { self = snapshot }
  func fork() -> Self { self }

  func evaluate(on part: DataPart) -> Evaluation {
    let rows: ArraySlice = [.train: Self.rows[..<18], .validation: Self.rows[18...]][part] ?? []
    let loss = rows.reduce(0) { $0 + residual($1) * residual($1) / 2 } / Double(rows.count)
    return Evaluation(rows: rows.count, loss: loss, r2: 1 - loss)
  }

  func checkpoint() -> Checkpoint {
    Checkpoint(
      step: steps,
      tensors: [
        CheckpointTensor("theta", theta), CheckpointTensor("velocity", velocity), CheckpointTensor("random", [random]),
      ], metadata: ["step": "mine"])
  }

  struct Misfit: Error {}

  mutating func restore(from checkpoint: Checkpoint) throws {
    guard
      let theta = checkpoint["theta"]?.doubles, let velocity = checkpoint["velocity"]?.doubles,
      let random = checkpoint["random"]?.unsignedIntegers?.first, checkpoint.tensors.count == 3,
      checkpoint.metadata == ["step": "mine"]
    else { throw Misfit() }
    (self.theta, self.velocity, self.random, steps) = (theta, velocity, random, checkpoint.step)
  }
}

/// Keeps everything, every checkpoint too, and refuses when told to.
struct Notebook: RunSink, CheckpointSink {
  struct DiskFull: Error {}

  var rows: [MetricRow] = []
  var events: [RunEvent] = []
  var checkpoints: [Checkpoint] = []
  var descriptions: [RunDescription] = []
  /// Rows and checkpoints it takes before the disk is full.
  var room = Int.max

  private mutating func take() throws {
    if room == 0 { throw DiskFull() }
    room -= 1
  }
  mutating func record(_ row: MetricRow) throws {
    try take()
    rows.append(row)
  }
  mutating func record(_ event: RunEvent) { events.append(event) }
  mutating func update(_ description: RunDescription) { descriptions.append(description) }
  mutating func save(_ checkpoint: Checkpoint) throws {
    try take()
    checkpoints.append(checkpoint)
  }
}

func plan(
  _ spec: String, steps: Int, over horizon: Int? = nil, evaluateEvery: Int? = 7,
  checkpoints: CheckpointPolicy = .atEnd, on policy: DivergencePolicy = .stop, rewindEvery: Int = 8,
  controller: String? = nil
) throws -> TrainingPlan {
  try TrainingPlan(
    schedule: Schedule(parsing: spec).resolved(horizon: Horizon(steps: horizon ?? steps)),
    controller: controller.map(Controller.init(parsing:)), steps: steps,
    evaluateEvery: evaluateEvery, checkpoints: checkpoints, onDivergence: policy, rewindEvery: rewindEvery)
}

/// Steps and values of rows, bit for bit: not-a-number is equal to itself there.
func bits(_ rows: some Sequence<MetricRow>) -> [UInt64] {
  rows.flatMap { row in [UInt64(row.step), UInt64(row.values.count)] + row.values.map(\.value.bitPattern) }
}
