public import DescentCore

/// A loss over a plane through a point: L(θ + x·d + y·e), on a square grid.
public struct LossPlane: Sendable, Hashable {
  /// Places along x and along y, from the lowest on.
  public var positions: [Double]
  /// Row-major, row 0 at the lowest y.
  public var losses: [Double]
  /// Loss at the point itself.
  public var loss: Double

  /// The lowest loss of the grid that is finite, and where.
  public var lowest: (x: Double, y: Double, loss: Double)? {
    let best = losses.indices.filter { losses[$0].isFinite }.min { losses[$0] < losses[$1] }
    return best.map { (positions[$0 % positions.count], positions[$0 / positions.count], losses[$0]) }
  }

  /// Evaluates the loss on the grid.
  ///
  /// - Parameters:
  ///   - range: of both x and y.
  ///   - directions: d and e.
  ///   - objective: the loss.
  ///   - point: θ.
  ///   - count: places along each, at least 2.
  ///   - observe: told how many losses are done.
  /// - Throws: ``CurvatureError`` if sizes do not fit; what the objective throws, or `observe`.
  public init<Scalar: BinaryFloatingPoint & Sendable>(
    over range: ClosedRange<Double>, along directions: ([Scalar], [Scalar]), _ objective: any Objective<Scalar>,
    at point: [Scalar], count: Int = 25, observe: (_ done: Int) throws -> Void = { _ in }
  ) throws {
    guard directions.0.count == point.count, directions.1.count == point.count else {
      throw CurvatureError(
        .unfit, "The point has \(point.count) elements, the directions \(directions.0.count), \(directions.1.count).")
    }
    positions = spread(range, count)
    loss = try objective.loss(at: point)
    losses = []
    var (row, trial) = (point, point)
    for y in positions {
      assign(1, times: point, to: &row)
      add(y, times: directions.1, to: &row)
      for x in positions {
        assign(1, times: row, to: &trial)
        add(x, times: directions.0, to: &trial)
        losses.append(try objective.loss(at: trial))
        try observe(losses.count)
      }
    }
  }
}
