public import DescentCore

/// A loss along a straight line through a point: L(θ + α·d).
public struct LossSlice: Sendable, Hashable {
  /// A place on the line.
  public struct Point: Sendable, Hashable {
    /// α.
    public var position: Double
    public var loss: Double

    public init(position: Double, loss: Double) {
      self.position = position
      self.loss = loss
    }
  }

  /// In order of their positions; 0 is among them.
  public var points: [Point]
  /// Loss at α = 0.
  public var loss: Double
  /// dL/dα at 0: ∇L·d.
  public var slope: Double
  /// d²L/dα² at 0: dᵀ·H·d.
  public var curvature: Double
  /// Whether the curvature follows from rules of differentiation rather than from differences of gradients.
  public var isExact: Bool
  /// The search for the largest α at which the loss is not higher than at 0; nil where it was not asked for.
  public var critical: CriticalRate?
  /// Losses evaluated.
  public var evaluations: Int

  /// The second-order Taylor expansion: L(0) + slope·α + ½·curvature·α².
  public func quadratic(at position: Double) -> Double {
    loss + position * (slope + 0.5 * curvature * position)
  }

  /// Where the expansion is lowest; nil unless it curves up.
  public var quadraticMinimum: Double? { curvature > 0 ? -slope / curvature : nil }

  /// Where the expansion is as high as at 0 again: 2·|slope|/curvature; nil unless it curves up and falls at first.
  public var quadraticCritical: Double? { curvature > 0 && slope < 0 ? -2 * slope / curvature : nil }

  /// The lowest of the points that are finite.
  public var lowest: Point? { points.filter(\.loss.isFinite).min { $0.loss < $1.loss } }

  /// Follows an update beyond its end: from a little behind the point to a little beyond the critical place, the update
  /// itself at α = 1.
  ///
  /// - Parameters:
  ///   - objective: the loss.
  ///   - point: θ.
  ///   - update: d, what a step adds to θ.
  ///   - count: points, besides those at 0, at 1 and at the critical place.
  ///   - observe: told how many losses are done; some 20 more than `count` are usual.
  /// - Throws: what the objective throws, or `observe`.
  public static func along<Scalar: BinaryFloatingPoint & Sendable>(
    update: [Scalar], _ objective: any Objective<Scalar>, at point: [Scalar], count: Int = 60,
    observe: (_ done: Int) throws -> Void = { _ in }
  ) throws -> LossSlice {
    var line = try Line(objective, at: point, along: update)
    let critical = try CriticalRate.search(from: 1, loss: line.loss, precision: 1.0 / 256) { position in
      let loss = try line.loss(at: position)
      try observe(line.evaluations)
      return loss
    }
    let end = 1.25 * max(1, critical.rate ?? (critical.outcome == .neverFalls ? 1 : 4))
    // An update that does not descend may do so backwards.
    let start = critical.outcome == .neverFalls ? -end : -0.15 * end
    let positions = spread(start...end, count) + [0, 1] + (critical.rate.map { [$0] } ?? [])
    var slice = try line.slice(positions, observe)
    slice.critical = critical
    return slice
  }

  /// Losses at evenly spaced places and at 0.
  ///
  /// - Parameters:
  ///   - range: of α.
  ///   - direction: d.
  ///   - objective: the loss.
  ///   - point: θ.
  ///   - count: points, both ends included; at least 2.
  ///   - observe: told how many losses are done.
  /// - Throws: what the objective throws, or `observe`.
  public static func over<Scalar: BinaryFloatingPoint & Sendable>(
    _ range: ClosedRange<Double>, along direction: [Scalar], _ objective: any Objective<Scalar>, at point: [Scalar],
    count: Int = 61, observe: (_ done: Int) throws -> Void = { _ in }
  ) throws -> LossSlice {
    var line = try Line(objective, at: point, along: direction)
    return try line.slice(spread(range, count) + [0], observe)
  }
}

/// `count` numbers from end to end of a range.
func spread(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
  let last = Double(max(1, count - 1))
  return (0..<max(2, count)).map { index in
    let t = Double(index) / last
    // Both ends, and the middle of a range round 0, exactly.
    return range.lowerBound * (1 - t) + range.upperBound * t
  }
}

/// Evaluates an objective along a line.
private struct Line<Scalar: BinaryFloatingPoint & Sendable> {
  let objective: any Objective<Scalar>
  let point: [Scalar]
  let direction: [Scalar]
  let loss: Double
  private(set) var evaluations = 0
  private var trial: [Scalar]

  init(_ objective: any Objective<Scalar>, at point: [Scalar], along direction: [Scalar]) throws {
    guard direction.count == point.count, point.count == objective.parameterCount else {
      throw CurvatureError(
        .unfit,
        "The objective has \(objective.parameterCount) parameters, the point \(point.count), the direction "
          + "\(direction.count).")
    }
    self.objective = objective
    self.point = point
    self.direction = direction
    trial = point
    loss = try objective.loss(at: point)
  }

  mutating func loss(at position: Double) throws -> Double {
    evaluations += 1
    assign(1, times: point, to: &trial)
    add(position, times: direction, to: &trial)
    return try objective.loss(at: trial)
  }

  mutating func slice(
    _ positions: [Double], _ observe: (_ done: Int) throws -> Void
  ) throws -> LossSlice {
    let places = Set(positions).sorted()
    var points: [LossSlice.Point] = []
    for place in places {
      points.append(.init(position: place, loss: place == 0 ? loss : try loss(at: place)))
      try observe(evaluations)
    }
    var gradient = point
    _ = try objective.gradient(at: point, into: &gradient)
    var hessian = try HessianOperator(objective, at: point)
    var product = direction
    try hessian.apply(direction, into: &product)
    return LossSlice(
      points: points, loss: loss, slope: dot(gradient, direction), curvature: dot(direction, product),
      isExact: hessian.isExact, critical: nil, evaluations: evaluations)
  }
}
