import Descent

/// The code of the article "A model of your own".
struct ResidualPictures: Model {
  var width = 12

  func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    // Pictures have their channels last: [rows, 8, 8] becomes [rows, 8, 8, 1].
    var x = Convolution(width)(input.reshaped(input.shape + [1]), in: scope["stem"])
    for index in 0..<2 {
      let block = scope["block\(index)"]
      let normalized = BatchNorm()(x, in: block["norm"]).relu()
      x = x + Convolution(width)(normalized, in: block["convolution"])
    }
    let pooled = x.mean([1, 2]).reshaped([x.shape[0], width])
    return Dense(10)(Dropout(0.1)(pooled, in: scope), in: scope["outputs"])
  }
}

func findAndTrainOwnModel() throws -> (found: RangeTestResult, lanes: [LaneResult?], sharpness: Double) {
  let data = Dataset.digits()
  let task = try TrainingTask(data: data, split: DataSplit(of: data, seed: 0), loss: .crossEntropy)
  let model = try CompiledModel(ResidualPictures(), task: task, batchSize: 64)
  let source = try ModelSource(model, optimizer: OptimizerSpec(parsing: "adam"))

  let found = try RangeTest().run(source: source, scheduleKind: .decaying)
  let rate = found.suggestion?.rate ?? source.optimizer.defaultLearningRate

  let schedule = try Schedule(parsing: "warmup 5% -> cosine")
  let trainings = try [rate / 3, rate, rate * 3].map { peak in
    let rates = try schedule.resolved(peak: peak, horizon: Horizon(steps: 200))
    return LaneTraining(source, plan: try TrainingPlan(schedule: rates))
  }
  let results = try runTrainings(trainings, threads: 2) { progress in
    print("training \(progress.training): step \(progress.steps), loss \(progress.loss)")
  }
  for (training, lane) in zip(trainings, results) {
    print(training.plan.schedule.peak, lane?.result.validation?.accuracy ?? .nan)
  }

  let objective = try ModelObjective<Double>(ResidualPictures(), task: task, rows: Array(task.split.train.prefix(256)))
  let point = model.initialParameters(seed: 0)
  var direction = point.indices.map { $0.isMultiple(of: 2) ? 1.0 : -1.0 }
  var product = direction
  var linearization = try objective.linearized(at: point)
  var sharpness = 0.0
  for _ in 0..<20 {
    let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    direction = direction.map { $0 / norm }
    try linearization.hessianProduct(direction, into: &product)
    sharpness = zip(direction, product).reduce(0) { $0 + $1.0 * $1.1 }
    direction = product
  }
  print("sharpness about \(sharpness): plain gradient descent is stable up to a rate of \(2 / sharpness)")
  return (found, results, sharpness)
}
