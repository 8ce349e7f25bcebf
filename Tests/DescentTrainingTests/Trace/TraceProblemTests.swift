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

  @Test func `a named function has its own start, and another can be given`() throws {
    #expect(try read(#"{"function": "rosenbrock"}"#).start == [-1.2, 1])
    #expect(try read(#"{"function": "beale", "start": [2, 2]}"#).start == [2, 2])
    #expect(TraceProblem(.himmelblau).start == AnalyticFunction.himmelblau.standardStart)
    let moved = try TraceProblem(hessian: [[1, 0], [0, 2]], start: [1, 1], shape: [1, 2]).starting(at: [3, 4])
    #expect(moved.start == [3, 4])
    #expect(moved.shape == [1, 2])
    #expect(throws: TraceProblemError.self) { try TraceProblem(.saddle).starting(at: [1]) }
  }

  @Test func `a quadratic's gradient and Hessian product are its derivatives`() throws {
    let problem = try TraceProblem(hessian: [[3, 1], [1, -2]], start: [0.7, -1.3])
    try expectDerivatives(of: problem, at: problem.start)
    #expect(problem.constantHessian == [[3, 1], [1, -2]])
  }
}
