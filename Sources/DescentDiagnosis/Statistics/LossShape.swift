/// The loss's way down, free of the loss's scale and of what is added to it: all figures are shares of the whole way.
///
/// Places are measured on the integral of the rate, s = Σ lr, the clock on which runs at different rates make the same way
/// as long as the rate is small (gradient flow): a run at three times the rate is at s what this one will be at 3 s.
package struct LossShape: Sendable, Hashable {
  /// Rows that are needed.
  package static let leastRows = 30
  /// Where levels are taken, as shares of the whole integral; the first is the very beginning.
  private static let marks: [(place: Double, reach: Double)] = [
    (0.04, 0.5), (1.0 / 9, 0.25), (1.0 / 3, 0.2), (0.6, 0.15),
  ]

  /// Smoothed losses at the beginning, at 4 %, 11 %, 33 % and 60 % of the integrated rate, and at the end.
  package let levels: [Double]
  /// The largest difference between levels, the unit of all the rest.
  package let range: Double
  /// How far the loss fell from each level to the next; they sum to at most 1.
  package let falls: [Double]
  /// The median step between neighbouring losses in the last eighth, as a share of the range.
  package let lateNoise: Double
  /// The same in the first eighth.
  package let earlyNoise: Double
  /// How far the loss once stood above its beginning.
  package let jump: Double
  /// The sum of all rises of the smoothed loss.
  package let rises: Double
  /// The further fall that three times the integrated rate would give if the last two thirds' trend went on, as a share of
  /// the whole way then.
  package let promised: Double
  /// The standard error of the last level, as a share of the range.
  package let lateError: Double

  /// The beginning less noisily: the mean of the first fiftieth, if that is above the first level.
  package let opening: Double
  /// By how many standard errors the first twentieth, eighth or quarter of the losses lies above the last, the largest of
  /// the three.
  let signsOfFall: Double
  /// True if the loss came down by more than three standard errors of its beginning.
  package let hasFallen: Bool

  /// Nil for a log that is too short, or holds losses that are not finite.
  package init?(_ log: RunLog) {
    let loss = log.loss.values
    let n = loss.count
    guard n >= Self.leastRows, loss.allSatisfy(\.isFinite) else { return nil }
    var sums: [Double] = []
    sums.reserveCapacity(n)
    var sum = 0.0
    for row in 0..<n {
      // A sparse log's rows stand for the steps since the row before.
      let steps = row == 0 ? 1 : Double(log.loss.steps[row] - log.loss.steps[row - 1])
      sum += (log.hasRates ? log.rates[row] : 1) * steps
      sums.append(sum)
    }
    guard sum > 0, sum.isFinite else { return nil }

    let first = Statistic.median(loss[..<max(1, min(3, n / 50))])
    let tenth = max(10, n / 10)
    var last = Statistic.mean(loss[(n - tenth)...])
    let tail = sums.firstIndex { $0 >= 0.8 * sum } ?? n - tenth
    if n - tail > tenth { last = min(last, Statistic.mean(loss[tail...])) }
    var levels = [first]
    for mark in Self.marks {
      let low = sums.firstIndex { $0 >= mark.place * (1 - mark.reach) * sum } ?? n - 1
      let high = sums.lastIndex { $0 <= mark.place * (1 + mark.reach) * sum } ?? low
      if high - low >= 2 {
        levels.append(Statistic.mean(loss[low...high]))
      } else {
        let middle = sums.firstIndex { $0 >= mark.place * sum } ?? n - 1
        levels.append(Statistic.mean(loss[max(0, middle - 2)...min(n - 1, middle + 2)]))
      }
    }
    levels.append(last)
    let openingRows = max(5, n / 50)
    opening = max(first, Statistic.mean(loss[..<openingRows]))
    // The median step of normal noise is 0.95 of its standard deviation.
    let ownNoise = 1.05 * Statistic.roughness(loss[...])
    // Losses of very small batches are noisy and of long tails: more of them tell of a fall that is not over at once.
    let spread = max(ownNoise, Statistic.standardDeviation(loss[(n / 2)...]))
    let signs = [20, 8, 4].map { part in
      let rows = max(1, n / part)
      let error = spread * (1 / Double(rows) + 1 / Double(tenth)).squareRoot()
      return (Statistic.mean(loss[..<rows]) - last) / max(error, 1e-300)
    }
    signsOfFall = signs.max() ?? 0
    hasFallen = opening - last > 3 * ownNoise / Double(openingRows).squareRoot() || signs[..<2].contains { $0 > 3.3 }
    let range = max((levels.max() ?? 0) - (levels.min() ?? 0), 1e-12 * max(1e-12, abs(first)))
    self.levels = levels
    self.range = range
    falls = zip(levels, levels.dropFirst()).map { ($0 - $1) / range }
    let eighth = max(10, n / 8)
    lateNoise = Statistic.roughness(loss[(n - eighth)...]) / range
    earlyNoise = Statistic.roughness(loss[..<eighth]) / range
    jump = ((loss[(n / 20)...].max() ?? first) - first) / range
    let width = max(10, n / 20)
    var rises = 0.0
    var before: Double?
    for start in stride(from: 0, through: n - width, by: max(5, n / 40)) {
      let level = Statistic.mean(loss[start..<(start + width)])
      if let before, level > before { rises += level - before }
      before = level
    }
    self.rises = rises / range
    let (recent, earlier) = (levels[3] - last, levels[2] - levels[3])
    let pace = earlier > 0 ? Statistic.clamped(recent / earlier, 0, 1.5) : 1.5
    promised = max(0, recent * pace / max(range + recent * pace, 1e-300))
    lateError =
      BatchMeans(loss[(n - eighth)...], count: 8).means.isEmpty
      ? 1 : Statistic.standardDeviation(BatchMeans(loss[(n - eighth)...], count: 8).means) / 8.0.squareRoot() / range
  }
}
