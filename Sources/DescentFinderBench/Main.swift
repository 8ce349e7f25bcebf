import DescentCore
import DescentOptimizers
import DescentStudies
import Foundation

/// `DescentFinderBench oracle|score|table|explain|record|cells [FILTER]`: the benchmark of learning-rate finders.
///
/// `oracle` searches what is best in every cell, `score` lets the methods find a rate and runs it, `table` prints what came
/// of it; all go on where they were stopped. `record` writes what designs of a finder are tried on, a line for each design
/// cell. A filter is part of a cell's or a method's name.
@main struct FinderBench {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let filter = arguments.count > 1 ? arguments[1] : ""
    let cells = Cell.all.filter { filter.isEmpty || $0.name.contains(filter) }
    let threads = ProcessInfo.processInfo.activeProcessorCount
    switch arguments.first {
    case "oracle": try oracles(cells, threads: threads)
    case "score": try scores(filter, threads: threads)
    case "table": try table()
    case "explain":
      let oracles = try Store<Oracle>(oraclePath)
      for cell in cells {
        guard let task = cell.problem, let oracle = oracles[cell.name] else { continue }
        try explain(
          cell, source: try task.source(optimizer: cell.optimizer), oracle: oracle,
          effort: arguments.count > 2 ? .thorough : .standard)
      }
    case "record": try record(cells.filter(\.isForDesign), threads: threads)
    case "cells":
      for cell in cells { print(cell.name, try time(cell)) }
    default: print("usage: DescentFinderBench oracle|score|table|explain|record|cells [part of a name]")
    }
  }

  static let oraclePath = "Documentation/data/finder-oracle.json"
  static let scorePath = "Documentation/data/finder-scores.json"

  private static func oracles(_ cells: [Cell], threads: Int) throws {
    var store = try Store<Oracle>(oraclePath)
    for cell in cells where store[cell.name] == nil {
      guard let task = cell.problem else { continue }
      let start = Date()
      let oracle = try Oracle(cell, source: try task.source(optimizer: cell.optimizer), threads: threads)
      try store.put(oracle, for: cell.name)
      let losses = oracle.budgets.map { String(format: "%.4g@%.2g", $0.loss, $0.rate) }.joined(separator: " ")
      print(cell.name, String(format: "%.3g →", oracle.initialLoss), losses, Int(-start.timeIntervalSinceNow), "s")
    }
  }

  /// What is not scored yet, or what the filter names, anew.
  private static func scores(_ filter: String, threads: Int) throws {
    let oracles = try Store<Oracle>(oraclePath)
    var store = try Store<Score>(scorePath)
    for cell in Cell.all where oracles[cell.name] != nil {
      var source: BenchSource?
      for method in Method.all {
        let name = "\(method.name)|\(cell.name)"
        let isNamed = !filter.isEmpty && name.contains(filter)
        guard isNamed || filter.isEmpty && store[name] == nil else { continue }
        if source == nil { source = try cell.problem?.source(optimizer: cell.optimizer) }
        guard let source else { continue }
        try store.put(try Score(method, cell, source: source, threads: threads), for: name)
      }
      if source != nil { FileHandle.standardError.write(Data((cell.name + "\n").utf8)) }
    }
    try table()
  }

  private static func table() throws {
    let (oracles, scores) = (try Store<Oracle>(oraclePath).values, try Store<Score>(scorePath).values)
    let sets: [(String, (Cell) -> Bool)] = [
      ("Cells that were not designed on", { !$0.isForDesign }), ("All cells", { _ in true }),
      ("A decaying schedule", { !$0.isConstant }), ("A constant rate", { $0.isConstant }),
    ]
    for (title, isIn) in sets {
      let cells = Cell.all.filter(isIn)
      print("**\(title)** (\(cells.count))\n")
      print(ScoreTable(scores, oracles: oracles, cells: cells).markdown, terminator: "\n\n")
    }
  }

  private static func record(_ cells: [Cell], threads: Int) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    for cell in cells {
      guard let task = cell.problem else { continue }
      let recording = try Recording(
        cell, source: try task.source(optimizer: cell.optimizer),
        usualRate: OptimizerSpec(parsing: cell.optimizer).defaultLearningRate, threads: threads)
      FileHandle.standardOutput.write(try encoder.encode(recording) + Data("\n".utf8))
    }
  }

  /// Milliseconds of a step.
  private static func time(_ cell: Cell) throws -> String {
    guard let task = cell.problem else { return "" }
    let source = try task.source(optimizer: cell.optimizer)
    var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
    for _ in 0..<20 { _ = try trainee.step(learningRate: 1e-3) }
    let start = Date()
    for _ in 0..<200 { _ = try trainee.step(learningRate: 1e-3) }
    return String(format: "%.3f ms a step", -start.timeIntervalSinceNow / 200 * 1000)
  }
}
