import DescentCore
import DescentCurvature
import Testing

@Suite struct SharpnessMeterTests {
  @Test func `a quadratic's sharpness is its largest curvature`() throws {
    var meter = SharpnessMeter<Double>(.init(count: 2, tolerance: 1e-9))
    let measured = try meter.measure(Quadratic([3, 7, 1, 0.5]), at: [1, 1, 1, 1])
    #expect(abs(measured.sharpness - 7) < 1e-12)
    #expect(abs(measured.eigenpairs.values[1] - 3) < 1e-12)
    #expect(measured.loss == 5.75)
    #expect(measured.warnings.isEmpty)
  }

  @Test func `a preconditioner divides`() throws {
    var meter = SharpnessMeter<Double>(.init(tolerance: 1e-9))
    let objective = Quadratic<Double>([3, 7, 1])
    let measured = try meter.measure(objective, at: [1, 1, 1], preconditioner: [0.1, 10, 1])
    #expect(abs(measured.sharpness - 30) < 1e-12)
    // A parameter without a scale yet, or one that does not move, takes no part.
    let partly = try meter.measure(objective, at: [1, 1, 1], preconditioner: [0, .infinity, 2])
    #expect(abs(partly.sharpness - 0.5) < 1e-12)
  }

  @Test func `ten lines make an objective of a closure`() throws {
    let objective = ClosureObjective<Double>(parameterCount: 2) { p, gradient in
      let (a, b) = (1 - p[0], p[1] - p[0] * p[0])
      gradient[0] = -2 * a - 400 * p[0] * b
      gradient[1] = 200 * b
      return a * a + 100 * b * b
    }
    var meter = SharpnessMeter<Double>(.init(tolerance: 1e-8))
    let measured = try meter.measure(objective, at: [1, 1])
    // Rosenbrock's Hessian at its minimum is ((802, −400), (−400, 200)).
    #expect(abs(measured.sharpness - (501 + 250601.0.squareRoot() - 0)) < 1e-3)
    #expect(measured.warnings.isEmpty)
  }

  @Test func `a loss that changes from call to call is an error`() throws {
    var calls = 0.0
    let objective = ClosureObjective<Float>(parameterCount: 1) { p, gradient in
      calls += 1
      gradient[0] = p[0]
      return Double(p[0] * p[0]) / 2 + 0.01 * calls
    }
    var meter = SharpnessMeter<Float>()
    let error = #expect(throws: CurvatureError.self) { try meter.measure(objective, at: [1]) }
    #expect(error?.code == .notDeterministic)
    #expect(error?.description.contains("dropout") == true)
  }

  @Test func `a loss that is not finite is an error`() throws {
    let objective = ClosureObjective<Float>(parameterCount: 1) { _, _ in .nan }
    var meter = SharpnessMeter<Float>()
    let error = #expect(throws: CurvatureError.self) { try meter.measure(objective, at: [1]) }
    #expect(error?.code == .notFinite)
    #expect(throws: CurvatureError.self) { try meter.measure(objective, at: [1, 2]) }
  }

  @Test func `differences across kinks are told as unreliable, across a smooth loss not`() throws {
    // Many kinks within the step round the point.
    let kinked = ClosureObjective<Double>(parameterCount: 3) { p, gradient in
      var loss = 0.0
      for i in p.indices {
        gradient[i] = 0
        for k in 0..<5 {
          let x = p[i] - 2e-5 * Double(k * k)
          loss += max(0, x)
          gradient[i] += x > 0 ? 1 : 0
        }
      }
      return loss
    }
    var meter = SharpnessMeter<Double>()
    let measured = try meter.measure(kinked, at: [0, 0, 0])
    guard case .notSmooth(let difference)? = measured.warnings.first(where: { $0.description.contains("not smooth") })
    else {
      Issue.record("no warning of kinks")
      return
    }
    #expect(difference > 0.05)
    let smooth = ClosureObjective<Double>(parameterCount: 3) { p, gradient in
      for i in p.indices { gradient[i] = p[i] * p[i] * p[i] + p[i] }
      return p.reduce(0) { $0 + $1 * $1 * $1 * $1 / 4 + $1 * $1 / 2 }
    }
    var other = SharpnessMeter<Double>()
    #expect(try other.measure(smooth, at: [1, 0.5, 2]).warnings.isEmpty)
  }

  @Test func `a part of the data and batch statistics are told`() throws {
    let facts = ObjectiveFacts(rows: 64, rowsInAll: 400, usesBatchStatistics: true)
    var meter = SharpnessMeter<Double>()
    let warnings = try meter.measure(Quadratic([1, 2], facts: facts), at: [1, 1]).warnings
    #expect(warnings == [.miniBatch(rows: 64, of: 400), .batchStatistics])
    #expect(warnings.allSatisfy { $0.description.hasSuffix(".") })
  }

  @Test func `more downward than upward curvature is told`() throws {
    var meter = SharpnessMeter<Double>(.init(tolerance: 1e-6))
    let measured = try meter.measure(Quadratic([-9, 2, 1, 0.5]), at: [1, 1, 1, 1])
    #expect(abs(measured.sharpness - 2) < 1e-9)
    guard case .negativeCurvature(let smallest, let largest)? = measured.warnings.first else {
      Issue.record("no warning of negative curvature")
      return
    }
    #expect(smallest < -8.9 && abs(largest - 2) < 1e-9)
  }

  @Test func `an unconverged eigenvalue is told`() throws {
    var meter = SharpnessMeter<Double>(.init(tolerance: 1e-8, maximumProducts: 3))
    let measured = try meter.measure(
      Quadratic((0..<100).map { 1 + 0.01 * Double($0) }), at: [Double](repeating: 1, count: 100))
    guard case .notConverged(let value, let residual, let products)? = measured.warnings.first else {
      Issue.record("no warning of an unconverged solve")
      return
    }
    #expect(products == 3 && residual > 0 && value < 2)
  }
}
