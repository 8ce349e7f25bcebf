import DescentCore
import DescentTraining
import Testing

/// Expects the gradient at a point to be the derivative of the loss and the Hessian product that of the gradient, by
/// central differences.
func expectDerivatives(of problem: TraceProblem, at point: [Double]) throws {
  let h = 1e-5
  for direction in [[0.6, -0.8], [1, 0], [0, 1], [0.28, 0.96]].map({ Array($0.prefix(point.count)) }) {
    func shifted(_ t: Double) -> [Double] { zip(point, direction).map { $0 + t * $1 } }
    var gradient = point
    #expect(problem.gradient(at: point, into: &gradient) == problem.loss(at: point))
    let slope = (problem.loss(at: shifted(h)) - problem.loss(at: shifted(-h))) / (2 * h)
    let along = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(slope - along) <= 1e-6 * max(1, abs(along)), "\(problem.loss) at \(point)")

    var exact = point
    var linearization = problem.linearized(at: point)
    try linearization.hessianProduct(direction, into: &exact)
    var (ahead, behind) = (point, point)
    _ = problem.gradient(at: shifted(h), into: &ahead)
    _ = problem.gradient(at: shifted(-h), into: &behind)
    let size = exact.map(abs).max() ?? 0
    for i in point.indices {
      #expect(abs((ahead[i] - behind[i]) / (2 * h) - exact[i]) <= 1e-6 * max(1, size), "\(problem.loss) at \(point)")
    }
    #expect(linearization.loss == problem.loss(at: point))
    if let hessian = problem.constantHessian {
      for i in point.indices {
        #expect(abs(zip(hessian[i], direction).reduce(0) { $0 + $1.0 * $1.1 } - exact[i]) < 1e-12)
      }
    }
  }
}

@Suite struct AnalyticFunctionTests {
  @Test(arguments: AnalyticFunction.allCases)
  func `gradients and Hessian products are the derivatives`(_ function: AnalyticFunction) throws {
    let count = function.dimension ?? 2
    for place in [[0.7, -1.3], [-1.2, 1], [2.2, 0.4], [0.1, 0.05]].map({ Array($0.prefix(count)) }) {
      try expectDerivatives(of: TraceProblem(function, start: place), at: place)
    }
    try expectDerivatives(of: TraceProblem(function), at: function.standardStart)
  }

  @Test(arguments: AnalyticFunction.allCases.filter { $0 != .saddle })
  func `the minima are stationary, of one height, and no place around is lower`(_ function: AnalyticFunction) throws {
    let problem = TraceProblem(function)
    let minima = problem.minima
    #expect(minima.count == (function == .himmelblau ? 4 : 1))
    for minimum in minima {
      var gradient = minimum
      #expect(problem.gradient(at: minimum, into: &gradient) < 1e-28)
      #expect(gradient.allSatisfy { abs($0) < 1e-12 })
      for step in [[1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3], [7e-4, 7e-4], [7e-4, -7e-4]] {
        let near = zip(minimum, step).map { $0 + $1 }
        if near != minimum { #expect(problem.loss(at: near) > problem.loss(at: minimum)) }
      }
    }
  }

  @Test func `the saddle has no minimum and its Hessian has both signs`() {
    let saddle = TraceProblem(.saddle)
    #expect(saddle.minima.isEmpty)
    #expect(saddle.constantHessian == [[2, 0], [0, -2]])
  }

  @Test(arguments: AnalyticFunction.allCases)
  func `the window shows the start and the minima`(_ function: AnalyticFunction) {
    let count = function.standardStart.count
    #expect(function.dimension == nil || function.dimension == count)
    for place in [function.standardStart] + function.minima(count: count) {
      #expect(function.window.x.contains(place[0]))
      if count > 1 { #expect(function.window.y.contains(place[1])) }
    }
    #expect(!function.formula.isEmpty)
  }

  @Test func `names are read in any case and as people call them`() throws {
    for function in AnalyticFunction.allCases {
      #expect(try AnalyticFunction(named: function.rawValue.uppercased()) == function)
    }
    #expect(try AnalyticFunction(named: "x²") == .square)
    #expect(try AnalyticFunction(named: "x^2") == .square)
    #expect(throws: TraceProblemError(#"There is no function "himelblau"; did you mean "himmelblau"?"#)) {
      try AnalyticFunction(named: "himelblau")
    }
  }
}
