import DescentRandom
import Foundation

/// The benchmark's table: a row for each method over a set of cells.
struct ScoreTable {
  struct Row {
    var method: String
    var regret: Double
    var worstRegret: Double
    var equivalent: Double
    /// Of `equivalent`: 95 % of resamplings of the cells.
    var interval: (Double, Double)
    var catastrophes: Double
    var failures: Int
    var deviation: Double
    var cost: Double
    /// Share of cells and seeds whose best rate lies in the interval given; nil for ways without one.
    var coverage: Double?
  }

  var rows: [Row]

  init(_ scores: [String: Score], oracles: [String: Oracle], cells: [Cell]) {
    rows = Method.all.compactMap { method in
      let parts = cells.compactMap { cell -> (Score, Oracle, Cell)? in
        guard let score = scores["\(method.name)|\(cell.name)"], let oracle = oracles[cell.name] else { return nil }
        return (score, oracle, cell)
      }
      guard !parts.isEmpty else { return nil }
      let regrets = parts.map { mean($0.0.regrets($0.1)) }
      let equivalents = parts.map { mean($0.0.equivalents($0.1)) }
      let all = parts.flatMap { $0.0.regrets($0.1) }
      let deviations = parts.compactMap(\.0.deviation).sorted()
      return Row(
        method: method.name, regret: mean(regrets), worstRegret: regrets.max() ?? 1, equivalent: mean(equivalents),
        interval: Self.interval(equivalents),
        catastrophes: Double(all.count { $0 > 0.5 }) / Double(all.count),
        failures: parts.reduce(0) { $0 + $1.0.rates.count { $0 == nil } },
        deviation: deviations.isEmpty ? 0 : deviations[deviations.count / 2],
        cost: mean(parts.map { $0.0.steps / Double($0.2.horizon) }), coverage: Self.coverage(parts))
    }
  }

  private static func coverage(_ parts: [(Score, Oracle, Cell)]) -> Double? {
    let inside = parts.compactMap { $0.0.covers($0.1) }.flatMap { $0 }
    return inside.isEmpty ? nil : Double(inside.count { $0 }) / Double(inside.count)
  }

  private static func interval(_ values: [Double]) -> (Double, Double) {
    var random = RandomSequence(seed: 0, stream: .resampling)
    let means = (0..<2000).map { _ in mean(values.map { _ in values[random.integer(below: values.count)] }) }.sorted()
    return (means[50], means[1949])
  }

  /// As a table of Markdown, the best first.
  var markdown: String {
    let head = """
      | method | CEE [95 %] | mean regret | worst cell | regret > 0.5 | no answer | seed deviation | cost | best inside |
      | --- | --- | --- | --- | --- | --- | --- | --- | --- |
      """
    let lines = rows.sorted { $0.equivalent > $1.equivalent }.map { row in
      String(
        format: "| %@ | %.2f [%.2f, %.2f] | %.3f | %.2f | %.1f %% | %d | %.2f | %.2f | %@ |", row.method,
        row.equivalent, row.interval.0, row.interval.1, row.regret, row.worstRegret, 100 * row.catastrophes,
        row.failures,
        row.deviation, row.cost, row.coverage.map { String(format: "%.0f %%", 100 * $0) } ?? "–")
    }
    return ([head] + lines).joined(separator: "\n")
  }
}
