import DescentCore
import DescentOptimizers
import Foundation
import Testing

/// Rules against their peers (Scripts/fixtures/peer_*.py) on a model of a matrix and a vector.
@Suite struct PeerParityTests {
  struct Fixture: Decodable {
    struct Run: Decodable, CustomTestStringConvertible {
      var optimizer: String
      var rate: Double
      var path: [[Double]]
      /// The parameters to evaluate at the end.
      var evaluated: [Double]
      var testDescription: String { optimizer }
    }
    var shapes: [[Int]]
    var start: [Double]
    var runs: [Run]

    static func read() -> [Fixture] {
      guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures"),
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
      else { return [] }
      return files.filter { $0.hasPrefix("peer-") }.sorted().compactMap { name in
        let data = try? Data(contentsOf: folder.appendingPathComponent(name))
        return data.flatMap { try? JSONDecoder().decode(Fixture.self, from: $0) }
      }
    }

    static var runs: [Run] { read().flatMap(\.runs) }
  }

  @Test func `every optimizer of the registry is compared with a peer`() throws {
    let texts = Fixture.runs.map(\.optimizer) + TrajectoryParityTests.Fixture.runs("torch-float64").map(\.optimizer)
    let paths = TrajectoryTests.cases.map(\.entry.spec) + FoundRateTests.lineSearches.map(\.spec)
    let compared = try Set((texts + paths).map { try OptimizerSpec(parsing: $0).name })
    #expect(Set(OptimizerSpec.names).subtracting(compared) == [])
  }

  @Test(arguments: Fixture.runs)
  func `Double follows the peer to 1e-9`(_ run: Fixture.Run) throws {
    let worst = try worstError(run, as: Double.self, floor: 1e-2)
    #expect(worst < 1e-9)
  }

  // Prodigy's first distances from the start are below the resolution of Float parameters, there as here; with a larger
  // d₀ it is compared.
  @Test(arguments: Fixture.runs.filter { $0.optimizer != "prodigy" })
  func `Float follows the peer to 1e-4`(_ run: Fixture.Run) throws {
    let worst = try worstError(run, as: Float.self, floor: 0.5)
    #expect(worst < 1e-4)
  }

  private func worstError<Scalar: UpdateScalar>(
    _ run: Fixture.Run, as type: Scalar.Type, floor: Double
  ) throws -> Double {
    let fixture = try #require(Fixture.read().first)
    var layout = ParameterLayout()
    for (i, shape) in fixture.shapes.enumerated() { layout.addTrainable("t\(i)", shape: shape) }
    var optimizer = try Optimizer<Scalar>(OptimizerSpec(parsing: run.optimizer), layout: layout)
    var p = fixture.start.map { Scalar($0) }
    let ring = Ring<Scalar>(count: p.count)
    var worst = 0.0
    func compare(_ values: [Scalar], _ expected: [Double]) {
      for (a, b) in zip(values, expected) { worst = max(worst, abs(Double(a) - b) / max(floor, abs(b))) }
    }
    for expected in run.path {
      var g = p
      let loss = ring.gradient(at: &p, into: &g)
      try optimizer.step(
        parameters: &p, gradient: g, request: StepRequest(learningRate: run.rate),
        context: StepContext(loss: loss, objective: ring))
      compare(p, expected)
    }
    var view = p
    optimizer.writeEvaluationParameters(of: &p, to: &view)
    compare(view, run.evaluated)
    return worst
  }
}

/// The fixtures' gradient: gᵢ = sᵢ·pᵢ + 0.1·pᵢ₊₁ with indices modulo the count. No gradient of any loss; the loss told is
/// half of ⟨p, g⟩.
struct Ring<Scalar: UpdateScalar>: StepObjective {
  let count: Int

  var offers: StepNeeds { [.evaluation, .hessianProduct] }

  /// The gradient is linear.
  func hessianProduct(
    at point: UnsafeMutablePointer<Scalar>, along direction: UnsafeMutablePointer<Scalar>,
    into product: UnsafeMutablePointer<Scalar>
  ) {
    gradient(at: direction, into: product)
  }

  func loss(at point: UnsafeMutablePointer<Scalar>) -> Double {
    var g = [Scalar](repeating: 0, count: count)
    return gradient(at: point, into: &g)
  }

  @discardableResult
  func gradient(at point: UnsafeMutablePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>) -> Double {
    var sum = 0.0
    for i in 0..<count {
      let scale = Scalar(0.5) + Scalar(7 * i % 5) / 2
      gradient[i] = scale * point[i] + Scalar(0.1 as Double) * point[(i + 1) % count]
      sum += Double(point[i] * gradient[i])
    }
    return sum / 2
  }
}
