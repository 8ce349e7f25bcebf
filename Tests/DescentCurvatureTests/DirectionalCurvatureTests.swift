import DescentCore
import DescentCurvature
import Testing

@Suite struct DirectionalCurvatureTests {
  @Test func `along an axis it is that axis' curvature`() throws {
    var hessian = try HessianOperator(Quadratic<Double>([3, 5]), at: [1, 1])
    #expect(try hessian.curvature(along: [0, 2]) == 5)
    #expect(try hessian.curvature(along: [1, 1]) == 4)
    #expect(try hessian.curvature(along: [0, 0]) == nil)
  }

  @Test func `the secant of gradient descent is the same from vectors and from dot products`() throws {
    let objective = Quadratic<Double>([3, 5])
    var secant = SecantCurvature<Double>()
    var (point, gradient, last) = ([1.0, 0.5], [0.0, 0], [0.0, 0])
    let rate = 0.1
    for step in 0..<4 {
      _ = objective.gradient(at: point, into: &gradient)
      let measured = secant.observe(point: point, gradient: gradient)
      if step == 0 {
        #expect(measured == nil)
      } else {
        let value = try #require(measured)
        #expect(value > 3 && value < 5)
        let dot = zip(last, gradient).reduce(0) { $0 + $1.0 * $1.1 }
        let free = try #require(
          secantCurvature(
            learningRate: rate, previousSquaredNorm: last.reduce(0) { $0 + $1 * $1 }, gradientDot: dot))
        #expect(abs(free - value) < 1e-12)
      }
      last = gradient
      for i in 0..<2 { point[i] -= rate * gradient[i] }
    }
    #expect(isSecantAlarm(18, threshold: 20) && !isSecantAlarm(5, threshold: 20))
  }

  @Test func `a layer's block has its own sharpness`() throws {
    var layout = ParameterLayout()
    layout.addTrainable("a", shape: [2])
    layout.addTrainable("b", shape: [3])
    let layers = try LayerCurvature.measure(
      Quadratic<Double>([1, 4, 9, 2, 3]), at: [0, 0, 0, 0, 0], layout: layout, tolerance: 1e-9)
    #expect(layers.map(\.name) == ["a", "b"])
    #expect(abs(layers[0].sharpness - 4) < 1e-12 && abs(layers[1].sharpness - 9) < 1e-12)
    #expect(throws: CurvatureError.self) {
      try LayerCurvature.measure(Quadratic<Double>([1, 4]), at: [0, 0], layout: layout)
    }
  }

  @Test func `an objective without outputs has no Gauss–Newton products`() throws {
    let error = #expect(throws: CurvatureError.self) {
      try GaussNewtonOperator(Quadratic<Double>([1]), at: [0])
    }
    #expect(error?.code == .noProducts)
  }
}
