import DescentCore
import DescentTraining

/// A model in training to which something is done, and which measures the truth besides: the loss of the whole training
/// and validation part at evenly spread steps, which no detector is shown.
struct FaultyTrainee: Checkpointable, Evaluable {
  var inner: ModelTrainee
  let injection: Injection
  let steps: Int
  /// Losses at step 0, 1/20 of the run, …, the end.
  var trainLosses: [Double] = []
  var validationLosses: [Double] = []
  /// Training losses after so many shares of the run besides, where much happens between two of the others.
  var earlyLosses: [Double] = []
  static let earlyPlaces = [0.002, 0.004, 0.008, 0.015, 0.03]
  private var position = 0
  private let strength: Double
  init(_ inner: ModelTrainee, _ injection: Injection, steps: Int) {
    self.inner = inner
    self.injection = injection
    self.steps = steps
    strength = [100, 300, 1000][Int(inner.seed / 2 % 3)]
    if injection == .deadUnits { switchOff() }
  }

  private mutating func switchOff() {
    var parameters = inner.parameters
    let slices = inner.source.model.layout.trainable
    for slice in slices where slice.shape.count == 1 && slice.offset + slice.count < parameters.count {
      if slice.name == slices.last?.name { continue }
      for (place, index) in slice.range.enumerated() where place * 10 < slice.count * 9 { parameters[index] = -50 }
    }
    inner.parameters = parameters
  }

  mutating func step(_ request: StepRequest) throws -> StepReport {
    if position * 20 / steps != (position - 1) * 20 / steps || position == 0 { try measure() }
    if Self.earlyPlaces.contains(where: { Int($0 * Double(steps)) == position && position > 0 }) {
      earlyLosses.append(try inner.evaluate(on: .train).loss)
    }
    var request = request
    if injection == .badBatch, position == steps / 2 { request.learningRate *= strength }
    position += 1
    return try inner.step(request)
  }

  mutating func measure() throws {
    trainLosses.append(try inner.evaluate(on: .train).loss)
    validationLosses.append(try inner.evaluate(on: .validation).loss)
  }

  /// Of the hidden layer where it is largest, the share of units whose bias can fall without any loss changing: they are off
  /// for every training row.
  mutating func deadShare() throws -> Double {
    let kept = inner.parameters
    defer { inner.parameters = kept }
    let loss = try inner.evaluate(on: .train).loss
    let slices = inner.source.model.layout.trainable
    var most = 0.0
    for slice in slices where slice.shape.count == 1 && slice.name != slices.last?.name {
      var count = 0
      for index in slice.range {
        var changed = kept
        changed[index] -= 1 + abs(kept[index])
        inner.parameters = changed
        if try inner.evaluate(on: .train).loss == loss { count += 1 }
      }
      most = max(most, Double(count) / Double(slice.count))
    }
    return most
  }

  func evaluate(on part: DataPart) throws -> Evaluation { try inner.evaluate(on: part) }
  func checkpoint() throws -> Checkpoint { inner.checkpoint() }
  func snapshot() -> ModelTrainee.Snapshot { inner.snapshot() }
  mutating func restore(_ snapshot: ModelTrainee.Snapshot) throws { try inner.restore(snapshot) }
  func fork() throws -> FaultyTrainee {
    var twin = self
    twin.inner = try inner.fork()
    return twin
  }
  mutating func restore(from checkpoint: Checkpoint) throws { try inner.restore(from: checkpoint) }
}
