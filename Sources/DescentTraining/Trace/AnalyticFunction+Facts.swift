internal import DescentSpecs

extension AnalyticFunction {
  /// The function as a formula for people.
  public var formula: String {
    switch self {
    case .square: "x²"
    case .rosenbrock: "(1 − x)² + 100·(y − x²)²"
    case .saddle: "x² − y²"
    case .bowl: "½·(x² + 4·y²)"
    case .ravine: "½·(x² + 100·y²)"
    case .beale: "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²"
    case .himmelblau: "(x² + y − 11)² + (x + y² − 7)²"
    case .rastrigin: "Σ (x² − 10·cos 2πx + 10)"
    }
  }

  /// Where the field starts an optimizer on it; where it has no custom, a place that shows what the function is for.
  ///
  /// Rosenbrock's is his own; the saddle's is almost on the ridge, Rastrigin's in the basin of the local minimum nearest
  /// to (2, 2).
  public var standardStart: [Double] {
    switch self {
    case .square: [1]
    case .rosenbrock: [-1.2, 1]
    case .saddle: [-1, 0.001]
    case .bowl: [-2, 1]
    case .ravine: [-2, 0.5]
    case .beale: [1, 1]
    case .himmelblau: [0, 0]
    case .rastrigin: [2.2, 1.7]
    }
  }

  /// The global minima for `count` parameters, in the order of their first coordinates, to the last digit of a Double;
  /// empty for the saddle, which has none.
  ///
  /// - Parameter count: as many parameters as the function takes.
  public func minima(count: Int) -> [[Double]] {
    switch self {
    case .square, .rastrigin, .bowl, .ravine: [Array(repeating: 0, count: count)]
    case .rosenbrock: [[1, 1]]
    case .saddle: []
    case .beale: [[3, 0.5]]
    case .himmelblau:
      [
        [-3.779310253377747, -3.283185991286170], [-2.805118086952745, 3.131312518250573], [3, 2],
        [3.584428340330492, -1.848126526964404],
      ]
    }
  }

  /// The part of the plane that shows the function: ranges of x and y. The second has no meaning for one parameter.
  public var window: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    switch self {
    case .square: (-1.5...1.5, -1.5...1.5)
    case .rosenbrock: (-1.75...1.75, -0.5...2.25)
    case .saddle: (-1.5...1.5, -1.5...1.5)
    case .bowl: (-2.5...2.5, -1.5...1.5)
    case .ravine: (-2.5...1, -0.75...0.75)
    case .beale: (-0.5...4.5, -1.5...2)
    case .himmelblau: (-5.5...5.5, -5.5...5.5)
    case .rastrigin: (-2.75...2.75, -2.75...2.75)
    }
  }

  /// The function of that name: as in JSON, in any case, or as people call it (`x²`, `x^2`, `quadratic`).
  ///
  /// - Throws: ``TraceProblemError`` with the nearest name.
  public init(named name: String) throws(TraceProblemError) {
    let plain = name.lowercased()
    let known: [String: AnalyticFunction] = [
      "x²": .square, "x^2": .square, "x2": .square, "x**2": .square, "quadratic": .bowl, "valley": .ravine,
      "banana": .rosenbrock,
    ]
    guard let function = AnalyticFunction(rawValue: plain) ?? known[plain] else {
      let names = Self.allCases.map(\.rawValue)
      throw TraceProblemError("There is no function \"\(name)\"; \(suggestion(for: name, among: names))")
    }
    self = function
  }
}
