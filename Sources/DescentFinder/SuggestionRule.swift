/// The learning rates other tools would suggest from the same raw losses and rates.
///
/// Each rule smooths, cuts and rounds as its tool does (fastai and Lightning choose in Float32) and inherits its
/// faults: see the cases. Only the tools' stop rules are left out: the curve is taken as it is. Where a tool takes
/// its number of steps (fastai's cut at the start), it is the number of points.
public enum SuggestionRule: String, Sendable, Hashable, Codable, CaseIterable {
  /// fastai's default: two thirds into the longest falling subsequence, counted back from its end.
  case fastaiValley = "fastai.valley"
  /// fastai's interval slide rule; its threshold of 0.005 is absolute.
  case fastaiSlide = "fastai.slide"
  /// fastai: a tenth of the rate at the lowest smoothed loss.
  case fastaiMinimum = "fastai.minimum"
  /// fastai: the steepest forward difference against ln rate.
  case fastaiSteep = "fastai.steep"
  /// pytorch-lr-finder: the steepest central difference. Does not guard against NaN and then names the rate that blew
  /// up.
  case torchLRFinderSteepest = "torch-lr-finder.steepest"
  /// Lightning from 2.5.3 on: the steepest derivative against the rate itself, which favours the smallest rates.
  case lightningSteepest = "lightning.steepest"
  /// Lightning up to 2.5.2: the steepest derivative against the step.
  case lightningSteepest252 = "lightning.steepest-2.5.2"
  /// Ignite: the steepest central difference before the lowest smoothed loss.
  case igniteSteepest = "ignite.steepest"

  /// The rate this rule picks; nil where its tool raises an error or returns nothing.
  ///
  /// - Parameters:
  ///   - rates: one per step, positive, rising.
  ///   - losses: raw losses, as many; may hold values that are not finite, which are treated as the tool treats them.
  /// - Source: fastai 2.8.12 `callback/schedule.py`, torch-lr-finder 0.2.2 `LRFinder.plot`, Lightning 2.6.6 and 2.5.2
  ///   `_LRFinder.suggestion`, Ignite 0.5.5 `FastaiLRFinder.lr_suggestion`; the tests compare with those functions
  ///   run.
  public func rate(rates: [Double], losses: [Double]) -> Double? {
    guard rates.count == losses.count else { return nil }
    return switch self {
    case .fastaiValley: FastaiCurve(rates, losses).valley
    case .fastaiSlide: FastaiCurve(rates, losses).slide
    case .fastaiMinimum: FastaiCurve(rates, losses).minimum
    case .fastaiSteep: FastaiCurve(rates, losses).steep
    case .torchLRFinderSteepest: steepestByTorchLRFinder(rates, losses)
    case .lightningSteepest: steepestByLightning(rates, losses, againstRate: true)
    case .lightningSteepest252: steepestByLightning(rates, losses, againstRate: false)
    case .igniteSteepest: steepestByIgnite(rates, losses)
    }
  }

  /// The rate this rule picks on the raw losses of `curve`.
  public func rate(on curve: [CurvePoint]) -> Double? {
    rate(rates: curve.map(\.rate), losses: curve.map(\.loss))
  }
}

/// The indices of Python's `list[start:-end]` for `end` > 0.
func pythonSlice(_ count: Int, from start: Int, dropping end: Int) -> Range<Int> {
  min(start, count)..<max(min(start, count), count - end)
}

/// The first index of the lowest value, or of the first NaN, as NumPy's and PyTorch's `argmin` have it; nil if empty.
func argmin<T: BinaryFloatingPoint>(_ values: [T]) -> Int? {
  if let index = values.firstIndex(where: \.isNaN) { return index }
  return values.indices.min(by: { values[$0] < values[$1] })
}

/// Central differences at unit spacing, one-sided at the ends: `numpy.gradient(y)`. Needs two values.
func unitGradient<T: BinaryFloatingPoint>(_ y: [T]) -> [T] {
  y.indices.map { i in
    if i == 0 { return y[1] - y[0] }
    if i == y.count - 1 { return y[i] - y[i - 1] }
    return (y[i + 1] - y[i - 1]) / 2
  }
}
