import ArgumentParser
import DescentOptimizers
import DescentSchedules
import DescentTraining

/// `descent trace`: follows an optimizer over a small problem, in double precision.
struct TraceCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Follow an optimizer step by step on a small problem, and see why a rate blows up.",
    usage: "descent trace [--problem <file>] [--optimizer <spec>] [--lr <rate,…>] [--steps <n>] [options]\n"
      + "descent trace --from <library> <call> [--problem <file>] [--steps <n>] [options]",
    discussion: examples(
      "descent trace",
      "descent trace --lr 0.1,0.9,1.1 --steps 30",
      "descent trace --problem rosenbrock.json --optimizer adam --lr 0.1 --steps 200 --svg path.svg",
      "descent trace --from torch 'Adam(model.parameters(), lr=0.1)' --steps 50")
        + """


        Without a problem it shows f(x) = x² from x = 1 with five rates side by side. A problem file holds
        {"hessian": [[3, 1], [1, 2]], "start": [1, -2]} for ½·pᵀHp, or {"function": "rosenbrock", "start": [-1.2, 1]}.
        """)

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The problem. (default: x² from 1)", valueName: "file"),
    completion: .file(extensions: ["json", "json5"]))
  var problem: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The update rule, with settings as in 'sgd(momentum: 0.9)'. (default: sgd)", valueName: "spec"),
    completion: .list(OptimizerSpec.names))
  var optimizer: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A learning rate, or several with commas between them.", valueName: "rate"),
    transform: Value.rates)
  var lr: [[Double]] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How the rate changes over the steps. (default: constant)", valueName: "spec"))
  var schedule = "constant"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps to take. (default: 20)", valueName: "n"),
    transform: Value.count(1...1_000_000))
  var steps = 20

  @OptionGroup var library: TraceFrom
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let given = [("--optimizer", optimizer != nil), ("--lr", !lr.isEmpty)].filter(\.1).map(\.0)
    let theirs = try library.optimizer(besides: given, session)
    let spec = try theirs?.optimizer ?? OptimizerSpec(parsing: optimizer ?? "sgd")
    let (problem, title) = try readProblem()
    let schedule = try Schedule(parsing: schedule)
    let paths = try rates(for: spec, theirs?.learningRate, schedule, session).map { rate in
      let rates = try schedule.resolved(peak: rate, horizon: Horizon(steps: steps))
      return TracedPath(
        rate: rates.peak,
        result: try Trace.run(problem: problem, optimizer: spec, rate: { rates.rate(at: $0) }, steps: steps))
    }
    let picture = TracePicture(problem: problem, title: "\(title), \(spec)", paths: paths)
    try self.pictures.save(picture.chart, page: picture.page(), session: session)
    return Report(
      json: global.json ? json(paths) : .null,
      result: session.terminal.outputIsTerminal
        ? Self.verdicts(paths, width: session.terminal.width) : Self.csv(paths, problem: problem),
      picture: session.drawn(picture.chart, height: 24))
  }

  private func readProblem() throws -> (TraceProblem, String) {
    guard let path = problem else { return (try TraceProblem(.square, start: [1]), "f(x) = x²") }
    do { return (try TraceProblem(json: try readFile(path)), path) } catch let error as TraceProblemError {
      throw error.failure.at(path)
    }
  }

  /// The peaks to run with; nil for a schedule with a peak of its own.
  private func rates(
    for spec: OptimizerSpec, _ own: Double?, _ schedule: Schedule, _ session: Session
  ) -> [Double?] {
    if let own { return [own] }
    if !lr.isEmpty || schedule.peak != nil { return lr.isEmpty ? [nil] : lr.flatMap(\.self) }
    if problem == nil, optimizer ?? "sgd" == "sgd" { return [0.001, 0.1, 0.9, 1.0, 1.1] }
    session.note("no --lr given: using \(decimal(spec.defaultLearningRate)), the default of \(spec.name).")
    return [spec.defaultLearningRate]
  }

  /// One path stands at the top level; several stand in `runs`.
  private func json(_ paths: [TracedPath]) -> JSON {
    let runs = paths.map { path -> JSON in
      [
        "rate": .number(path.rate),
        "diverged": .bool(path.result.diverged),
        "verdict": JSON(path.result.verdict?.sentence),
        "startLoss": .number(path.result.startLoss),
        "losses": JSON(path.result.losses),
        "path": .array(path.result.path.map { JSON($0) }),
      ]
    }
    return runs.count == 1 ? runs[0] : ["runs": .array(runs)]
  }

  private static func verdicts(_ paths: [TracedPath], width: Int) -> String {
    let rows = paths.map { path in
      [
        figure(path.rate), path.result.losses.last.map(figure) ?? "–",
        path.result.verdict?.sentence ?? (path.result.diverged ? "It diverged." : "It did not diverge."),
      ]
    }
    return table([["rate", "last loss", "what happens"]] + rows, leading: [2], width: width)
  }

  private static func csv(_ paths: [TracedPath], problem: TraceProblem) -> String {
    let header = ["rate", "step", "loss"] + problem.start.indices.map { "p\($0 + 1)" }
    let lines = paths.flatMap { path in
      zip(path.result.losses, path.result.path).enumerated().map { step, point in
        ([decimal(path.rate), String(step + 1), decimal(point.0)] + point.1.map(decimal)).joined(separator: ",")
      }
    }
    return ([header.joined(separator: ",")] + lines).joined(separator: "\n")
  }
}
