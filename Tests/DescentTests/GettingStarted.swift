import Descent

/// The code of the README and of the article "Getting started".
func gettingStarted() throws -> (found: RangeTestResult, trained: TrainingResult, record: RunMemory) {
  // What is trained: the texts are those of the command line.
  var task = TrainingSpecification()
  task.data = "digits"
  task.model = "mlp:128-128"
  task.optimizer = "adam"
  let setup = try task.setUp()

  // Which learning rate? Three passes over a rising rate, each with its own order of batches.
  let found = try RangeTest().run(source: setup.source, scheduleKind: .decaying)
  if let best = found.suggestion { print("\(best.rate), between \(best.low) and \(best.high)") }
  let rate = found.suggestion?.rate ?? setup.source.optimizer.defaultLearningRate

  // How should it change over the run?
  let schedule = try Schedule(parsing: "warmup 5% -> cosine")
  let rates = try schedule.resolved(peak: rate, horizon: Horizon(steps: 1000))

  // Train with it.
  let trainee = try setup.source.makeTrainee(seed: 0, batchOrder: 0)
  var trainer = Trainer(trainee, plan: try TrainingPlan(schedule: rates))
  var record = RunMemory()
  let result = try trainer.run(into: &record)
  print("test accuracy \(result.test?.accuracy ?? .nan)")
  return (found, result, record)
}

struct TwoPaths: Model {
  func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    let pixels = input.reshaped([input.shape[0], 64])
    let wide = Dense(64)(pixels, in: scope["wide"]).relu()
    let deep = Dense(32)(wide, in: scope["deep"]).tanh()
    return Dense(10)(deep, in: scope["outputs"]) + Dense(10)(pixels, in: scope["shortcut"])
  }
}

func findForOwnModel() throws -> RangeTestResult {
  let data = Dataset.digits()
  let task = try TrainingTask(data: data, split: DataSplit(of: data, seed: 0), loss: .crossEntropy)
  let model = try CompiledModel(TwoPaths(), task: task, batchSize: 32)
  let source = try ModelSource(model, optimizer: OptimizerSpec(parsing: "adamw(weightDecay: 0.01)"))
  let found = try RangeTest().run(source: source)
  return found
}
