import ArgumentParser
import DescentCurvature
import DescentOptimizers
import DescentSchedules
import DescentSpecs
import DescentTraining

/// `descent edge`: follows sharpness against the largest that the update rule is stable under.
struct EdgeCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "edge",
    abstract: "Train and watch sharpness against the edge of stability.",
    usage: "descent edge [--example <name>] [--lr <rate>] [--steps <n>] [--every <n>|--budget <p%>] [options]",
    discussion: examples(
      "descent edge --example chebyshev",
      "descent edge --data spiral --loss squared --optimizer sgd --lr 0.1 --steps 500",
      "descent edge --example chebyshev --optimizer adam --lr 0.01 --html edge.html")
        + """


        ρ is sharpness, the largest eigenvalue of the Hessian, over the update rule's threshold (2/η for plain gradient
        descent): 1 at the edge. Steps take all training rows unless --batch says otherwise. In a pipe every measurement
        is a line. It exits with 3 if the training diverged; that no edge was reached is an answer.
        Examples: chebyshev, classifier, stochastic (mini-batches), catapult (in closed form), rate-change.
        """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A built-in training: \(EdgeExample.names.joined(separator: ", ")).", valueName: "name"),
    completion: .list(EdgeExample.names), transform: Self.exampleName)
  var example: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The learning rate, the schedule's peak. (default: the example's, or the optimizer's)", valueName: "rate"),
    transform: Value.rate)
  var lr: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps to make. (default: the example's, or 1000)", valueName: "n"),
    transform: Value.count(1...100_000_000))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Measure at the first step and every so many. (default: the example's, or 10)", valueName: "n"),
    transform: Value.steps)
  var every: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Measure as often as takes this share of the training's time.", valueName: "p%"),
    transform: Self.budgetShare)
  var budget: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Eigenvalues to measure, from the largest on. (default: 1)", valueName: "n"),
    transform: Value.count(1...20))
  var eigenvalues: Int?

  @OptionGroup var training: TrainingOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    if every != nil, budget != nil {
      throw Failure("usage", "--every and --budget both say when to measure", hint: "leave one out")
    }
    for (name, value) in [("ema", training.ema.map(decimal)), ("average", training.average)] where value != nil {
      throw Failure(
        "usage", "--\(name) averages parameters, but edge measures those being trained", hint: "leave it out")
    }
    try pictures.check()
    let example = try example.map { try EdgeExample(named: $0) }
    if let example { try checkOptions(with: example) }
    if let example, example.name == "catapult" {
      let catapult = try CatapultReport(
        learningRate: lr ?? example.learningRate, steps: steps ?? example.steps, seed: global.seed)
      return try catapult.report(pictures, session)
    }
    let run = try EdgeRun(self, example, session)
    return try run.report(pictures, session)
  }

  /// Refuses options that an example has an answer to itself.
  private func checkOptions(with example: EdgeExample) throws(Failure) {
    var own: [(String, Bool)] = [
      ("data", training.data != nil), ("model", training.model != nil), ("activation", training.activation != nil),
      ("init", training.initializer != nil), ("loss", training.loss != nil), ("split-seed", training.splitSeed != nil),
    ]
    var what = "brings its own data and model"
    if example.name == "catapult" {
      what = "is plain gradient descent in closed form"
      own += [
        ("optimizer", training.optimizer != nil), ("schedule", training.schedule != nil),
        ("batch", training.batch != nil), ("accumulate", training.accumulate != nil),
        ("clip-norm", training.clipNorm != nil), ("clip-value", training.clipValue != nil), ("every", every != nil),
        ("budget", budget != nil), ("eigenvalues", eigenvalues != nil),
      ]
    }
    guard let option = own.first(where: \.1)?.0 else { return }
    throw Failure("usage", "--example \(example.name) \(what)", hint: "leave --\(option) out")
  }

  // MARK: Values

  @Sendable private static func exampleName(_ text: String) throws -> String {
    guard EdgeExample.names.contains(text) else {
      throw ValueProblem("is not an example; \(flattened(suggestion(for: text, among: EdgeExample.names)))")
    }
    return text
  }

  @Sendable private static func budgetShare(_ text: String) throws -> Double {
    guard text.hasSuffix("%"), let percent = Double(text.dropLast()) else {
      throw ValueProblem("is not a share of the training's time; write it as 5%")
    }
    guard percent > 0, percent <= 1000 else {
      throw ValueProblem("is out of range; it must be above 0% and at most 1000%, such as 5%")
    }
    return percent / 100
  }
}
