import ArgumentParser
import DescentOptimizers
import DescentSchedules
import DescentSpecs
import DescentTraining

/// `descent trace`: follows optimizers over a small problem, in double precision.
struct TraceCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Follow an optimizer step by step on a small problem, and see why a rate blows up.",
    usage: "descent trace [--problem <name|file>] [--optimizer <spec;…>] [--lr <rate,…>] [--steps <n>] [options]\n"
      + "descent trace --from <library> <call> [--problem <name|file>] [--steps <n>] [options]",
    discussion: examples(
      "descent trace",
      "descent trace --problem ravine --optimizer 'sgd; sgd(momentum:0.9)' --lr 0.01",
      "descent trace --problem rosenbrock --lr 'sgd@0.001; adam@0.1' --svg path.svg",
      "descent trace --from torch 'Adam(model.parameters(), lr=0.1)' --steps 50")
        + """


        Without a problem it shows f(x) = x² from x = 1 with five rates side by side.
        Named problems: \(AnalyticFunction.allCases.map(\.rawValue).joined(separator: ", ")).
        A file holds {"hessian": [[3, 1], [1, 2]], "start": [1, -2]} for ½·pᵀHp,
        with "shape": [rows, columns] for rules that work on matrices,
        or {"function": "rosenbrock", "start": [-1.2, 1]}.
        """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The problem: a name or a file. (default: x² from 1)", valueName: "name|file"),
    completion: .list(AnalyticFunction.allCases.map(\.rawValue)))
  var problem: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where to start, instead of the problem's own start.", valueName: "x,y"),
    transform: Value.numbers)
  var start: [Double]?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The update rule, with settings as in 'sgd(momentum: 0.9)'; several with ; between them. (default: sgd)",
      valueName: "spec;…"),
    completion: .list(OptimizerSpec.names))
  var optimizer: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A learning rate, or several with commas between them; 'adam@0.1,0.3; sgd@0.01' for one optimizer each.",
      valueName: "rate,…"),
    transform: TraceRates.read)
  var lr: [[TraceRates]] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How the rate changes over the steps.", valueName: "spec"))
  var schedule = "constant"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps to take. (default: 20)", valueName: "n"),
    transform: Value.count(1...1_000_000))
  var steps = 20

  @Flag(help: "Show what multiplied the gradient in each step beside the rate that was requested.")
  var effectiveRates = false

  @OptionGroup var library: TraceFrom
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let problem = try readProblem()
    let paths = try TracedPath.followed(
      candidates(session), over: problem, steps: steps, recordsEffectiveRates: effectiveRates)
    let picture = TracePicture(problem: problem, name: self.problem ?? "square", steps: steps, paths: paths)
    var fine = picture
    fine.dotsSteps = true
    try pictures.save(fine.charts.map { ($0.chart, $0.pixels) }, page: fine.page(), session: session)
    let texts = TraceTexts(problem: problem, paths: paths)
    return Report(
      json: global.json ? texts.json : .null,
      result: session.terminal.outputIsTerminal ? texts.verdicts(width: session.terminal.width) : texts.csv,
      picture: session.showsPictures
        ? picture.charts.compactMap { session.drawn($0.chart, height: $0.rows) }.joined(separator: "\n\n") : nil)
  }

  // MARK: The problem

  private func readProblem() throws -> TraceProblem {
    let problem = try namedProblem()
    guard let start else { return problem }
    do { return try problem.starting(at: start) } catch {
      throw Failure("bad-value", "--start does not fit: \(flattened(error.description))")
    }
  }

  private func namedProblem() throws -> TraceProblem {
    guard let problem else { return TraceProblem(.square) }
    // A file that is called like a problem is reached as ./name.
    if let function = try? AnalyticFunction(named: problem) { return TraceProblem(function) }
    guard fileExists(problem) || problem.contains(where: { "./".contains($0) }) else {
      let names = AnalyticFunction.allCases.map(\.rawValue)
      throw Failure(
        "bad-value", "--problem \(problem) is neither the name of a problem nor a file",
        hint: flattened(suggestion(for: problem, among: names)))
    }
    do { return try TraceProblem(json: try readFile(problem)) } catch let error as TraceProblemError {
      throw error.failure.at(problem)
    }
  }

  // MARK: What is followed

  private func candidates(_ session: Session) throws -> [TraceCandidate] {
    let schedule = try Schedule(parsing: schedule)
    let given = [("--optimizer", optimizer != nil), ("--lr", !lr.isEmpty)].filter(\.1).map(\.0)
    if let theirs = try library.optimizer(besides: given, session) {
      let rates = try schedule.resolved(peak: theirs.learningRate, horizon: Horizon(steps: steps))
      return [TraceCandidate(theirs.optimizer, schedule: rates)]
    }
    let choice = try TraceChoice(optimizers: optimizer, rates: lr.flatMap(\.self))
    return try choice.entries.flatMap { spec, rates in
      try peaks(rates, for: spec, schedule, session).map { peak in
        TraceCandidate(spec, schedule: try schedule.resolved(peak: peak, horizon: Horizon(steps: steps)))
      }
    }
  }

  /// The peaks to run with; nil for a schedule with a peak of its own.
  private func peaks(
    _ rates: [Double], for spec: OptimizerSpec, _ schedule: Schedule, _ session: Session
  ) -> [Double?] {
    if !rates.isEmpty { return rates }
    if schedule.peak != nil { return [nil] }
    if problem == nil, optimizer == nil || optimizer == "sgd" { return [0.001, 0.1, 0.9, 1.0, 1.1] }
    session.note("no --lr given: using \(decimal(spec.defaultLearningRate)), the default of \(spec.name).")
    return [spec.defaultLearningRate]
  }
}
