#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Plain statistics of a stretch of values.
enum Statistic {
  static func mean(_ values: some Collection<Double>) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  static func median(_ values: some Collection<Double>) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }

  /// The median size of the step from one value to the next: noise that a slow trend and single jumps leave alone.
  static func roughness(_ values: ArraySlice<Double>) -> Double {
    guard values.count > 1 else { return 0 }
    // A few thousand steps evenly spread tell as much as all of a long log.
    let pace = max(1, values.count / 4096)
    let steps = stride(from: values.startIndex, to: values.endIndex - 1, by: pace).map {
      abs(values[$0 + 1] - values[$0])
    }
    return median(steps)
  }

  static func standardDeviation(_ values: some Collection<Double>) -> Double {
    guard values.count > 1 else { return 0 }
    let m = mean(values)
    return (values.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(values.count - 1)).squareRoot()
  }

  static func clamped(_ x: Double, _ low: Double, _ high: Double) -> Double { x.isNaN ? low : min(max(x, low), high) }

  static func logarithm(_ x: Double) -> Double { log(x) }

  static func exponential(_ x: Double) -> Double { exp(x) }
}

/// Means of neighbouring batches of values.
///
/// Batches longer than the values' memory are nearly independent, so that their spread gives honest errors for means and
/// slopes where the values themselves are correlated (the batch-means estimator).
struct BatchMeans {
  let means: [Double]
  let size: Int

  /// - Parameters:
  ///   - values: in order.
  ///   - count: batches, 2 or more; fewer if there are fewer values.
  init(_ values: ArraySlice<Double>, count: Int) {
    let size = max(1, values.count / max(2, count))
    self.size = size
    var means: [Double] = []
    // What is left over is dropped at the beginning.
    var start = values.startIndex + values.count % size
    while start + size <= values.endIndex {
      means.append(Statistic.mean(values[start..<(start + size)]))
      start += size
    }
    self.means = means
  }

  /// The least-squares change from the first batch to the last, with its standard error from the residuals.
  var change: (value: Double, error: Double) {
    let n = means.count
    guard n > 2 else { return (n == 2 ? means[1] - means[0] : 0, .infinity) }
    let centre = Double(n - 1) / 2
    let average = Statistic.mean(means)
    var (sxy, sxx) = (0.0, 0.0)
    for (i, y) in means.enumerated() {
      sxy += (Double(i) - centre) * (y - average)
      sxx += (Double(i) - centre) * (Double(i) - centre)
    }
    let slope = sxy / sxx
    var residual = 0.0
    for (i, y) in means.enumerated() {
      let e = y - average - slope * (Double(i) - centre)
      residual += e * e
    }
    let error = (residual / Double(n - 2) / sxx).squareRoot()
    return (slope * Double(n - 1), error * Double(n - 1))
  }
}
