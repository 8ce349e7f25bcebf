import DescentSchedules

/// The parameters of a small network: two layers with a norm between them, and a head.
let smallNet = [
  PlanParameter("layer0.weight", shape: [64, 32]), PlanParameter("layer0.bias", shape: [32]),
  PlanParameter("norm0.weight", shape: [32]), PlanParameter("norm0.bias", shape: [32]),
  PlanParameter("layer1.weight", shape: [32, 32]), PlanParameter("layer1.bias", shape: [32]),
  PlanParameter("head.weight", shape: [32, 10]), PlanParameter("head.bias", shape: [10]),
]

let adamWSettings = [
  "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.01, "decoupled": 1, "biasCorrection": 1,
]

func laid(
  _ text: String, over parameters: [PlanParameter] = smallNet, steps: Int = 100, peak: Double? = 0.1,
  schedule: String = "constant", batch: Int? = nil
) throws -> ResolvedPlan {
  var horizon = Horizon(steps: steps)
  horizon.batch = batch.map(BatchPlan.constant)
  return try Plan(parsing: text).resolved(
    parameters, horizon: horizon, schedule: Schedule(parsing: schedule), peak: peak, settings: adamWSettings)
}

extension ResolvedPlan {
  /// The group of the parameter of that name.
  func group(of name: String) -> PlanGroup {
    groups[groupOfParameter[parameters.firstIndex { $0.name == name } ?? 0]]
  }
}

/// Random plans, every action and pattern among them.
struct RandomPlans {
  var schedules: RandomSchedules

  init(seed: UInt64) { schedules = RandomSchedules(seed: seed) }

  mutating func next() throws -> Plan {
    let count = Int.random(in: 0...5, using: &schedules.generator)
    return Plan(try (0..<count).map { _ in try rule() })
  }

  private mutating func rule() throws -> Plan.Rule {
    let setting = one(of: [Plan.rate, "weightDecay", "momentum", "beta1", "beta2", "epsilon"])
    var action = action()
    if setting == Plan.rate {
      switch action {
      case .inverse, .coupled: action = .factor(schedules.real(0, 20))
      default: break
      }
    }
    return Plan.Rule(try pattern(), setting, action)
  }

  private mutating func action() -> Plan.Action {
    switch Int.random(in: 0..<7, using: &schedules.generator) {
    case 0: .schedule(schedules.next())
    case 1: .value(schedules.real(0, 1))
    case 2: .inverse(from: schedules.real(0, 1), to: schedules.real(0, 1))
    case 3: .factor(schedules.real(0, 20))
    case 4: .depth(decay: schedules.real(0.1, 1.2), minimum: schedules.chance(0.5) ? 0 : schedules.real(0, 1))
    case 5: .batch(one(of: BatchScaling.allCases), base: Int.random(in: 1...4096, using: &schedules.generator))
    default: .coupled(power: one(of: [-4, -2, -1, 1, 2, 3]))
    }
  }

  private mutating func pattern() throws -> ParameterPattern {
    let glob = one(of: [
      "*", "*", "*.bias", "layer?.weight", "{head,norm0}.*", "a-b/c_{1,2}", "layer0.weight", "head", "linear", "1-sqrt",
      "x2",
    ])
    var conditions: [ParameterPattern.Condition] = []
    while schedules.chance(0.3) {
      conditions.append(
        .init(
          one(of: ParameterPattern.Condition.Property.allCases),
          one(of: ParameterPattern.Condition.Comparison.allCases),
          Int.random(in: 0...2000, using: &schedules.generator)))
    }
    return try ParameterPattern(glob, where: conditions)
  }

  private mutating func one<T>(of choices: [T]) -> T {
    choices[Int.random(in: choices.indices, using: &schedules.generator)]
  }
}
