internal import Foundation

/// A named test function with its exact gradient and Hessian product, in double precision.
///
/// Those without a fixed dimension take as many parameters as the start has; the rest take two, x and y.
public enum AnalyticFunction: String, Sendable, Hashable, Codable, CaseIterable {
  /// f = Σ x²: curvature 2, so that η multiplies every coordinate by 1 − 2η.
  case square
  /// f = (1 − x)² + 100·(y − x²)²; minimum 0 at (1, 1). Rosenbrock, Computer Journal 3 (1960).
  case rosenbrock
  /// f = x² − y²: falls without end along y.
  case saddle
  /// f = ½·(x² + 4·y²): a bowl with condition number 4.
  case bowl
  /// f = ½·(x² + 100·y²): a valley with condition number 100.
  case ravine
  /// f = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²; minimum 0 at (3, 0.5). Beale (1958).
  case beale
  /// f = (x² + y − 11)² + (x + y² − 7)²; four minima of 0, one at (3, 2). Himmelblau (1972).
  case himmelblau
  /// f = Σ (x² − 10·cos 2πx + 10); minimum 0 at the origin among many others. Rastrigin (1974).
  case rastrigin

  /// Parameters the function takes; nil: any number, at least one.
  public var dimension: Int? {
    switch self {
    case .square, .rastrigin: nil
    case .rosenbrock, .saddle, .bowl, .ravine, .beale, .himmelblau: 2
    }
  }

  func loss(_ p: [Double]) -> Double {
    switch self {
    case .square: return p.reduce(0) { $0 + $1 * $1 }
    case .rosenbrock:
      let valley = p[1] - p[0] * p[0]
      return (1 - p[0]) * (1 - p[0]) + 100 * (valley * valley)
    case .saddle: return p[0] * p[0] - p[1] * p[1]
    case .bowl: return 0.5 * (p[0] * p[0] + 4 * p[1] * p[1])
    case .ravine: return 0.5 * (p[0] * p[0] + 100 * p[1] * p[1])
    case .beale: return bealeTerms(p).reduce(0) { $0 + $1.value * $1.value }
    case .himmelblau:
      let (a, b) = himmelblauTerms(p)
      return a * a + b * b
    case .rastrigin: return p.reduce(0) { $0 + $1 * $1 - 10 * cos(2 * .pi * $1) + 10 }
    }
  }

  func gradient(_ p: [Double], into g: inout [Double]) {
    switch self {
    case .square: for i in p.indices { g[i] = 2 * p[i] }
    case .rosenbrock:
      let valley = p[1] - p[0] * p[0]
      g[0] = -2 * (1 - p[0]) - 400 * (p[0] * valley)
      g[1] = 200 * valley
    case .saddle:
      g[0] = 2 * p[0]
      g[1] = -2 * p[1]
    case .bowl:
      g[0] = p[0]
      g[1] = 4 * p[1]
    case .ravine:
      g[0] = p[0]
      g[1] = 100 * p[1]
    case .beale:
      g[0] = 0
      g[1] = 0
      for term in bealeTerms(p) {
        g[0] += 2 * term.value * term.dx
        g[1] += 2 * term.value * term.dy
      }
    case .himmelblau:
      let (a, b) = himmelblauTerms(p)
      g[0] = 4 * p[0] * a + 2 * b
      g[1] = 2 * a + 4 * p[1] * b
    case .rastrigin: for i in p.indices { g[i] = 2 * p[i] + 20 * .pi * sin(2 * .pi * p[i]) }
    }
  }

  /// H(`p`)·`d`.
  func hessianProduct(_ p: [Double], _ d: [Double], into product: inout [Double]) {
    switch self {
    case .square: for i in p.indices { product[i] = 2 * d[i] }
    case .rastrigin: for i in p.indices { product[i] = (2 + 40 * .pi * .pi * cos(2 * .pi * p[i])) * d[i] }
    case .rosenbrock:
      multiply(2 - 400 * (p[1] - 3 * p[0] * p[0]), -400 * p[0], 200, by: d, into: &product)
    case .saddle: multiply(2, 0, -2, by: d, into: &product)
    case .bowl: multiply(1, 0, 4, by: d, into: &product)
    case .ravine: multiply(1, 0, 100, by: d, into: &product)
    case .beale:
      var (xx, xy, yy) = (0.0, 0.0, 0.0)
      for t in bealeTerms(p) {
        xx += 2 * t.dx * t.dx
        xy += 2 * (t.dx * t.dy + t.value * t.dxdy)
        yy += 2 * (t.dy * t.dy + t.value * t.dydy)
      }
      multiply(xx, xy, yy, by: d, into: &product)
    case .himmelblau:
      let (a, b) = himmelblauTerms(p)
      multiply(4 * a + 8 * p[0] * p[0] + 2, 4 * (p[0] + p[1]), 2 + 4 * b + 8 * p[1] * p[1], by: d, into: &product)
    }
  }

  /// True if the Hessian is the same everywhere.
  var isQuadratic: Bool {
    switch self {
    case .square, .saddle, .bowl, .ravine: true
    case .rosenbrock, .beale, .himmelblau, .rastrigin: false
    }
  }

  private func multiply(
    _ xx: Double, _ xy: Double, _ yy: Double, by d: [Double], into product: inout [Double]
  ) {
    product[0] = xx * d[0] + xy * d[1]
    product[1] = xy * d[0] + yy * d[1]
  }

  private func himmelblauTerms(_ p: [Double]) -> (Double, Double) {
    (p[0] * p[0] + p[1] - 11, p[0] + p[1] * p[1] - 7)
  }

  // c − x + x·yⁿ for n = 1, 2, 3, with its derivatives.
  private func bealeTerms(
    _ p: [Double]
  ) -> [(value: Double, dx: Double, dy: Double, dxdy: Double, dydy: Double)] {
    let (x, y) = (p[0], p[1])
    return [
      (1.5 - x + x * y, y - 1, x, 1, 0),
      (2.25 - x + x * y * y, y * y - 1, 2 * x * y, 2 * y, 2 * x),
      (2.625 - x + x * y * y * y, y * y * y - 1, 3 * x * y * y, 3 * y * y, 6 * x * y),
    ]
  }
}
