import DescentCore
import DescentCurvature
import DescentRandom
import Testing

/// ½·h·|x − c_B|² on batch B, with the centres c_B normal round 0.
private struct NoisyBowl: StochasticObjective {
  let centres: [[Double]]
  let curvatures: [Double]
  var batchCount: Int { centres.count }
  var parameterCount: Int { curvatures.count }

  init(batches: Int, deviation: Double, curvatures: [Double]) {
    var random = RandomSequence(seed: 3, stream: .generation)
    centres = (0..<batches).map { _ in curvatures.map { _ in deviation * random.normal() } }
    self.curvatures = curvatures
  }

  func loss(at point: [Double]) -> Double { 0 }
  func gradient(at point: [Double], into gradient: inout [Double]) -> Double { 0 }
  func gradient(ofBatch index: Int, at point: [Double], into gradient: inout [Double]) -> Double {
    for i in point.indices { gradient[i] = curvatures[i] * (point[i] - centres[index][i]) }
    return 0
  }
}

@Suite struct MiniBatchTests {
  @Test func `of equal curvatures Batch Sharpness is that one, at once`() throws {
    let bowl = NoisyBowl(batches: 200, deviation: 1, curvatures: [3, 3])
    let measured = try BatchSharpness.measure(bowl, at: [1, 1])
    #expect(abs(measured.mean.value - 3) < 1e-8 && abs(measured.ratioOfMeans - 3) < 1e-8)
    #expect(measured.converged && measured.mean.draws == 10)
  }

  @Test func `it stops by its standard error`() throws {
    let bowl = NoisyBowl(batches: 2000, deviation: 1, curvatures: [4, 1])
    let rough = try BatchSharpness.measure(bowl, at: [0, 0], tolerance: 0.05)
    let fine = try BatchSharpness.measure(bowl, at: [0, 0], tolerance: 0.01)
    #expect(rough.converged && rough.mean.draws < fine.mean.draws)
    // E[64·a² + b²]/E[16·a² + b²] with a, b normal.
    #expect(abs(fine.ratioOfMeans - 65.0 / 17) < 0.05)
    let most = try BatchSharpness.measure(bowl, at: [0, 0], tolerance: 1e-6, batches: 10...50)
    #expect(!most.converged && most.mean.draws == 50)
  }

  @Test func `the noise scale is variance over squared gradient`() throws {
    // Batches of 5 rows: the variance of one row's gradient is 5 times a batch's.
    let bowl = NoisyBowl(batches: 4000, deviation: 0.5, curvatures: [2, 1])
    let measured = try GradientNoiseScale.measure(bowl, batchSize: 5, at: [1, 1], batches: 4000)
    let noise = 5 * 0.25 * (4 + 1.0)
    #expect(abs(measured.noise / noise - 1) < 0.1)
    #expect(abs(measured.squaredGradient / 5 - 1) < 0.05)
    let error = try #require(measured.scale.standardError)
    #expect(abs(measured.scale.value - noise / 5) < 4 * error)
    #expect(error / measured.scale.value < 0.1)
    #expect(throws: CurvatureError.self) {
      try GradientNoiseScale.measure(NoisyBowl(batches: 1, deviation: 1, curvatures: [1]), batchSize: 1, at: [1])
    }
  }
}
