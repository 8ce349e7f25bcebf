import DescentCore
import DescentFinder
import DescentSchedules

/// The code of the article "Bring your own training loop".
struct OwnLoop: Trainee {
  var weight = 0.0
  var batch: UInt64

  mutating func step(_ request: StepRequest) throws -> StepReport {
    batch = batch &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let x = 1 + Double(batch >> 40) / Double(1 << 24)  // the next mini-batch: learn y = 3x
    let error = weight * x - 3 * x
    weight -= request.learningRate * 2 * error * x
    return StepReport(loss: error * error)
  }
}

struct OwnSource: TraineeSource {
  func makeTrainee(seed: UInt64, batchOrder: UInt64) -> OwnLoop { OwnLoop(batch: batchOrder) }
}

func findForOwnLoop() throws -> RangeTestResult {
  let test = try RangeTest(from: 1e-4, to: 10, steps: 100)
  let found = try test.run(source: OwnSource(), repeats: 3)
  return found
}

func findWithoutSource() throws -> RangeTestResult {
  let test = try RangeTest(from: 1e-4, to: 10)
  var loop = OwnLoop(batch: 1)
  let once = try test.run(spending: &loop)
  let found = test.combine([once])
  return found
}

func trainOwnLoop(at rate: Double) throws -> Double {
  let schedule = try Schedule(parsing: "warmup 5% -> cosine").resolved(peak: rate, horizon: Horizon(steps: 200))
  var loop = OwnLoop(batch: 1)
  var watch = DivergenceDetector()
  for step in 0..<schedule.steps {
    let report = try loop.step(learningRate: schedule.rate(at: step))
    if let divergence = watch.observe(report, step: step) { print("diverged: \(divergence.reason)") }
  }
  return loop.weight
}
