import CDescentKernels
import DescentCore
import DescentOptimizers
import Foundation
import Testing

/// Paths of PyTorch's optimizers (Scripts/fixtures/optimizer_trajectories.py) against ours, step by step.
@Suite struct TrajectoryParityTests {
  struct Fixture: Decodable {
    struct Run: Decodable, CustomTestStringConvertible {
      var problem: String
      var optimizer: String
      var rate: Double
      var path: [[Double]]
      var testDescription: String { "\(problem), \(optimizer)" }
    }
    var runs: [Run]

    static func runs(_ name: String) -> [Run] {
      guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"),
        let data = try? Data(contentsOf: url), let fixture = try? JSONDecoder().decode(Fixture.self, from: data)
      else { return [] }
      return fixture.runs
    }
  }

  static let supportedPaths: [dk_path] = [DK_PORTABLE, DK_AVX2, DK_AVX512].filter { dk_supports($0) == 1 }

  /// The largest |a − b| / max(floor, |b|) over the whole path.
  private func worstError<Scalar: UpdateScalar>(
    _ run: Fixture.Run, as type: Scalar.Type, floor: Double, path: dk_path = dk_best_path()
  ) throws -> Double {
    let problem = try #require(SmallProblem<Scalar>(named: run.problem))
    var p = problem.start
    var optimizer = Optimizer<Scalar>(try OptimizerSpec(parsing: run.optimizer), parameterCount: p.count)
    optimizer.path = path.rawValue
    var worst = 0.0
    for expected in run.path {
      let g = problem.gradient(p)
      try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: run.rate))
      for (a, b) in zip(p, expected) { worst = max(worst, abs(Double(a) - b) / max(floor, abs(b))) }
    }
    return worst
  }

  @Test func `the fixtures are there`() {
    #expect(Fixture.runs("torch-float64").count == 45)
    #expect(Fixture.runs("torch-float32").count == 45)
  }

  @Test(arguments: Fixture.runs("torch-float64"))
  func `Double follows PyTorch to 1e-10`(_ run: Fixture.Run) throws {
    let worst = try worstError(run, as: Double.self, floor: 1e-3)
    #expect(worst <= 1e-10)
  }

  @Test(arguments: Fixture.runs("torch-float32"))
  func `Float follows PyTorch to 1e-5 on every processor path`(_ run: Fixture.Run) throws {
    for path in Self.supportedPaths {
      // A coordinate on its way through 0 keeps the rounding of where it came from, hence the floor.
      let worst = try worstError(run, as: Float.self, floor: 0.1, path: path)
      #expect(worst <= 1e-5, "\(String(cString: dk_path_name(path)))")
    }
  }
}

/// The problems of the fixtures, with gradients added up in the same order.
struct SmallProblem<Scalar: UpdateScalar> {
  var start: [Scalar]
  var gradient: ([Scalar]) -> [Scalar]

  init?(named name: String) {
    switch name {
    case "quadratic":
      let h: [[Scalar]] = [[3, 1, 0.5], [1, 2, -0.25], [0.5, -0.25, 1]]
      start = [1, -2, 1.5]
      gradient = { p in h.map { $0[0] * p[0] + $0[1] * p[1] + $0[2] * p[2] } }
    case "scaled":
      let scales: [Scalar] = [100, 10, 1, Scalar(0.1 as Double)]
      start = [1, -1, 2, -0.5]
      gradient = { p in zip(scales, p).map { $0 * $1 } }
    case "rosenbrock":
      start = [Scalar(-1.2 as Double), 1]
      gradient = { p in
        let valley = p[1] - p[0] * p[0]
        let first = -2 * (1 - p[0])
        return [first - 400 * (p[0] * valley), 200 * valley]
      }
    default: return nil
    }
  }
}
