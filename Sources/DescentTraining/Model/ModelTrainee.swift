internal import DescentAutodiff
public import DescentCore
internal import DescentData
internal import DescentLinearAlgebra
internal import DescentModels
public import DescentOptimizers

/// A built-in model in training: batches, compiled gradient and optimizer behind the waist's protocols.
///
/// A step allocates nothing. Owned by one thread; a fork shares only what never changes.
public final class ModelTrainee: Restorable, AveragesParameters, Probing, ReportsEffectiveRates {
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
  let gradientMemory: AlignedBuffer<Float>
  /// The gradient of one batch of several.
  private let partGradient: AlignedBuffer<Float>
  private let lossMemory = AlignedBuffer<Float>(1)
  private let batch: Batch<Float>
  private let arena: Arena
  private var optimizer: Optimizer<Float>
  private var order: BatchOrder
  private var average: AveragedParameters?
  /// Where steps are asked for by their gradient.
  var previousGradient: PreviousGradient?
  /// The batch in memory, counted over all steps.
  private var loadedBatch: Int?
  private lazy var evaluator = ModelEvaluator(model, machine: machine)
  // Compiled when a rule first asks for a product.
  private var productKit: HessianKit?
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
    optimizer = try Optimizer(source.optimizer, layout: model.layout, groups: source.groups)
    let stepSize = model.batchSize * source.accumulation
    precondition(stepSize <= model.task.split.train.count, "a step takes no more rows than there are")
    partGradient = AlignedBuffer(source.accumulation > 1 ? count : 0)
    order = BatchOrder(rows: model.task.split.train, batchSize: stepSize, seed: batchOrder)
    average = source.averaging.map { AveragedParameters($0, layout: model.layout) }
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

  /// The update rule at its live state, a value of its own: what it says of stability and scaling.
  public var liveOptimizer: Optimizer<Float> { optimizer }

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
    let loss = measureGradient()
    previousGradient = nil
    return try update(request, loss: loss)
  }

  /// The update by the gradient in memory.
  func update(_ request: StepRequest, loss: Double) throws -> StepReport {
    let sums = try optimizer.step(
      parameters: parameterMemory.base, gradient: gradientMemory.base, request: request,
      pass: pass(average: average?.update(by: completedSteps)), context: context(loss: loss), executor: executor)
    completedSteps += 1
    return StepReport(
      loss: loss, gradientNorm: sums.gradientNorm, parameterNorm: sums.parameterNorm, clipFactor: sums.clipFactor,
      foundRate: sums.foundRate)
  }

  private lazy var executor: ChunkExecutor? = machine.threadPool.map { chunkExecutor(on: $0) }

  /// The gradient is the sum over the step's batches.
  private func pass(average: UpdatePass<Float>.Average?) -> UpdatePass<Float> {
    UpdatePass(gradientScale: 1 / Double(source.accumulation), clipping: source.clipping, average: average)
  }

  private lazy var objective = ModelStepObjective(self)

  /// The loss on the present batch, as rules are given it.
  package var stepObjective: any StepObjective<Float> { objective }

  private func context(loss: Double) -> StepContext<Float> {
    StepContext(loss: loss, objective: optimizer.needs.isSubset(of: .loss) ? nil : objective)
  }

  /// Puts the sum of the gradients of the step's batches into the gradient's memory, what the model keeps in its place,
  /// and returns the batches' mean loss.
  func measureGradient() -> Double {
    measureGradient(into: gradientMemory.elements) {
      parameterMemory.update(keptAfter, at: model.layout.trainableCount)
    }
  }

  private func measureGradient(into gradient: UnsafeMutableBufferPointer<Float>, after: () -> Void) -> Double {
    meanLoss(of: model.training, on: arena, adding: partGradient.elements, into: gradient, after: after)
  }

  /// Runs a program on each batch of the step and returns the mean loss; adds up its second result, if `sum` is given.
  private func meanLoss(
    of compiled: CompiledModel.Compiled, on arena: Arena, adding part: UnsafeMutableBufferPointer<Float>? = nil,
    into sum: UnsafeMutableBufferPointer<Float>? = nil, after: () -> Void = {}
  ) -> Double {
    var loss = 0.0
    for index in 0..<source.accumulation {
      loadBatch(index)
      if let target = index == 0 ? sum : part, let base = target.baseAddress {
        arena.bind(compiled.results[1], to: UnsafeMutableRawPointer(base))
      }
      arena.run(on: machine)
      loss += Double(lossMemory.base[0])
      if index > 0, let sum, let part { Float.add(UnsafeBufferPointer(part), to: sum) }
      after()
    }
    return loss / Double(source.accumulation)
  }

  /// The whole part in one batch is the same every step.
  private var isOneBatch: Bool { order.isFullBatch && source.accumulation == 1 }

  private func loadBatch(_ part: Int) {
    let index = completedSteps * source.accumulation + part
    guard loadedBatch != index else { return }
    if loadedBatch == nil || !isOneBatch {
      let rows = (part * model.batchSize)..<((part + 1) * model.batchSize)
      order.withIndices(forStep: completedSteps) {
        batch.load(UnsafeBufferPointer(rebasing: $0[rows]), of: model.task.data)
      }
    }
    loadedBatch = index
    // A batch's masks follow from the seed and its number, so a trial step and a resumed run see the same ones.
    randomState.setMasks(seed: seed, index: UInt64(index))
  }

  /// Seconds of each instruction of a training step within the program, and alone.
  func instructionTimes(runs: Int) -> [(within: Double, alone: Double)] {
    loadBatch(0)
    return arena.times(runs: runs, on: machine)
  }

  public func lossAfterTrialStep(_ request: StepRequest) throws -> Double {
    let kept = parameterMemory.values
    defer { parameterMemory.update(from: kept) }
    let loss = measureGradient()
    var trial = optimizer
    _ = try trial.step(
      parameters: parameterMemory.base, gradient: gradientMemory.base, request: request, pass: pass(average: nil),
      context: context(loss: loss), executor: executor)
    return self.loss(at: parameterMemory.base)
  }

  /// The average that is kept. After a resume in a run of another length it may begin elsewhere than the source says.
  public var averaging: ParameterAveraging? { average?.averaging }

  /// True while the parameters to use are not those being trained: an average is kept, or the optimizer itself trains
  /// others than it means to be used (Schedule-Free). An average that is kept comes first.
  public var hasAverage: Bool { keepsAverage || optimizer.hasEvaluationView }

  private var keepsAverage: Bool { average?.isUnderWay(after: completedSteps) ?? false }

  /// The average of the parameters, or what the optimizer means to be used; nil where there is neither yet.
  public var averagedParameters: [Float]? {
    hasAverage ? Array(evaluatedMemory.elements.prefix(model.layout.trainableCount)) : nil
  }

  /// What ``evaluate(on:)`` measures: the parameters or their average, then what the model keeps, by the layout.
  public var evaluatedState: [Float] { evaluatedMemory.values }

  private var evaluatedMemory: AlignedBuffer<Float> {
    if keepsAverage, let average { return average.whole(with: parameterMemory) }
    guard optimizer.hasEvaluationView else { return parameterMemory }
    // What the model keeps besides its parameters is as training left it.
    viewMemory.update(parameterMemory, at: 0)
    optimizer.writeEvaluationParameters(of: parameterMemory.base, to: viewMemory.base)
    return viewMemory
  }

  private lazy var viewMemory = AlignedBuffer<Float>(model.layout.count)

  /// What multiplies the gradient, tensor by tensor, at the optimizer's live state; empty before the first step.
  ///
  /// - Throws: `OptimizerError` if the request does not fit, as for a step.
  public func effectiveRates(_ request: StepRequest) throws -> [EffectiveRate] {
    try optimizer.effectiveRates(request, parameters: parameters)
  }

  public func effectiveRateReport(_ request: StepRequest) throws -> EffectiveRateReport? {
    try optimizer.effectiveRateReport(request, parameters: parameters)
  }

  public func evaluate(on part: DataPart) throws -> Evaluation { evaluate(on: part, evaluatedMemory) }

  public func evaluateRaw(on part: DataPart) throws -> Evaluation { evaluate(on: part, parameterMemory) }

  private func evaluate(on part: DataPart, _ state: AlignedBuffer<Float>) -> Evaluation {
    let rows =
      switch part {
      case .train: measuredTrainingRows
      case .validation: model.task.split.validation
      case .test: model.task.split.test
      }
    return evaluator.evaluate(rows, parameters: state.pointer)
  }

  // Of a large training part evenly spaced rows, so that measuring it never takes longer than training did.
  private var measuredTrainingRows: [Int32] {
    let rows = model.task.split.train
    let most = max(1, Self.measuredPredictions / model.task.data.positionsPerRow)
    guard rows.count > most else { return rows }
    return (0..<most).map { rows[$0 * rows.count / most] }
  }

  /// The most predictions by which the training part is measured.
  private static let measuredPredictions = 1 << 17

  /// Weights, their average, optimizer state and position; batches and everything random follow from the position.
  public struct Snapshot: Sendable {
    fileprivate let parameters: [Float]
    fileprivate let average: [Float]?
    fileprivate let averaging: ParameterAveraging?
    fileprivate let optimizer: Optimizer<Float>
    fileprivate let completedSteps: Int
    fileprivate let previousGradient: [Float]?
  }

  public func snapshot() -> Snapshot {
    Snapshot(
      parameters: parameterMemory.values, average: keepsAverage ? average?.values : nil, averaging: average?.averaging,
      optimizer: optimizer, completedSteps: completedSteps, previousGradient: previousGradient?.values)
  }

  public func restore(_ snapshot: Snapshot) throws {
    guard snapshot.parameters.count == parameterMemory.elements.count else {
      throw TaskError("The snapshot is of a model of another size.")
    }
    parameterMemory.update(from: snapshot.parameters)
    average = snapshot.averaging.map { AveragedParameters($0, layout: model.layout) }
    if let values = snapshot.average { average?.values = values }
    optimizer = snapshot.optimizer
    setPreviousGradient(snapshot.previousGradient)
    setPosition(snapshot.completedSteps)
  }

  public func fork() throws -> ModelTrainee {
    let twin = try ModelTrainee(
      source, seed: seed, batchOrder: batchOrder, machine: Machine(threads: machine.threads))
    try twin.restore(snapshot())
    return twin
  }

  private func setPreviousGradient(_ values: [Float]?) {
    previousGradient = values.map { values in
      var previous = PreviousGradient(gradientMemory.elements.count)
      previous.memory.update(from: values)
      previous.isThere = true
      return previous
    }
  }

  private func setPosition(_ step: Int) {
    completedSteps = step
    if !isOneBatch { loadedBatch = nil }
  }
}

// MARK: The step's batch as a function, for rules that evaluate again

extension ModelTrainee {
  /// The mean loss of the step's batches at other parameters; changes nothing.
  func loss(at point: UnsafeMutablePointer<Float>) -> Double {
    bind(trialArena, model.batchLoss)
    trialArena.bind(model.batchLoss.sources.parameters, to: UnsafeMutableRawPointer(point))
    return meanLoss(of: model.batchLoss, on: trialArena)
  }

  /// The sum of the gradients of the step's batches at other parameters; returns their mean loss and changes nothing
  /// else. What the model keeps besides its parameters stays as it is.
  func gradient(at point: UnsafeMutablePointer<Float>, into gradient: UnsafeMutablePointer<Float>) -> Double {
    arena.bind(model.training.sources.parameters, to: UnsafeMutableRawPointer(point))
    defer {
      arena.bind(model.training.sources.parameters, to: parameterMemory.pointer)
      arena.bind(model.training.results[1], to: gradientMemory.pointer)
    }
    let target = UnsafeMutableBufferPointer(start: gradient, count: model.layout.trainableCount)
    return measureGradient(into: target) {}
  }

  /// H·`direction`, summed over the step's batches.
  func hessianProduct(
    at point: UnsafeMutablePointer<Float>, along direction: UnsafeMutablePointer<Float>,
    into product: UnsafeMutablePointer<Float>
  ) throws {
    let kit = try productKit ?? HessianKit(model)
    productKit = kit
    bind(kit.arena, kit.compiled)
    kit.arena.bind(kit.compiled.sources.parameters, to: UnsafeMutableRawPointer(point))
    kit.arena.bind(kit.direction, to: UnsafeMutableRawPointer(direction))
    let target = UnsafeMutableBufferPointer(start: product, count: model.layout.trainableCount)
    _ = meanLoss(of: kit.compiled, on: kit.arena, adding: kit.part.elements, into: target)
  }
}

extension ModelTrainee: Checkpointable {
  private static let positionName = "position"

  /// Parameters and what the model keeps by their names, the optimizer's state, the average of the parameters where it
  /// has begun, and the position `[step, seed, batch order]`. Where the optimizer means other parameters to be used than
  /// it trains, those stand under `evaluation.` and their names.
  public func checkpoint() -> Checkpoint {
    let values = parameterMemory.values
    let slices = (model.layout.trainable + model.layout.buffers).map { slice in
      CheckpointTensor(slice.name, Array(values[slice.range]), shape: slice.shape)
    }
    let position = CheckpointTensor(Self.positionName, [UInt64(completedSteps), seed, batchOrder])
    var averaged = keepsAverage ? average?.tensors ?? [] : []
    if optimizer.hasEvaluationView, !keepsAverage, let values = averagedParameters {
      averaged = model.layout.trainable.map { slice in
        CheckpointTensor(CompiledModel.viewPrefix + slice.name, Array(values[slice.range]), shape: slice.shape)
      }
    }
    let previous = previousGradient?.values.map { [CheckpointTensor(PreviousGradient.name, $0)] } ?? []
    return Checkpoint(step: completedSteps, tensors: slices + optimizer.state + averaged + previous + [position])
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
    let averaged = source.averaging.map { AveragedParameters($0, layout: model.layout) }
    try averaged?.restore(from: checkpoint, after: step)
    average = averaged
    optimizer = restored
    setPreviousGradient(checkpoint[PreviousGradient.name]?.floats)
    parameterMemory.update(from: parameters)
    setPosition(step)
  }
}
