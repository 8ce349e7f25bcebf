import DescentCore
import DescentCurvature
import Testing

/// On ½·Σ hᵢ·xᵢ², where everything is known.
@Suite struct LossSliceTests {
  private let curvatures = [4.0, 1, 0.25]
  private let point = [1.0, -2, 3]

  private var objective: Quadratic<Double> { Quadratic(curvatures) }
  private var gradient: [Double] { zip(curvatures, point).map { $0 * $1 } }

  @Test(arguments: [0.01, 0.3, 2])
  func `along the gradient the critical rate is 2gᵀg over gᵀHg`(rate: Double) throws {
    let update = gradient.map { -rate * $0 }
    let slice = try LossSlice.along(update: update, objective, at: point)
    let squares = gradient.reduce(0) { $0 + $1 * $1 }
    let bent = zip(curvatures, gradient).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    let right = 2 * squares / bent
    let exact = try #require(slice.quadraticCritical)
    #expect(abs(exact * rate / right - 1) < 1e-12)
    #expect(abs(try #require(slice.critical?.rate) * rate / right - 1) < 1.0 / 200)
    #expect(abs(slice.slope + rate * squares) < 1e-12 * squares)
    #expect(abs(slice.curvature - rate * rate * bent) < 1e-12 * bent)
    #expect(abs(try #require(slice.quadraticMinimum) - exact / 2) < 1e-12 * exact)
  }

  @Test func `the points are on the curve, in order, and show step, minimum and critical place`() throws {
    let slice = try LossSlice.along(update: gradient.map { -0.1 * $0 }, objective, at: point, count: 20)
    let places = slice.points.map(\.position)
    #expect(places == places.sorted() && Set(places).count == places.count)
    #expect(places.contains(0) && places.contains(1))
    let critical = try #require(slice.critical?.rate)
    #expect(places.contains(critical) && places[0] < 0 && places[places.count - 1] > 1.2 * max(1, critical))
    for point in slice.points { #expect(abs(point.loss - slice.quadratic(at: point.position)) < 1e-12 * slice.loss) }
    let lowest = try #require(slice.lowest)
    #expect(abs(lowest.position - critical / 2) < 0.1 * critical)
  }

  @Test func `an update that climbs has no critical place and is followed backwards`() throws {
    let slice = try LossSlice.along(update: gradient.map { 0.1 * $0 }, objective, at: point)
    #expect(slice.critical?.outcome == .neverFalls)
    #expect(slice.quadraticCritical == nil)
    #expect(try #require(slice.points.first).position == -1.25)
    #expect(try #require(slice.lowest).position < 0)
  }

  @Test func `a range is covered from end to end, with 0 among its points`() throws {
    let slice = try LossSlice.over(-1...3, along: [1, 0, 0], objective, at: point, count: 4)
    #expect(slice.points.count == 5)
    #expect(slice.points.map(\.position).contains(0))
    #expect(slice.points.first?.position == -1 && slice.points.last?.position == 3)
    #expect(slice.points.first?.loss == objective.loss(at: [0, -2, 3]))
    #expect(slice.critical == nil)
  }

  @Test func `a direction of another length is refused`() {
    #expect(throws: CurvatureError.self) { try LossSlice.over(-1...1, along: [1, 0], objective, at: point) }
  }

  @Test func `a plane is row after row from the lowest corner`() throws {
    let plane = try LossPlane(over: -1...1, along: ([1, 0, 0], [0, 1, 0]), objective, at: point, count: 3)
    #expect(plane.positions == [-1, 0, 1])
    for (row, y) in plane.positions.enumerated() {
      for (column, x) in plane.positions.enumerated() {
        #expect(plane.losses[row * 3 + column] == objective.loss(at: [1 + x, -2 + y, 3]))
      }
    }
    #expect(plane.loss == objective.loss(at: point))
    let lowest = try #require(plane.lowest)
    #expect(lowest.x == -1 && lowest.y == 1)
    #expect(throws: CurvatureError.self) {
      try LossPlane(over: -1...1, along: ([1, 0, 0], [0, 1]), objective, at: point)
    }
  }
}
