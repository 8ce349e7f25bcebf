import DescentCore
import DescentOptimizers
import DescentSchedules
import DescentTraining
import Testing

/// Every rule of the registry on the digits, at a rate that suits it. `Scripts/optimizer_table.py` looks further: at all rates,
/// for longer, on a larger model.
@Suite struct RuleAccuracyTests {
  /// Rules and rates; what differs from the defaults is explained in Documentation/optimizers.md.
  static let settings: [(spec: String, rate: Double)] = [
    ("sgd", 1), ("adam", 0.0316), ("adamw", 0.0316), ("rmsprop", 0.0316), ("adagrad", 0.1), ("adamax", 0.316),
    ("lion", 0.00316), ("sgdw(momentum: 0.9)", 0.316), ("signSGD", 0.01), ("signum", 0.01), ("qhm", 3.16),
    ("aggmo", 0.1), ("pid", 0.0316), ("adadelta", 10), ("rprop(stepMax: 0.003)", 0.003), ("asgd", 0.316),
    ("adamc", 0.0316), ("nadam", 0.0316), ("nadamw", 0.0316), ("radam", 0.316), ("tiger", 0.01),
    ("adabelief", 0.0316), ("yogi", 0.0316), ("laprop", 0.0316), ("adan", 0.1), ("adopt", 0.0316),
    ("ademamix", 0.0316), ("simplifiedAdEMAMix", 0.000316), ("madgrad", 0.1), ("mirrorMADGRAD", 0.1),
    ("qhadam", 0.0316), ("grams", 0.1), ("mars", 0.0316), ("adabound", 0.03), ("acprop(epsilonInside: 1e-8)", 0.0316),
    ("ano", 0.0316), ("kate(epsilon: 1e-3)", 0.03), ("lars", 10), ("lamb", 0.0316), ("fromage", 0.1),
    ("novograd", 0.1), ("stableAdamW", 0.0316), ("adamp", 0.0316), ("adafactor", 10), ("came", 0.001),
    ("muon", 0.0316), ("shampoo", 1), ("soap", 0.01), ("sophia", 0.00316), ("lbfgs", 0.0316), ("prodigy", 1),
    ("dAdaptation(adam)", 1), ("dog", 1), ("ldog", 1), ("dowg", 0.5), ("cocob", 1), ("polyak", 1),
    ("alig", 1), ("momo", 10), ("momoAdam", 0.03), ("adamg(p: 0.5)", 1), ("scheduleFree(adamw)", 0.0316),
    ("mechanic(adam)", 1), ("hypergradient(sgd, rate: 1e-3)", 1), ("lineSearch(sgd)", 1), ("lookahead(adam)", 0.1),
    ("sam(sgd(momentum: 0.9))", 0.1), ("cautious(adamw)", 0.0316), ("backtracking(sgd)", 1),
  ]

  @Test func `no rule is left out`() throws {
    let names = try Set(Self.settings.map { try OptimizerSpec(parsing: $0.spec).name })
    #expect(names == Set(OptimizerSpec.names))
  }

  @Test(arguments: settings)
  func `every rule learns 95 of 100 digits`(_ spec: String, _ rate: Double) throws {
    let name = try OptimizerSpec(parsing: spec).name
    // The schedule for rules that neither average nor search; all rows at once for those that were made for it.
    let constant: Set = ["scheduleFree", "dog", "ldog", "cocob", "polyak", "alig", "lineSearch", "backtracking"]
    let isFull = ["rprop", "lbfgs"].contains(name)
    let steps = isFull ? 60 : 320
    var specification = TrainingSpecification()
    specification.optimizer = spec
    specification.model = "mlp:64"
    specification.batch = isFull ? "full" : "32"
    let source = try specification.setUp(threads: 1).source
    var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
    let schedule = try Schedule(parsing: constant.contains(name) || isFull ? "constant" : "warmup 5% -> cosine")
    let rates = try schedule.resolved(peak: rate, horizon: Horizon(steps: steps))
    for step in 0..<steps { _ = try trainee.step(learningRate: rates.rate(at: step)) }
    #expect(try trainee.evaluate(on: .test).accuracy ?? 0 >= 0.95)
  }
}
