import DescentCore
import DescentTraining
import Foundation
import Testing

@Suite struct TraceProblemTests {
  private func read(_ json: String) throws(TraceProblemError) -> TraceProblem {
    try TraceProblem(json: Data(json.utf8))
  }

  @Test func `a quadratic and a function read`() throws {
    let quadratic = try read(#"{"hessian": [[3, 1], [1, 2]], "start": [1, -2], "shape": [1, 2]}"#)
    #expect(quadratic.loss(at: [1, -2]) == 0.5 * (3 - 4 + 8))
    #expect(quadratic.shape == [1, 2])
    let function = try read(#"{"function": "rosenbrock", "start": [-1.2, 1]}"#)
    #expect(abs(function.loss(at: function.start) - 24.2) < 1e-12)
    #expect(function.shape == nil)
  }

  @Test(arguments: [
    (#"{"hessian": [[1, 2]], "start": [1]}"#, "row 1 has 2 numbers, and there are 1 rows"),
    (
      #"{"hessian": [[1, 2], [3, 4]], "start": [1, 1]}"#,
      "not symmetric: row 1, column 2 is 2.0, but row 2, column 1 is 3.0"
    ),
    (#"{"hessian": [[1]], "start": [1, 1]}"#, "start has 2 parameters, but the hessian is 1 × 1"),
    (#"{"hessian": [], "start": [1]}"#, "the hessian is 0 × 0"),
    (#"{"hessian": [[1]], "start": []}"#, "holds no number"),
    (#"{"hessian": [[NaN]], "start": [1]}"#, "not finite"), (#"{"hessian": [[1]], "start": [Infinity]}"#, "not finite"),
    (#"{"hessian": [[1]]}"#, "no \"start\""), (#"{"start": [1]}"#, "neither"),
    (#"{"hessian": [[1]], "function": "square", "start": [1]}"#, "both"),
    (#"{"function": "rosenbrok", "start": [1, 1]}"#, "did you mean \"rosenbrock\"?"),
    (#"{"function": "beale", "start": [1]}"#, "beale takes 2 parameters, and the start has 1"),
    (#"{"hessian": [[1]], "start": [1], "shape": [2, 3]}"#, "rows × columns = 1"),
    (#"{"hessian": [[1]], "start": [1], "shape": [9000000000000000000, 9000000000000000000]}"#, "rows × columns = 1"),
    (#"{"hessian": [[1]], "start": [1], "shape": [0, 1]}"#, "rows × columns = 1"),
    (#"{"hessian": "x", "start": [1]}"#, "\"hessian\" in the problem is of the wrong kind"),
    (#"{"hessian": [[1], ["y"]], "start": [1]}"#, "\"hessian[1][0]\""), (#"[1]"#, "wrong kind"), ("{", "not JSON"),
    ("", "not JSON"),
  ])
  func `what does not fit is told`(_ json: String, _ expected: String) {
    do {
      _ = try read(json)
      Issue.record("\(json) was read")
    } catch {
      #expect(error.description.contains(expected), "\(error)")
    }
  }

  static let problems: [TraceProblem] = {
    let functions = AnalyticFunction.allCases.compactMap { try? TraceProblem($0, start: [0.7, -1.3]) }
    let quadratic = try? TraceProblem(hessian: [[3, 1], [1, -2]], start: [0.7, -1.3])
    return functions + [quadratic].compactMap { $0 }
  }()

  @Test(arguments: problems)
  func `gradients and Hessian products are the derivatives`(_ problem: TraceProblem) throws {
    let direction = [0.6, -0.8]
    let h = 1e-5
    func shifted(_ t: Double) -> [Double] { zip(problem.start, direction).map { $0 + t * $1 } }
    var gradient = [0.0, 0]
    #expect(problem.gradient(at: problem.start, into: &gradient) == problem.loss(at: problem.start))
    let slope = (problem.loss(at: shifted(h)) - problem.loss(at: shifted(-h))) / (2 * h)
    let along = gradient[0] * direction[0] + gradient[1] * direction[1]
    #expect(abs(slope - along) <= 1e-7 * max(1, abs(along)))

    var exact = [0.0, 0]
    var linearization = problem.linearized(at: problem.start)
    try linearization.hessianProduct(direction, into: &exact)
    var (ahead, behind) = ([0.0, 0], [0.0, 0])
    _ = problem.gradient(at: shifted(h), into: &ahead)
    _ = problem.gradient(at: shifted(-h), into: &behind)
    for i in 0..<2 { #expect(abs((ahead[i] - behind[i]) / (2 * h) - exact[i]) <= 1e-7 * max(1, abs(exact[i]))) }
    #expect(linearization.loss == problem.loss(at: problem.start))
    if let hessian = problem.constantHessian {
      for i in 0..<2 { #expect(abs(hessian[i][0] * 0.6 - hessian[i][1] * 0.8 - exact[i]) < 1e-12) }
    }
  }

  @Test(arguments: [
    (AnalyticFunction.rosenbrock, [1.0, 1]), (.beale, [3, 0.5]), (.himmelblau, [3, 2]), (.rastrigin, [0, 0]),
    (.square, [0, 0]), (.ravine, [0, 0]),
  ])
  func `the known minimum is one`(_ function: AnalyticFunction, _ place: [Double]) throws {
    let problem = try TraceProblem(function, start: place)
    var gradient = [1.0, 1]
    #expect(problem.gradient(at: place, into: &gradient) == 0)
    #expect(gradient == [0, 0])
  }
}
