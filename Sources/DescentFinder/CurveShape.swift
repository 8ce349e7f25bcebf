/// What the shape of one curve says; everything here is unchanged when the loss is shifted or scaled.
///
/// - L₀: median of the first 10 losses (a quarter of them if fewer than 40, at least 5). Noise σ: 1.4826 · median
///   |ΔL|/√2 over neighbours up to the lowest point, never below 10⁻⁶·|L₀| (Float32 rounding).
/// - The loss descends if its lowest smoothed value lies more than 3σ below L₀. In pure noise of 20 to 400 points it
///   lies 0.6 to 1.1 σ below in the median and 2.5 to 3 in one case of a hundred to five hundred.
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
    let initial = median(finite.prefix(max(5, min(10, finite.count / 4))).map { curve[$0].loss })
    let best = smooth[lowest]
    let before = finite.filter { $0 <= max(lowest, 20) }
    let differences = zip(before.dropFirst(), before).map { curve[$0].loss - curve[$1].loss }
    let noise = max(robustDeviation(differences) / 2.0.squareRoot(), 1e-6 * abs(initial))
    let descent = initial - best
    let descends = descent > 3 * noise
    self.initial = initial
    self.best = best
    self.noise = noise
    self.lowest = lowest

    // The bottom may be far quieter than the start: there the climb is seen earlier. Smoothing halves the noise.
    let reach = automaticWindow(curve.count) / 2
    let nearby = finite.filter { abs($0 - lowest) <= reach && smooth[$0].isFinite }.map { curve[$0].loss - smooth[$0] }
    let bottomNoise = robustDeviation(nearby) * (descends ? 0.5 : 2)
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
}
