/// How the losses of the last third lie, whatever their level: independent from step to step where the noise is that of the
/// batches, correlated where the parameters themselves move about.
struct LateShape {
  /// The correlation of neighbouring losses about their line, −1…1.
  let correlation: Double
  /// The variance of sixteen batch means about their line, as a share of what independent losses would give.
  let persistence: Double
  /// The largest loss above the mean, in standard deviations.
  let peak: Double

  init(_ losses: ArraySlice<Double>) {
    let n = losses.count
    let centre = Double(n - 1) / 2
    let mean = Statistic.mean(losses)
    var (sxy, sxx) = (0.0, 0.0)
    for (i, y) in losses.enumerated() {
      sxy += (Double(i) - centre) * (y - mean)
      sxx += (Double(i) - centre) * (Double(i) - centre)
    }
    let slope = sxx > 0 ? sxy / sxx : 0
    let residuals = losses.enumerated().map { $1 - mean - slope * (Double($0) - centre) }
    let variance = residuals.reduce(0) { $0 + $1 * $1 } / Double(max(1, n))
    guard variance > 0, n > 16 else {
      (correlation, persistence, peak) = (0, 1, 0)
      return
    }
    correlation = zip(residuals, residuals.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(n - 1) / variance
    let batches = BatchMeans(residuals[...], count: 16)
    let spread = Statistic.standardDeviation(batches.means)
    persistence = spread * spread * Double(batches.size) / variance
    peak = (residuals.max() ?? 0) / variance.squareRoot()
  }
}
