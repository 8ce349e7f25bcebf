#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

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

  /// One step further where the lowest loss is at an end; nil where it lies between others.
  func next(by step: Double) -> Double? {
    if lowest == 0 { return points.first.map { $0.exponent - step } }
    if lowest == points.count - 1 { return points.last.map { $0.exponent + step } }
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

  /// The lowest point of the ``parabola``, no further than half way to either neighbour; the lowest point itself where
  /// there is none.
  var vertex: Double {
    let i = lowest
    guard let parabola else { return points[i].exponent }
    let (a, b, c) = (points[i - 1].exponent, points[i].exponent, points[i + 1].exponent)
    return min(max(parabola.vertex, (a + b) / 2), (b + c) / 2)
  }

  /// For those who want to draw it.
  func published(_ stage: FoundRate.Stage, steps: Int) -> RateCurve {
    RateCurve(
      stage: stage, steps: steps,
      points: points.map { point in
        RateCurve.Point(
          rate: pow(10, point.exponent), loss: point.losses.reduce(0, +) / Double(point.losses.count),
          losses: point.losses)
      },
      fit: parabola.map { RateCurve.Parabola(rate: pow(10, $0.vertex), loss: $0.loss, curvature: $0.curvature) })
  }
}
