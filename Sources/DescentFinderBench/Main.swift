import DescentCore
import Foundation

/// `descent-finder-bench oracle|cells [FILTER]`: the benchmark of learning-rate finders.
@main struct FinderBench {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let filter = arguments.count > 1 ? arguments[1] : ""
    let cells = Cell.all.filter { filter.isEmpty || $0.name.contains(filter) }
    let threads = ProcessInfo.processInfo.activeProcessorCount
    switch arguments.first {
    case "oracle": try oracles(cells, threads: threads)
    case "cells":
      for cell in cells { print(cell.name, try time(cell)) }
    default: print("usage: descent-finder-bench oracle|cells [part of a cell's name]")
    }
  }

  static let oraclePath = "Documentation/data/finder-oracle.json"

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
