import DescentCharts
import DescentTraining
import Foundation

/// Which part of a problem of one or two parameters a picture shows, and which level lines.
struct TraceWindow {
  var problem: TraceProblem
  /// A range for each coordinate: where the problem is interesting, and not far beyond where the calm paths go.
  private(set) var ranges: [ClosedRange<Double>]

  init(problem: TraceProblem, paths: [TracedPath]) {
    self.problem = problem
    let reach = max(problem.start.map(abs).max() ?? 0, 1e-12)
    var base = problem.start.map { start -> ClosedRange<Double> in
      let half = 1.3 * max(abs(start), 0.3 * reach)
      return -half...half
    }
    if case .function(let function) = problem.loss {
      base = Array([function.window.x, function.window.y].prefix(problem.start.count))
    }
    ranges = base.enumerated().map { i, base in
      let length = base.upperBound - base.lowerBound
      let start = problem.start[i]
      let room = (min(base.lowerBound, start) - length / 4)...(max(base.upperBound, start) + length / 4)
      var (low, high) = (base.lowerBound, base.upperBound)
      if !base.contains(start) { (low, high) = (min(low, start - 0.06 * length), max(high, start + 0.06 * length)) }
      for path in paths where !path.result.diverged && room.contains(path.result.path.last?[i] ?? start) {
        for x in path.result.path.map({ $0[i] }) where room.contains(x) {
          // What goes a little beyond is taken in, with some air.
          if x < low + 0.04 * length { low = x - 0.06 * length }
          if x > high - 0.04 * length { high = x + 0.06 * length }
        }
      }
      return low...high
    }
  }

  /// Level lines over both parameters, and what is said about their heights.
  func contours() -> (contours: Contours, heights: String) {
    var contours = Contours(xRange: ranges[0], yRange: ranges[1], columns: 260, rows: 260) {
      problem.loss(at: [$0, $1])
    }
    let sorted = contours.values.filter(\.isFinite).sorted()
    guard let lowest = sorted.first, let highest = sorted.last, highest > lowest else { return (contours, "") }
    func quantile(_ share: Double) -> Double { sorted[Int(Double(sorted.count - 1) * share)] }
    let minima = problem.minima
    let floor = minima.map { problem.loss(at: $0) }.min()
    let levels: [Double]
    if floor == nil || isWavy {
      levels = Self.even(
        from: floor ?? lowest, to: floor == nil ? highest : quantile(0.97), about: floor == nil ? 16 : 9)
    } else if problem.constantHessian != nil {
      // Of a quadratic, even steps outwards are squares.
      let top = quantile(0.98)
      levels = (1...11).map { top * Double($0 * $0) / 121 }
    } else {
      levels = Self.rounded(from: quantile(0.004) - (floor ?? 0), to: quantile(0.97) - (floor ?? 0))
        .map { $0 + (floor ?? 0) }
    }
    contours.levels = .values(levels)
    guard let first = levels.first, let last = levels.last else { return (contours, "") }
    return (contours, "level lines from \(rough(first)) to \(rough(last))")
  }

  private func rough(_ value: Double) -> String { String(format: "%.3g", value) }

  /// Many hollows of nearly one depth: logarithms would show the lowest alone.
  private var isWavy: Bool { problem.loss(at: problem.start).isFinite && problem.loss == .function(.rastrigin) }

  /// Multiples of a round number, about as many as asked for, 0 among them if it lies between.
  private static func even(from low: Double, to high: Double, about count: Int) -> [Double] {
    let rough = (high - low) / Double(count)
    guard rough > 0, rough.isFinite else { return [] }
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    return stride(from: (low / step).rounded(.up), through: (high / step).rounded(.down), by: 1).map { $0 * step }
  }

  /// Round heights in even ratios: of each power of ten 1, 2, 5 or 1, 3 or 1 alone, so that there are about ten.
  private static func rounded(from low: Double, to high: Double) -> [Double] {
    guard high > 0, high.isFinite else { return [] }
    let bottom = max(low, high * 1e-6)
    func heights(_ mantissas: [Double]) -> [Double] {
      let powers = Int(log10(bottom).rounded(.down))...Int(log10(high).rounded(.up))
      return powers.flatMap { power in mantissas.map { $0 * pow(10, Double(power)) } }
        .filter { (bottom...high).contains($0) }
    }
    let choices = [[1, 2, 5], [1, 3], [1]].map(heights)
    return choices.first { $0.count <= 12 } ?? choices[2]
  }
}
