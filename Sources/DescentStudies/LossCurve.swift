/// Losses of runs by the logarithm of their rate.
struct LossCurve {
  /// What losses above it count as: the loss before training.
  let ceiling: Double
  private(set) var points: [(exponent: Double, loss: Double)] = []

  init(ceiling: Double) { self.ceiling = ceiling }

  mutating func add(_ exponent: Double, _ loss: Double) {
    points.append((exponent, loss < ceiling ? loss : ceiling))
    points.sort { $0.exponent < $1.exponent }
  }

  /// The place of the lowest loss among ``points``; the middle one of several equal ones.
  var lowest: Int {
    guard let least = points.map(\.loss).min() else { return 0 }
    let places = points.indices.filter { points[$0].loss == least }
    return places[places.count / 2]
  }

  var isLowestAtStart: Bool { lowest == 0 }
  var isLowestAtEnd: Bool { lowest == points.count - 1 }

  /// The lowest point of the parabola through the lowest loss and its neighbours, no further than half way to either; the
  /// lowest point itself at an end.
  var vertex: Double {
    let i = lowest
    guard i > 0, i < points.count - 1 else { return points[i].exponent }
    let (a, b, c) = (points[i - 1], points[i], points[i + 1])
    let (left, right) = (b.exponent - a.exponent, b.exponent - c.exponent)
    let (rise, fall) = (b.loss - c.loss, b.loss - a.loss)
    let denominator = left * rise - right * fall
    guard denominator != 0 else { return b.exponent }
    let vertex = b.exponent - 0.5 * (left * left * rise - right * right * fall) / denominator
    return min(max(vertex, (a.exponent + b.exponent) / 2), (b.exponent + c.exponent) / 2)
  }
}
