import ArgumentParser
import DescentCore
import DescentOptimizers
import DescentTraining

/// `descent optimizers`: every update rule, its settings and what its rate means.
struct OptimizersCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizers",
    abstract: "List the update rules with their settings, default rates and memory.",
    usage: "descent optimizers [<name> ...] [options]",
    discussion: examples(
      "descent optimizers",
      "descent optimizers adamw muon 'scheduleFree(sgd)'",
      "descent optimizers --json"))

  @Argument(
    help: ArgumentHelp("Only these, as specifications: adamw, 'lookahead(adam, k: 10)'.", valueName: "name"),
    completion: .list(OptimizerSpec.names))
  var optimizers: [String] = []

  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let specs =
      optimizers.isEmpty
      ? OptimizerSpec.presets.map { OptimizerSpec($0) } : try optimizers.map(OptimizerSpec.init(parsing:))
    let setup = try TrainingSpecification().setUp()
    let layout = setup.compiled.layout
    let described = specs.map { spec in
      (spec, spec.summary, Double(spec.stateBytes(layout)) / Double(layout.trainableCount))
    }
    var rows = described.map { Self.row($1, bytes: $2) }
    if session.terminal.outputIsTerminal {
      rows.insert(["optimizer", "family", "default rate", "the rate is", "bytes/parameter", "settings"], at: 0)
    }
    return Report(
      json: ["optimizers": .array(described.map(Self.json))],
      result: table(
        rows, leading: [0, 1, 3, 5], width: session.terminal.outputIsTerminal ? session.terminal.width : nil),
      next: "State in bytes for each Float32 parameter of \(setup.specification.model ?? "the model").")
  }

  private static func json(_ spec: OptimizerSpec, _ summary: OptimizerSummary, _ bytes: Double) -> JSON {
    let rate = summary.defaultLearningRate
    let settings = summary.settings.map { setting in
      JSON.object([
        ("name", .string(setting.name)), ("value", .string(setting.value)), ("range", .string(setting.range)),
      ])
    }
    return .object([
      ("name", .string(summary.name)), ("spec", .string(spec.description)),
      ("family", JSON(summary.family?.rawValue)), ("inner", JSON(summary.inner)),
      ("defaultLearningRate", .number(rate)), ("rateMeaning", .string(words(summary.rateMeaning))),
      ("needs", JSON(words(summary.needs))), ("bytesPerParameter", .number(bytes)),
      ("thresholdTimesRate", .number(spec.stabilityThreshold(learningRate: rate) * rate)),
      ("settings", .array(settings)),
    ])
  }

  private static func row(_ summary: OptimizerSummary, bytes: Double) -> [String] {
    let settings = summary.settings.map { "\($0.name): \($0.value)" }
    return [
      summary.name, summary.family?.rawValue ?? "", decimal(summary.defaultLearningRate), words(summary.rateMeaning),
      figure(bytes), ((summary.inner.map { [$0] } ?? []) + settings).joined(separator: ", "),
    ]
  }

  private static func words(_ meaning: RateMeaning) -> String {
    switch meaning {
    case .stepSize: "step size"
    case .multiplier: "multiplier"
    case .bound: "bound"
    }
  }

  private static func words(_ needs: StepNeeds) -> [String] {
    [(StepNeeds.loss, "loss"), (.evaluation, "evaluation"), (.hessianProduct, "hessianProduct")]
      .filter { needs.contains($0.0) }.map(\.1)
  }
}
