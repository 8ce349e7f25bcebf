import ArgumentParser
import DescentBench
import DescentSpecs

/// `descent bench`: how long the named workloads take on this machine.
struct BenchCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time training steps, Hessian products and updates on this machine.",
    usage: "descent bench [--only <name,…>] [--threads <n>] [--budget <seconds>] [--floor] [options]",
    discussion: examples(
      "descent bench",
      "descent bench --only mlp-digits-b32,hvp-digits-full --threads 1",
      "descent bench --budget 0.5 --json")
      + "\n\nWorkloads:\n"
      + table(Workload.all.map { ["  " + $0.name, $0.summary] }, leading: [0, 1])
      + "\n\nOnly when named, one step of any update rule: update-RULE-1000000, or update-RULE-512x512 and "
      + "update-RULE-mlp\nwhere the rule works on tensors.")

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only these workloads, with commas between them. (default: all)", valueName: "name"),
    completion: .list(known.map(\.name)), transform: workloads)
  var only: [Workload] = Workload.all

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds of timing for each workload. (default: 2)", valueName: "seconds"),
    transform: Value.number(0.001...3600))
  var budget: Double?

  private static let known = Workload.all + Workload.further

  @Flag(
    help: "Compare training steps with the time of their products and memory traffic alone.")
  var floor = false

  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    if floor { return try floors(session) }
    let threads = session.threads
    var bar = session.progress("Bench", total: only.count)
    var rows: [(workload: Workload, timing: Timing, value: Double?)] = []
    for (index, workload) in only.enumerated() {
      if Interruption.isRequested { break }
      bar.update(index) { workload.name }
      let timing = try workload.run(threads: threads, budget: budget ?? 2)
      rows.append((workload, timing, try workload.value?(threads)))
    }
    bar.finish()
    return Report(
      json: [
        "results": .array(
          rows.map { row in
            let figures: [(String, JSON)] = [
              ("name", .string(row.workload.name)), ("secondsPerStep", .number(row.timing.median)),
              ("fastest", .number(row.timing.fastest)), ("slowest", .number(row.timing.slowest)),
              ("threads", .integer(threads)),
            ]
            return .object(figures + (row.value.map { [("value", .number($0))] } ?? []))
          })
      ],
      result: session.terminal.outputIsTerminal
        ? Self.timings(rows, threads: threads)
        : rows.map { "\($0.workload.name) \(decimal($0.timing.median))" }.joined(separator: "\n"),
      status: rows.count < only.count ? .interrupted : .fine)
  }

  private func floors(_ session: Session) throws -> Report {
    var bar = session.progress("Bench", total: only.count)
    var floors: [Floor] = []
    for (index, workload) in only.enumerated() {
      if Interruption.isRequested { break }
      bar.update(index) { workload.name }
      if let floor = try workload.floor(threads: session.threads, budget: budget ?? 2) { floors.append(floor) }
    }
    bar.finish()
    let head = ["workload", "step", "products", "traffic", "step / sum"]
    let body = floors.map { floor in
      [floor.name] + [floor.step, floor.products, floor.traffic].map(duration) + [figure(floor.ratio)]
    }
    return Report(
      json: [
        "floors": .array(
          floors.map { floor in
            [
              "name": .string(floor.name), "secondsPerStep": .number(floor.step), "products": .number(floor.products),
              "traffic": .number(floor.traffic), "ratio": .number(floor.ratio), "threads": .integer(session.threads),
            ]
          })
      ],
      result: table([head] + body, leading: [0]), status: Interruption.isRequested ? .interrupted : .fine)
  }

  /// Medians with the spread over the blocks, for a person's eyes.
  private static func timings(_ rows: [(workload: Workload, timing: Timing, value: Double?)], threads: Int) -> String {
    let head = ["workload", "per step", "fastest", "slowest", "threads: \(threads)"]
    let body = rows.map { row in
      [row.workload.name] + [row.timing.median, row.timing.fastest, row.timing.slowest].map(duration)
        + [row.workload.summary]
    }
    return table([head] + body, leading: [0, 4])
  }

  @Sendable private static func workloads(_ text: String) throws -> [Workload] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let name = part.trimming(" ")
      if let workload = known.first(where: { $0.name == name }) { return workload }
      // A list of what there is holds only the workloads of the help.
      let near = nearestName(to: name, among: known.map(\.name)) != nil
      let advice = flattened(suggestion(for: name, among: (near ? known : Workload.all).map(\.name)))
      throw ValueProblem(
        text.contains(",") ? "holds \"\(name)\", which is not known; \(advice)" : "is not known; \(advice)")
    }
  }
}

/// Seconds in the unit a person reads most easily: `58.1 µs`.
func duration(_ seconds: Double) -> String {
  let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs")]
  let (size, unit) = units.first { seconds >= $0.0 } ?? (1e-9, "ns")
  return figure(seconds / size) + " " + unit
}
