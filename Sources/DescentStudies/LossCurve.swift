/// Losses of runs of one length by the logarithm of their rate, gathered as a search goes on.
struct LossCurve {
  /// What losses above it count as: the loss before training.
  let ceiling: Double
  private(set) var points: [Point] = []

  struct Point {
    var exponent: Double
    /// As they came.
    var losses: [Double]
    /// Mean over the seeds, each at most the ceiling.
    var loss: Double
  }

  init(ceiling: Double) { self.ceiling = ceiling }

  mutating func add(_ exponent: Double, _ losses: [Double]) {
    let mean = losses.reduce(0) { $0 + ($1 < ceiling ? $1 : ceiling) } / Double(losses.count)
    points.append(Point(exponent: exponent, losses: losses, loss: mean))
    points.sort { $0.exponent < $1.exponent }
  }

  /// The place of the lowest loss among ``points``; the middle one of several equal ones.
  var lowest: Int {
    guard let least = points.map(\.loss).min() else { return 0 }
    let places = points.indices.filter { points[$0].loss == least }
    return places[places.count / 2]
  }

  /// From where the loss began to the lowest one.
  var fall: Double { points.map { ceiling - $0.loss }.max() ?? 0 }

  /// True if no run brought the loss below where it began.
  var fellNowhere: Bool { !points.contains { $0.loss < ceiling } }

  /// One step further where the lowest loss is at an end; nil where it lies between others. Where nothing fell because all
  /// rates blow up, lower ones are next.
  func next(by step: Double) -> Double? {
    guard let first = points.first, let last = points.last else { return nil }
    if fellNowhere { return first.losses.contains { !($0 <= ceiling) } ? first.exponent - step : nil }
    if lowest == 0 { return first.exponent - step }
    if lowest == points.count - 1 { return last.exponent + step }
    return nil
  }

  /// The parabola through the lowest loss and its neighbours; nil at an end and where the three lie on a line.
  var parabola: (vertex: Double, curvature: Double, loss: Double)? {
    let i = lowest
    guard i > 0, i < points.count - 1 else { return nil }
    let (a, b, c) = (points[i - 1], points[i], points[i + 1])
    let (left, right) = (b.exponent - a.exponent, c.exponent - b.exponent)
    let (before, after) = ((b.loss - a.loss) / left, (c.loss - b.loss) / right)
    let curvature = (after - before) / (left + right)
    guard curvature > 0 else { return nil }
    let slope = (before * right + after * left) / (left + right)
    let offset = -slope / (2 * curvature)
    return (b.exponent + offset, curvature, b.loss - curvature * offset * offset)
  }

  /// The middle of the bottom: the mean of the exponent over the straight lines between the points, each place weighed
  /// with exp(−z/width), where z is how far the loss there is above the lowest as a share of the whole fall.
  ///
  /// Unlike the parabola's lowest point it hangs on no single run, and a cliff on one side does not push it to the other.
  func centre(width: Double) -> Double {
    guard points.count > 1, let least = points.map(\.loss).min(), least < ceiling else {
      return points.isEmpty ? 0 : points[lowest].exponent
    }
    let pieces = 16
    var (sum, total) = (0.0, 0.0)
    for (a, b) in zip(points, points.dropFirst()) {
      for piece in 0..<pieces {
        let share = (Double(piece) + 0.5) / Double(pieces)
        let rise = (a.loss + (b.loss - a.loss) * share - least) / (ceiling - least)
        let weight = exponential(-rise / width) * (b.exponent - a.exponent)
        sum += weight * (a.exponent + (b.exponent - a.exponent) * share)
        total += weight
      }
    }
    return sum / total
  }

  /// For those who want to draw it.
  func published(_ stage: FoundRate.Stage, steps: Int, centre: Double) -> RateCurve {
    RateCurve(
      stage: stage, steps: steps,
      points: points.map { point in
        RateCurve.Point(
          rate: power(10, point.exponent), loss: point.losses.reduce(0, +) / Double(point.losses.count),
          losses: point.losses)
      }, centre: power(10, centre),
      fit: parabola.map { RateCurve.Parabola(rate: power(10, $0.vertex), loss: $0.loss, curvature: $0.curvature) })
  }
}
