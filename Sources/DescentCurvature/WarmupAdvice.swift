/// Whether a rate should be warmed up to, and over how many steps.
public struct WarmupAdvice: Sendable, Hashable, Codable {
  public var needed: Bool
  /// Steps of the warm-up; nil if none is needed.
  public var steps: Int?
  /// Why, in a sentence.
  public var basis: String

  /// Steps that the sharpness is given to halve.
  public static let stepsPerDoubling = 100.0
  static let range = 20.0...1000.0
  /// Rates within a tenth of the bound count as borne.
  static let margin = 1.1

  /// Compares the rate that a run is to reach with what its starting point bears.
  ///
  /// Warm-up is needed for a rate more than a tenth beyond both the stable rate and the critical rate. A rate above the
  /// stable one alone may still be fine: the first update does not raise the loss, and curvature tends to fall where
  /// rates are large. An adaptive rule makes its first updates before it knows the gradients' sizes, so for it the critical
  /// rate must be kept as well as the stable one, which is of the settled state.
  ///
  /// The length gives the sharpness time to fall to what the rate bears: `stepsPerDoubling` steps for each doubling from
  /// that bound to the rate, within 20 and 1000. That is a rule of thumb, between a measured case where 200 steps sufficed
  /// for one doubling and one where 100 sufficed for two and a half.
  ///
  /// - Parameters:
  ///   - rate: the rate to be reached.
  ///   - stableRate: the largest rate stable under the sharpness at the start, as `stableRate(forSharpness:)` gives it.
  ///   - criticalRate: the largest rate at which the first update does not raise the loss.
  ///   - isAdaptive: whether the rule scales by gradients it has seen.
  /// - Returns: nil if neither is known.
  /// - Source: Gilmer et al. 2022 (arXiv:2110.04369) for the comparison with the stable rate; Kalra & Barkeshli 2024
  ///   (arXiv:2406.09405) for the critical rate as a start that saves warm-up.
  public init?(rate: Double, stableRate: Double?, criticalRate: Double?, isAdaptive: Bool = false) {
    let known = [stableRate, criticalRate].compactMap(\.self)
    guard let largest = known.max(), largest > 0, rate > 0 else { return nil }
    let bound = isAdaptive ? criticalRate ?? largest : largest
    if rate > Self.margin * bound {
      let steps = Self.stepsPerDoubling * logarithm2(rate / bound)
      let what = bound == criticalRate ? "the critical rate" : "the stable rate"
      self.init(
        needed: true, steps: Int(min(max(steps, Self.range.lowerBound), Self.range.upperBound).rounded(.up)),
        basis:
          "The rate is \(short(rate / bound)) times \(what); \(Int(Self.stepsPerDoubling)) steps per doubling, a rule "
          + "of thumb, let the curvature fall to what it bears.")
    } else if let stableRate, rate <= stableRate {
      self.init(needed: false, steps: nil, basis: "The rate is stable under the initial curvature.")
    } else {
      let times = stableRate.map { "\(short(rate / $0)) times the stable rate, but " } ?? ""
      self.init(
        needed: false, steps: nil,
        basis: "The rate is \(times)not above the critical rate: the first update does not raise the loss.")
    }
  }

  /// Compares with what was measured at a starting point.
  ///
  /// - Parameters:
  ///   - rate: the rate to be reached.
  ///   - start: the starting point.
  public init?(rate: Double, at start: StartingCurvature) {
    self.init(
      rate: rate, stableRate: start.stableRate, criticalRate: start.criticalRate, isAdaptive: start.isPreconditioned)
  }

  init(needed: Bool, steps: Int?, basis: String) {
    self.needed = needed
    self.steps = steps
    self.basis = basis
  }
}

/// Two significant digits.
private func short(_ x: Double) -> String {
  guard x.isFinite, x > 0 else { return "\(x)" }
  var scale = 1.0
  while x * scale < 10 { scale *= 10 }
  while x * scale >= 100 { scale /= 10 }
  let rounded = (x * scale).rounded() / scale
  return rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded))" : "\(rounded)"
}
