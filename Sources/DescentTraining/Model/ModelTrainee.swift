internal import DescentAutodiff
public import DescentCore
internal import DescentData
internal import DescentLinearAlgebra
internal import DescentOptimizers

/// A built-in model in training: batches, compiled gradient and optimizer behind the waist's protocols.
///
/// A step allocates nothing. Owned by one thread; a fork shares only what never changes.
public final class ModelTrainee: Restorable, Evaluable, Probing {
  public let source: ModelSource
  public let seed: UInt64
  public let batchOrder: UInt64
  /// Optimizer steps taken so far.
  public private(set) var completedSteps = 0

  private let machine: Machine
  /// The whole vector of the layout: trainable parameters, then what the model keeps.
  private let parameterMemory: AlignedBuffer<Float>
  private let keptAfter: AlignedBuffer<Float>
  private let randomState = AlignedBuffer<Int32>(4)
  private let gradientMemory: AlignedBuffer<Float>
  private let lossMemory = AlignedBuffer<Float>(1)
  private let batch: Batch<Float>
  private let arena: Arena
  private var optimizer: Optimizer<Float>
  private var order: BatchOrder
  private var loadedStep: Int?
  private lazy var evaluator = ModelEvaluator(model, machine: machine)
  private lazy var trialArena = Arena(for: model.batchLoss.program, precision: .float32)

  private var model: CompiledModel { source.model }

  init(_ source: ModelSource, seed: UInt64, batchOrder: UInt64, machine: Machine) throws {
    self.source = source
    self.seed = seed
    self.batchOrder = batchOrder
    self.machine = machine
    let model = source.model
    let count = model.layout.trainableCount
    parameterMemory = AlignedBuffer(model.layout.count)
    keptAfter = AlignedBuffer(model.layout.bufferCount)
    gradientMemory = AlignedBuffer(count)
    batch = Batch(rows: model.batchSize, of: model.task.data)
    arena = Arena(for: model.training.program, precision: .float32)
    optimizer = try Optimizer(source.optimizer, parameterCount: count, groups: source.groups)
    order = BatchOrder(rows: model.task.split.train, batchSize: model.batchSize, seed: batchOrder)
    parameterMemory.update(from: (model.initialParameters(seed: seed) + model.keptStarts).map(Float.init))
    bind(arena, model.training)
    arena.bind(model.training.results[1], to: gradientMemory.pointer)
    arena.bind(model.training.results[2], to: keptAfter.pointer)
  }

  private func bind(_ arena: Arena, _ compiled: CompiledModel.Compiled) {
    arena.bind(compiled.sources, parameters: parameterMemory.pointer, kept: keptMemory, random: randomState.pointer)
    arena.bind(compiled.results[0], to: lossMemory.pointer)
    batch.bind(to: arena, compiled)
  }

  private var keptMemory: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(parameterMemory.base + model.layout.trainableCount)
  }

  /// Steps in one pass over the training part.
  public var stepsPerEpoch: Int { order.stepsPerEpoch }

  /// The trainable parameters, by the layout.
  public var parameters: [Float] {
    get { Array(parameterMemory.elements.prefix(model.layout.trainableCount)) }
    set { if newValue.count == model.layout.trainableCount { parameterMemory.update(from: newValue) } }
  }

  /// Trainable parameters, then what the model keeps, by the layout.
  public var wholeState: [Float] {
    get { parameterMemory.values }
    set { if newValue.count == parameterMemory.elements.count { parameterMemory.update(from: newValue) } }
  }

  public func step(_ request: StepRequest) throws -> StepReport {
    loadBatch()
    arena.run(on: machine)
    let sums = try optimizer.step(
      parameters: parameterMemory.base, gradient: gradientMemory.base, request: request, executor: executor)
    parameterMemory.update(keptAfter, at: model.layout.trainableCount)
    completedSteps += 1
    return StepReport(
      loss: Double(lossMemory.base[0]), gradientNorm: sums.gradientNorm, parameterNorm: sums.parameterNorm)
  }

  private lazy var executor: ChunkExecutor? = machine.threadPool.map { chunkExecutor(on: $0) }

  private func loadBatch() {
    guard loadedStep != completedSteps else { return }
    // The whole part is the same batch every step.
    if loadedStep == nil || !order.isFullBatch {
      order.withIndices(forStep: completedSteps) { batch.load($0, of: model.task.data) }
    }
    loadedStep = completedSteps
    // A step's masks follow from the seed and its number, so a trial step and a resumed run see the same ones.
    randomState.setMasks(seed: seed, index: UInt64(completedSteps))
  }

  public func lossAfterTrialStep(_ request: StepRequest) throws -> Double {
    loadBatch()
    arena.run(on: machine)
    let kept = parameterMemory.values
    defer { parameterMemory.update(from: kept) }
    var trial = optimizer
    _ = try trial.step(
      parameters: parameterMemory.base, gradient: gradientMemory.base, request: request, executor: executor)
    bind(trialArena, model.batchLoss)
    trialArena.run(on: machine)
    return Double(lossMemory.base[0])
  }

  public func evaluate(on part: DataPart) throws -> Evaluation {
    let rows =
      switch part {
      case .train: model.task.split.train
      case .validation: model.task.split.validation
      case .test: model.task.split.test
      }
    return evaluator.evaluate(rows, parameters: parameterMemory.pointer)
  }

  /// Weights, optimizer state and position; batches and everything random follow from the position.
  public struct Snapshot: Sendable {
    fileprivate let parameters: [Float]
    fileprivate let optimizer: Optimizer<Float>
    fileprivate let completedSteps: Int
  }

  public func snapshot() -> Snapshot {
    Snapshot(parameters: parameterMemory.values, optimizer: optimizer, completedSteps: completedSteps)
  }

  public func restore(_ snapshot: Snapshot) throws {
    guard snapshot.parameters.count == parameterMemory.elements.count else {
      throw TaskError("The snapshot is of a model of another size.")
    }
    parameterMemory.update(from: snapshot.parameters)
    optimizer = snapshot.optimizer
    setPosition(snapshot.completedSteps)
  }

  public func fork() throws -> ModelTrainee {
    let twin = try ModelTrainee(
      source, seed: seed, batchOrder: batchOrder, machine: Machine(threads: machine.threads))
    try twin.restore(snapshot())
    return twin
  }

  private func setPosition(_ step: Int) {
    completedSteps = step
    if !order.isFullBatch { loadedStep = nil }
  }
}

extension ModelTrainee: Checkpointable {
  private static let positionName = "position"

  /// Parameters and what the model keeps by their names, the optimizer's state, and the position `[step, seed, batch order]`.
  public func checkpoint() -> Checkpoint {
    let values = parameterMemory.values
    let slices = (model.layout.trainable + model.layout.buffers).map { slice in
      CheckpointTensor(slice.name, Array(values[slice.range]), shape: slice.shape)
    }
    let position = CheckpointTensor(Self.positionName, [UInt64(completedSteps), seed, batchOrder])
    return Checkpoint(step: completedSteps, tensors: slices + optimizer.state + [position])
  }

  /// - Throws: ``TaskError`` or `OptimizerError` if the checkpoint is of another model, optimizer or seed.
  public func restore(from checkpoint: Checkpoint) throws {
    let parameters = try model.parameters(in: checkpoint)
    guard let position = checkpoint[Self.positionName]?.unsignedIntegers, position.count == 3,
      let step = Int(exactly: position[0])
    else { throw TaskError("The checkpoint holds no position to continue from.") }
    guard position[1] == seed, position[2] == batchOrder else {
      throw TaskError(
        "The checkpoint is of seed \(position[1]) and batch order \(position[2]), not \(seed) and \(batchOrder).")
    }
    var restored = optimizer
    try restored.restore(checkpoint.tensors)
    optimizer = restored
    parameterMemory.update(from: parameters)
    setPosition(step)
  }
}

extension CompiledModel {
  /// The whole vector of the layout as kept in a checkpoint.
  ///
  /// - Throws: ``TaskError`` naming the first parameter that is missing or has another shape.
  public func parameters(in checkpoint: Checkpoint) throws(TaskError) -> [Float] {
    var result = [Float](repeating: 0, count: layout.count)
    for slice in layout.trainable + layout.buffers {
      guard let tensor = checkpoint[slice.name] else {
        throw TaskError("The checkpoint holds no \(slice.name) \(slice.shape); it is of another model.")
      }
      guard let values = tensor.floats, tensor.shape == slice.shape, values.count == slice.count else {
        throw TaskError(
          "\(slice.name) is \(tensor.element.rawValue) \(tensor.shape) in the checkpoint, but F32 \(slice.shape) in the "
            + "model.")
      }
      result.replaceSubrange(slice.range, with: values)
    }
    return result
  }
}
