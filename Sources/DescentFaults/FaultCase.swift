import DescentRandom

/// What is done to a run on purpose.
enum Injection: String, CaseIterable, Codable {
  /// Nothing: only the rate varies.
  case none
  /// Only the rate varies, where small batches and noisy targets make a rate that is too high dear.
  case noisy
  /// The same with constant rates only, where the noise floor shows most.
  case noisyConstant = "noisy-constant"
  /// Only the rate varies, on the whole training part at every step.
  case fullBatch = "full-batch"
  /// One update in mid-run is made at hundreds of times the rate.
  case badBatch = "bad-batch"
  case wrongBeta2 = "wrong-beta2"
  /// Most hidden units begin with a bias that keeps them off for all data.
  case deadUnits = "dead-units"
  case randomLabels = "random-labels"
  case labelNoise = "label-noise"
  /// Rows sorted by class, never shuffled.
  case notShuffled = "not-shuffled"
  /// The schedule runs four times too fast.
  case perMicroBatch = "schedule-per-micro-batch"
  case neverApplied = "schedule-never-applied"
  case restarted = "schedule-restarted-on-resume"
  case endlessWarmup = "warmup-longer-than-run"
  case zeroTail = "rate-near-zero-for-half"
  /// Weights so small that the start is a saddle.
  case saddle
  /// Few rows, many parameters.
  case overfit
  case vanishing
  case exploding
  case short
}

/// One run to be made: everything follows from it.
struct FaultCase: Codable, Hashable {
  var family: String
  var seed: UInt64
  var injection: Injection
  var data: String
  var model: String
  var activation: String
  var initializer = "he"
  var optimizer: String
  var batch: String
  var steps: Int
  /// What the run was meant to do; as its record says.
  var schedule: String
  /// What it does.
  var applied: String
  var rate: Double
  /// The rung of the rate's ladder: factor 3 between neighbours, 0 is the usual rate.
  var rung: Int
  var epochsPerPoint = 0
}

/// Draws the cases of a seed.
struct CaseMaker {
  private var random: RandomSequence
  private let seed: UInt64
  private let folder: String

  init(seed: UInt64, folder: String) {
    self.seed = seed
    self.folder = folder
    random = RandomSequence(seed: seed, stream: .shuffling, index: 977)
  }

  private mutating func pick<T>(_ values: [T]) -> T {
    values[min(values.count - 1, Int(random.uniform(in: 0..<1) * Double(values.count)))]
  }

  private static let optimizers: [(String, Double)] = [
    ("sgd", 0.1), ("sgd(momentum: 0.9)", 0.03), ("adam", 1e-3), ("adamw(weightDecay: 0.01)", 1e-3),
    ("rmsprop", 1e-3), ("adagrad", 1e-2), ("lion", 3e-4), ("sgd(momentum: 0.9, nesterov: true)", 0.03), ("adam", 1e-3),
  ]
  private static let schedules = [
    "constant", "constant", "constant", "warmup 5% -> cosine", "warmup 5% -> cosine", "linear to 0",
    "warmup 10% -> hold 70% -> 1-sqrt 20% to 0",
    "drop x0.1 at 50%, 75%", "cosine to 10%", "warmup 10% -> linear to 0", "exponential x0.998", "inverse-sqrt(100)",
  ]
  private static let tasks: [(String, [String], [String])] = [
    (
      "digits",
      [
        "mlp:64", "mlp:128-128", "mlp:32-32", "mlp:48-48-48", "mlp:48-48,norm=batch", "mlp:48-48,norm=layer",
        "mlp:128-128,dropout=0.2",
      ], ["relu", "relu", "tanh", "gelu"]
    ),
    ("digits", ["mlp:64", "mlp:128-128", "mlp:48-48"], ["relu", "relu", "tanh", "gelu", "sigmoid"]),
    ("spiral", ["mlp:48-48", "mlp:32-32"], ["relu", "tanh"]),
    ("moons", ["mlp:32-32", "mlp:16"], ["relu", "tanh"]),
    ("blobs", ["mlp:32", "mlp:32-32"], ["relu", "tanh"]),
    ("chebyshev", ["mlp:40-40", "mlp:32-32-32"], ["tanh", "gelu"]),
    ("linear", ["mlp:32", "mlp:16-16"], ["relu", "tanh"]),
    ("noisy", ["mlp:48-48", "mlp:128"], ["relu", "gelu"]),
  ]

  mutating func base(_ injection: Injection, task: Int? = nil) -> (FaultCase, Double) {
    let (data, models, activations) = task.map { Self.tasks[$0] } ?? pick(Self.tasks)
    let (optimizer, rate) = pick(Self.optimizers)
    let schedule = pick(Self.schedules)
    let steps = pick([300, 500, 1000, 1000, 2000])
    let usual = rate * pick([0.6, 1.0, 1.6])
    let one = FaultCase(
      family: "\(injection.rawValue)-\(seed)", seed: seed, injection: injection,
      data: data == "noisy" ? folder + "/noisy.csv" : data, model: pick(models), activation: pick(activations),
      optimizer: optimizer, batch: data == "chebyshev" ? "full" : pick(["16", "32", "32", "64", "128"]),
      steps: steps, schedule: schedule, applied: schedule, rate: usual, rung: 0)
    return (one, usual)
  }

  private func ladder(_ one: FaultCase, _ rungs: ClosedRange<Int>) -> [FaultCase] {
    var rate = one.rate
    for _ in 0..<(-rungs.lowerBound) { rate /= 3 }
    return rungs.map { rung in
      defer { rate *= 3 }
      var one = one
      one.rate = rate
      one.rung = rung
      return one
    }
  }

  /// The runs of one injection: a ladder of rates, or the usual rate with its two neighbours.
  mutating func cases(_ injection: Injection) -> [FaultCase] {
    var (one, _) = base(injection)
    switch injection {
    case .none: return ladder(one, -5...5)
    case .noisy, .noisyConstant:
      one.data = folder + pick(["/noisy.csv", "/noisy.csv", "/label-noise.csv"])
      one.model = pick(["mlp:16", "mlp:32", "mlp:24-24"])
      one.batch = pick(["2", "4", "8", "16"])
      one.steps = pick([1000, 2000])
      one.schedule = injection == .noisyConstant ? "constant" : pick(["constant", "constant", one.schedule])
      one.applied = one.schedule
      return ladder(one, -3...5)
    case .fullBatch:
      one.batch = "full"
      one.steps = pick([200, 400])
      return ladder(one, -4...4)
    case .badBatch: break
    case .wrongBeta2:
      one.optimizer = pick(["adam(beta2: 0.5)", "adam(beta2: 0.99999)", "adam(beta2: 0.9, epsilon: 0.00000001)"])
      one.rate = 1e-3
      return ladder(one, -2...3)
    case .deadUnits:
      (one, _) = base(injection, task: 0)
      one.activation = "relu"
      one.model = pick(["mlp:128-128", "mlp:48-48"])
    case .randomLabels, .labelNoise, .notShuffled:
      (one, _) = base(injection, task: 0)
      one.data = folder + "/" + injection.rawValue + ".csv"
      one.model = pick(["mlp:64", "mlp:128-128", "mlp:48-48"])
    case .perMicroBatch, .neverApplied, .restarted, .endlessWarmup, .zeroTail:
      fault(&one)
    case .saddle:
      (one, _) = base(injection, task: 0)
      one.model = pick(["mlp:48-48-48", "mlp:32-32-32-32"])
      one.initializer = "normal(0.0001)"
      one.activation = pick(["relu", "tanh"])
      one.optimizer = pick(["sgd", "sgd(momentum: 0.9)"])
      one.rate = one.optimizer == "sgd" ? 0.1 : 0.03
    case .overfit:
      (one, _) = base(injection, task: 0)
      one.data = folder + "/tiny.csv"
      one.batch = "16"
      one.model = pick(["mlp:128-128", "mlp:256", "mlp:48-48"])
      one.steps = pick([1000, 2000])
    case .vanishing:
      (one, _) = base(injection, task: 0)
      one.model = pick(["mlp:32-32-32-32-32-32-32-32", "mlp:24-24-24-24-24-24-24-24-24-24-24-24"])
      one.activation = pick(["sigmoid", "tanh"])
      one.initializer = one.activation == "sigmoid" ? "glorot" : "normal(0.03)"
    case .exploding:
      (one, _) = base(injection, task: 0)
      one.model = pick(["mlp:48-48-48-48-48-48-48-48", "mlp:48-48-48-48-48-48"])
      one.activation = pick(["relu", "tanh"])
      one.initializer = pick(["normal(0.5)", "normal(1)"])
    case .short:
      one.steps = pick([60, 100, 150])
    }
    return ladder(one, -1...1)
  }

  private mutating func fault(_ one: inout FaultCase) {
    switch one.injection {
    case .perMicroBatch:
      let (intended, applied) = pick([
        ("warmup 5% -> cosine", "warmup 1.25% -> cosine 23.75%"), ("linear to 0", "linear 25% to 0"),
        ("cosine", "cosine 25% -> cosine 25% from 0 to 100% -> cosine 25% -> cosine 25% from 0 to 100%"),
        ("drop x0.1 at 50%, 75%", "drop x0.1 at 12.5%, 18.75%"),
      ])
      (one.schedule, one.applied) = (intended, applied)
    case .neverApplied:
      one.schedule = pick(["warmup 5% -> cosine", "linear to 0", "drop x0.1 at 50%, 75%"])
      one.applied = "constant"
    case .restarted:
      one.schedule = "warmup 5% -> linear to 0"
      one.applied = "warmup 5% -> linear 45% to 47.37% -> warmup 5% from 0 -> linear 45% to 47.37%"
    case .endlessWarmup:
      one.schedule = pick(["warmup \(one.steps * 2) -> cosine 10", "warmup \(one.steps * 5)"])
      one.applied = one.schedule
    default:
      one.schedule = pick(["linear 40% to 0", "warmup 5% -> cosine 45% to 0", "drop x0.0001 at 40%"])
      one.applied = one.schedule
    }
  }
}
