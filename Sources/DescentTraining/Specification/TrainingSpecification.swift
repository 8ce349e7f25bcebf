public import DescentData
public import DescentModels
internal import DescentOptimizers

/// What is trained, as the texts of the command line: data, model, loss, optimizer, batch.
///
/// A value that can be kept with a run and made into the same training again.
public struct TrainingSpecification: Sendable, Hashable, Codable {
  /// A dataset's name or a file; see `loadDataset`.
  public var data = "digits"
  /// A model, as `ModelSpec` reads it; nil: what is usual for the data.
  public var model: String?
  public var activation = "relu"
  public var initializer = "he"
  /// nil: cross-entropy for classes, squared for numbers.
  public var loss: String?
  public var optimizer = "adam"
  /// Rows per batch, or `full`.
  public var batch = "32"
  /// Batches whose mean gradient makes one step, 1 or more.
  public var accumulate = 1
  /// The largest norm of a step's gradient, above 0 (see `GradientClipping`); nil: any.
  public var clipNorm: Double?
  /// The largest magnitude of an element of the gradient, above 0; nil: any.
  public var clipValue: Double?
  /// The decay of an exponential moving average of the parameters, above 0 and below 1; nil: none is kept.
  public var ema: Double?
  /// From where on, as a share of the run such as `75%`, the mean of the parameters is taken; nil: it is not.
  public var average: String?
  /// Chooses the split (and the rows of generated data), apart from the seed of the run.
  public var splitSeed: UInt64 = 0

  public init() {}

  /// Loads the data and compiles the model.
  ///
  /// - Parameters:
  ///   - threads: threads that each trainee's kernels may use.
  ///   - scaling: how an earlier run's data was standardised, in place of the training part's own figures.
  /// - Throws: errors of the data, the model, the optimizer or ``TaskError``, each one sentence.
  public func setUp(
    threads: Int = 1, scaling: (features: Standardization?, targets: Standardization?)? = nil
  ) throws -> TrainingSetup {
    try setUp(threads: threads, scaling: scaling) { context in
      var data = try loadDataset(self.data, seed: splitSeed)
      if data.text != nil, let context { data = try data.withContext(context) }
      return (data, DataSplit(of: data, seed: splitSeed))
    }
  }

  /// - Parameter load: called with the tokens that the model reads at once, if it reads any, after everything else has
  ///   been read: a misspelt name need not wait for a large file.
  func setUp(
    threads: Int, scaling: (features: Standardization?, targets: Standardization?)?,
    load: (_ context: Int?) throws -> (Dataset, DataSplit)
  ) throws -> TrainingSetup {
    let optimizer = try OptimizerSpec(parsing: optimizer)
    let chosenModel = try model.map { text throws(ModelError) in try ModelSpec(parsing: text) }
    let activation = try Activation(parsing: activation)
    let initializer = try Initializer(parsing: initializer)
    let chosenLoss = try loss.map { try Loss(parsing: $0) }
    let batchSize = try parsedBatch()
    let clipping = try clipping
    _ = try averaging(steps: 1)
    let (data, split) = try load(chosenModel == nil ? ModelSpec.defaultContext : chosenModel?.context)
    let task = try TrainingTask(
      data: data, split: split,
      loss: chosenLoss ?? (data.classCount == nil ? .squared : .crossEntropy), scaling: scaling)
    let input = data.modelInput
    let (model, spelt) = try (chosenModel ?? ModelSpec(parsing: ModelSpec.usual(for: input))).model(
      for: input, outputs: data.outputCount, activation: activation, initializer: initializer)
    let rows = task.split.train.count
    try checkAccumulation(batchSize: batchSize, rows: rows)
    let compiled = try CompiledModel(model, task: task, batchSize: min(batchSize ?? rows, rows))
    var source = try ModelSource(compiled, optimizer: optimizer, threads: threads)
    source.accumulation = accumulate
    source.clipping = clipping
    var resolved = self
    resolved.model = spelt
    resolved.loss = task.loss.description
    resolved.optimizer = optimizer.description
    return TrainingSetup(specification: resolved, model: model, source: source)
  }

  /// Rows per batch; nil: all.
  func parsedBatch() throws(TaskError) -> Int? {
    if batch == "full" { return nil }
    guard let size = Int(batch), size > 0 else {
      throw TaskError("The batch \"\(batch)\" must be a whole number above 0, or full.")
    }
    return size
  }
}

extension TrainingSpecification {
  private static let keys: [(name: String, path: any WritableKeyPath<TrainingSpecification, String> & Sendable)] = [
    ("data", \.data), ("activation", \.activation), ("init", \.initializer),
    ("optimizer", \.optimizer), ("batch", \.batch),
  ]

  /// The values by their flags' names, as kept in `run.json`.
  public var dictionary: [String: String] {
    var result = Dictionary(uniqueKeysWithValues: Self.keys.map { ($0.name, self[keyPath: $0.path]) })
    result["split-seed"] = String(splitSeed)
    if let model { result["model"] = model }
    if let loss { result["loss"] = loss }
    result["accumulate"] = String(accumulate)
    result["clip-norm"] = clipNorm?.description
    result["clip-value"] = clipValue?.description
    result["ema"] = ema?.description
    result["average"] = average
    return result
  }

  /// Reads what ``dictionary`` wrote; other keys are left alone.
  public init(dictionary: [String: String]) {
    for (name, path) in Self.keys { if let value = dictionary[name] { self[keyPath: path] = value } }
    model = dictionary["model"]
    loss = dictionary["loss"]
    splitSeed = dictionary["split-seed"].flatMap { UInt64($0) } ?? 0
    accumulate = dictionary["accumulate"].flatMap { Int($0) } ?? 1
    clipNorm = dictionary["clip-norm"].flatMap { Double($0) }
    clipValue = dictionary["clip-value"].flatMap { Double($0) }
    ema = dictionary["ema"].flatMap { Double($0) }
    average = dictionary["average"]
  }
}

/// A specification made real.
public struct TrainingSetup: Sendable {
  /// With what was left to the data filled in.
  public let specification: TrainingSpecification
  public let model: any Model
  /// Makes trainees; they share the compiled programs and the data.
  public internal(set) var source: ModelSource

  public var compiled: CompiledModel { source.model }
  public var task: TrainingTask { source.model.task }
  /// Rows of the training part.
  public var trainingRows: Int { task.split.train.count }
  /// Steps in one pass over the training part.
  public var stepsPerEpoch: Int { max(1, trainingRows / (compiled.batchSize * source.accumulation)) }
}

extension Dataset {
  /// What a model reads of this data.
  var modelInput: ModelInput {
    if let text { .tokens(vocabulary: text.vocabulary.count) } else { .numbers(shape: featureShape) }
  }
}
