import DescentCore
import DescentCurvature
import Testing

private struct PlainDescent: StabilityModel {
  func stabilityThreshold(learningRate: Double) -> Double { 2 / learningRate }
}

@Suite struct StartingCurvatureTests {
  private let point = [1.0, -2, 3]

  private func start(
    _ curvatures: [Double], preconditioner: [Double]? = nil, rule: (any StabilityModel)? = PlainDescent(),
    rate: Double = 0.1
  ) throws -> StartingCurvature {
    let update = zip(curvatures, point).map { -rate * $0 * $1 }
    return try StartingCurvature(
      of: Quadratic<Double>(curvatures), at: point, preconditioner: preconditioner, rule: rule,
      settings: .init(tolerance: 1e-7), firstUpdate: update, atRate: rate, precision: 1e-3)
  }

  @Test(arguments: [1e-4, 0.1, 30])
  func `on a quadratic both rates are those of the formulas`(rate: Double) throws {
    let start = try start([4, 1, 0.25], rate: rate)
    #expect(abs(start.sharpness / 4 - 1) < 1e-6)
    #expect(abs(try #require(start.stableRate) / 0.5 - 1) < 1e-6)
    let gradient = [4.0, -2, 0.75]
    let right =
      2 * gradient.reduce(0) { $0 + $1 * $1 } / zip([4, 1, 0.25], gradient).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    #expect(abs(try #require(start.criticalRate) / right - 1) < 2e-3)
    // On a quadratic the gradient's own curvature is never above λ₁.
    #expect(start.safeRate == start.stableRate)
    #expect(!start.isPreconditioned && start.warnings.isEmpty)
  }

  @Test func `a scaling rule's sharpness is that of P⁻¹H`() throws {
    let start = try start([4, 1, 0.25], preconditioner: [8, 0.1, 1])
    #expect(abs(start.sharpness / 10 - 1) < 1e-6)
    #expect(abs(try #require(start.stableRate) / 0.2 - 1) < 1e-6)
    #expect(start.isPreconditioned)
    let loose = try self.start([4, 1, 0.25], preconditioner: [80, 80, 80])
    #expect(try #require(loose.stableRate) > #require(loose.criticalRate) && loose.safeRate == loose.criticalRate)
  }

  @Test func `what bounds no rate is told, and does not throw`() throws {
    #expect(try start([4, 1, 0.25], rule: nil).stableRate == nil)
    let downwards = try start([-4, -1, -0.25])
    #expect(downwards.safeRate == nil && downwards.critical.outcome == .neverRises)
    #expect(downwards.warnings.contains { if case .negativeCurvature = $0 { true } else { false } })
  }
}
