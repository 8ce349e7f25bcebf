/// Lengths, places and thresholds of a search. All were chosen on the design cells of `DescentFinderBench`.
struct SearchPlan {
  let horizon: Int
  /// log₁₀ of where the search begins.
  let start: Double
  let isThorough: Bool
  /// Decades by which the best rate falls for ten times the steps.
  let usualShift: Double

  /// Coarse runs are at most this many decades from the usual rate.
  static let reach = 6.0
  static let coarseStep = 1.0
  static let fineStep = 0.4
  /// Beyond the first two.
  static let mostFineRuns = 3
  /// Above the lowest of the fine runs, where their loss stands still.
  static let longOffsets = [0, 0.5, 1, 1.5, 2]
  /// Round where the runs of half the horizon are expected to be best.
  static let halfOffsets = [-0.35, 0, 0.35]
  static let halfStep = 0.35
  static let mostHalfRuns = 2
  /// The loss stands still if it fell by less than so many times the scatter of single mini-batches.
  static let stallFactor = 2.8
  /// Widths for `LossCurve.centre(width:)`, of the coarse curve and of the others.
  static let coarseWidth = 0.2
  static let width = 0.03

  init(_ finder: RateFinder) {
    horizon = finder.steps
    start = logarithm10(finder.usualRate)
    isThorough = finder.effort == .thorough
    usualShift = finder.decays ? 0.18 : 0.36
  }

  /// Decades either way within which the oracle's best rate lay in five of six searches in design cells.
  func halfWidth(isStalled: Bool) -> Double { (isThorough ? 0.35 : 0.5) + (isStalled ? 0.2 : 0) }

  /// Of 400 steps 6, and a smaller share of more.
  var coarseSteps: Int { length(6, growing: 0.4) }
  /// Of 400 steps 30, and a smaller share of more.
  var fineSteps: Int { length(30, growing: 0.7) }
  /// An eighth; a quarter for a thorough search.
  var longSteps: Int { horizon / (isThorough ? 4 : 8) }
  /// Of a thorough search.
  var halfSteps: Int { horizon / 2 }

  private func length(_ steps: Double, growing exponent: Double) -> Int {
    max(4, Int((steps * power(Double(horizon) / 400, exponent)).rounded()))
  }
}
