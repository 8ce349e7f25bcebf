/// Level lines of a function of two variables, from samples on a grid.
public struct Contours: Sendable, Hashable {
  /// Which levels are drawn.
  public enum Levels: Sendable, Hashable {
    /// This many, equally spaced in the logarithm of the height above the lowest sample.
    case logarithmic(Int)
    /// Exactly these.
    case values([Double])
  }

  public let xRange: ClosedRange<Double>
  public let yRange: ClosedRange<Double>
  /// Samples along x and y; at least 2 each, or nothing is drawn.
  public let columns: Int
  public let rows: Int
  /// Row-major: `values[row * columns + column]`, row 0 at the lowest y. Non-finite samples count as infinitely high.
  public let values: [Double]
  public var levels: Levels

  /// Contours of given samples, evenly spaced from end to end of both ranges. Missing samples count as infinitely
  /// high, surplus ones are ignored.
  public init(
    xRange: ClosedRange<Double>, yRange: ClosedRange<Double>, columns: Int, rows: Int, values: [Double],
    levels: Levels = .logarithmic(12)
  ) {
    let (columns, rows) = (min(max(0, columns), 2000), min(max(0, rows), 2000))
    self.xRange = xRange
    self.yRange = yRange
    self.columns = columns
    self.rows = rows
    let missing = max(0, columns * rows - values.count)
    self.values = Array(values.prefix(columns * rows)) + Array(repeating: .infinity, count: missing)
    self.levels = levels
  }

  /// Contours of `function(x, y)`, sampled on `columns` × `rows` points.
  public init(
    xRange: ClosedRange<Double>, yRange: ClosedRange<Double>, columns: Int = 128, rows: Int = 128,
    levels: Levels = .logarithmic(12), of function: (_ x: Double, _ y: Double) -> Double
  ) {
    let (columns, rows) = (min(max(2, columns), 2000), min(max(2, rows), 2000))
    func at(_ index: Int, _ count: Int, _ range: ClosedRange<Double>) -> Double {
      let t = Double(index) / Double(count - 1)
      return range.lowerBound * (1 - t) + range.upperBound * t
    }
    var values: [Double] = []
    values.reserveCapacity(columns * rows)
    for row in 0..<rows {
      let y = at(row, rows, yRange)
      for column in 0..<columns { values.append(function(at(column, columns, xRange), y)) }
    }
    self.init(xRange: xRange, yRange: yRange, columns: columns, rows: rows, values: values, levels: levels)
  }

  var isDrawable: Bool {
    columns >= 2 && rows >= 2 && xRange.lowerBound.isFinite && xRange.upperBound.isFinite
      && yRange.lowerBound.isFinite && yRange.upperBound.isFinite && values.contains(where: \.isFinite)
  }

  /// The levels, ascending.
  package var resolvedLevels: [Double] {
    switch levels {
    case .values(let chosen): return Array(Set(chosen.filter(\.isFinite))).sorted()
    case .logarithmic(let count):
      let finite = values.filter(\.isFinite).sorted()
      guard count > 0, let lowest = finite.first, let highest = finite.last, highest > lowest else { return [] }
      // From the height below which 1 % of the picture lies to the one below which 97 % does: the floor of a valley
      // is not lost among the walls, and the corners do not eat the levels.
      let height = { (share: Double) in finite[Int(Double(finite.count - 1) * share)] - lowest }
      let top = height(0.97) > 0 ? height(0.97) : highest - lowest
      guard top.isFinite else { return [] }
      let bottom = max(height(0.01), top * 1e-6)
      guard let a = Scale.toAxis(bottom, .log), let b = Scale.toAxis(top, .log), b > a, count > 1 else {
        return [lowest + top / 2]
      }
      return (0..<count).map { lowest + Scale.fromAxis(a + (b - a) * Double($0) / Double(count - 1), .log) }
    }
  }

  /// The sample nearest to a place given as fractions of the two ranges.
  func sample(_ u: Double, _ v: Double) -> Double {
    let column = Int((min(max(u, 0), 1) * Double(columns - 1)).rounded())
    let row = Int((min(max(v, 0), 1) * Double(rows - 1)).rounded())
    return values[row * columns + column]
  }
}
