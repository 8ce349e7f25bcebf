/// Decides when a range test has seen enough of a rising loss.
///
/// Other tools stop at 4 or 5 times the best loss, which stops at once for negative losses and depends on the loss's
/// zero. Here the height is measured in descents: the test stops when the median of the last three losses exceeds
///
///     best + factor · max(L₀ − best, 4σ)
///
/// with L₀ the median of the first five losses, best the lowest three-point median so far and σ the noise of the
/// first steps (from the median absolute difference of neighbours). Shifting the loss or scaling it by a positive
/// number changes nothing, up to a floor of 10⁻⁶·|L₀| under the noise that stands for Float32 rounding. With the
/// usual factor 4 the limit is 4·L₀ − 3·best.
public struct StopRule: Sendable, Hashable {
  private let factor: Double
  private let calibration: Int
  private var opening: [Double] = []
  private var recent: [Double] = []
  private var initial = 0.0
  private var noise = 0.0
  private var best = Double.infinity

  /// - Parameters:
  ///   - factor: above 1; infinity never stops.
  ///   - calibration: steps before the rule may speak, at least 5; the noise is measured on them.
  public init(factor: Double = 4, calibration: Int = 10) {
    self.factor = factor
    self.calibration = max(5, calibration)
  }

  /// Takes the next loss (finite) and returns true if the test should stop.
  public mutating func observe(_ loss: Double) -> Bool {
    if recent.count == 3 { recent.removeFirst() }
    recent.append(loss)
    let level = median(recent)
    best = min(best, level)
    if opening.count < calibration {
      opening.append(loss)
      if opening.count == calibration { calibrate() }
      return false
    }
    return level > best + factor * max(initial - best, 4 * noise)
  }

  private mutating func calibrate() {
    initial = median(Array(opening.prefix(5)))
    let differences = zip(opening.dropFirst(), opening).map { $0 - $1 }
    noise = max(robustDeviation(differences) / 2.0.squareRoot(), 1e-6 * abs(initial))
  }
}
