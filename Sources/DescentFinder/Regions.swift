/// A stretch of a range test's curve, in rates.
public struct CurveRegion: Sendable, Hashable, Codable {
  /// What the smoothed loss does there.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Too small a rate to change the loss visibly.
    case flat
    /// The loss falls, or stays at the bottom.
    case falling
    /// The loss rises for good.
    case climbing
  }

  public var kind: Kind
  public var from: Double
  public var to: Double

  public init(kind: Kind, from: Double, to: Double) {
    self.kind = kind
    self.from = from
    self.to = to
  }
}

/// What the shape of one curve says; everything here is unchanged when the loss is shifted or scaled.
///
/// - L₀: median of the first five losses. Noise σ: 1.4826 · median |raw − smoothed|, never below 10⁻⁶·|L₀| (Float32
///   rounding).
/// - The loss descends if its lowest smoothed value lies more than 3σ below L₀ (pure noise falls about 1σ below).
/// - It leaves the flat region where it last was above L₀ − max(0.05 · descent, 2σ).
/// - It climbs if from some point to the end it stays above best + max(0.1 · descent, 4σ), or if the test blew up;
///   the climb begins where the smoothed loss was last within the bottom's own noise of its lowest value.
struct CurveShape {
  /// Finite points.
  let finiteCount: Int
  let initial: Double
  let best: Double
  let noise: Double
  /// Index of the lowest smoothed loss.
  let lowest: Int
  /// Index at which the descent starts; nil if there is none.
  let descentStart: Int?
  /// Index from which the loss climbs for good; nil if it never does.
  let climbStart: Int?

  /// Nil without a single finite smoothed loss.
  init?(_ curve: [CurvePoint], blewUp: Bool) {
    let smooth = curve.map(\.smoothed)
    guard let lowest = smooth.indices.min(by: { smooth[$0] < smooth[$1] }), smooth[lowest].isFinite else { return nil }
    let finite = curve.indices.filter { curve[$0].loss.isFinite }
    finiteCount = finite.count
    guard let first = finite.first else { return nil }
    let initial = median(finite.prefix(5).map { curve[$0].loss })
    let best = smooth[lowest]
    let residuals = finite.map { curve[$0].loss - smooth[$0] }
    let floor = 1e-6 * abs(initial)
    let upToLowest = zip(finite, residuals).filter { $0.0 <= max(lowest, 10) && $0.1.isFinite }.map(\.1)
    let noise = max(robustDeviation(upToLowest), floor)
    let descent = initial - best
    let descends = descent > 3 * noise
    self.initial = initial
    self.best = best
    self.noise = noise
    self.lowest = lowest

    // The bottom may be far quieter than the start: there the climb is seen earlier.
    let nearby = zip(finite, residuals).filter { abs($0.0 - lowest) <= 5 && $0.1.isFinite }.map(\.1)
    let bottomNoise = descends ? min(noise, robustDeviation(nearby)) : 2 * noise
    let threshold = best + max(0.1 * descent, 4 * noise)
    let lastBelow = smooth.lastIndex { $0 <= threshold } ?? lowest
    if lastBelow < curve.count - 1 || blewUp {
      climbStart = smooth[...lastBelow].lastIndex { $0 <= best + bottomNoise } ?? lowest
    } else {
      climbStart = nil
    }
    if descends, lowest > first {
      let departure = initial - max(0.05 * descent, 2 * noise)
      descentStart = smooth[...lowest].lastIndex { $0 > departure } ?? first
    } else {
      descentStart = nil
    }
  }

  /// The curve divided into flat, falling and climbing; empty stretches are left out.
  func regions(_ curve: [CurvePoint]) -> [CurveRegion] {
    let end = curve.count - 1
    let climb = climbStart ?? end
    let fall = min(descentStart ?? climb, climb)
    return [(CurveRegion.Kind.flat, 0, fall), (.falling, fall, climb), (.climbing, climb, end)].compactMap {
      $0.1 < $0.2 ? CurveRegion(kind: $0.0, from: curve[$0.1].rate, to: curve[$0.2].rate) : nil
    }
  }
}
