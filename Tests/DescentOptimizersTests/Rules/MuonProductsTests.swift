import CDescentKernels
import DescentCore
import DescentOptimizers
import Testing

/// Muon's two precisions of products, and the threads they are shared among.
@Suite struct MuonProductsTests {
  private func steps<S: UpdateScalar>(
    _ text: String, _ shape: [Int], as type: S.Type, scale: S = 1, path: dk_path = dk_best_path(),
    executor: ChunkExecutor? = nil
  ) throws -> [S] {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: shape)
    var optimizer = try Optimizer<S>(OptimizerSpec(parsing: text), layout: layout)
    optimizer.path = path.rawValue
    var p = [S](repeating: 0, count: layout.trainableCount)
    for step in 0..<2 {
      let g = KernelTests.noise(p.count, seed: UInt64(step + 1)).map { scale * S($0) }
      try optimizer.step(
        parameters: &p, gradient: g, request: StepRequest(learningRate: 1), executor: executor)
    }
    return p
  }

  /// ‖a − b‖/‖b‖.
  private func distance(_ a: [Float], _ b: [Double]) -> Double {
    let difference = zip(a, b).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    return (difference / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  static let shapes = [[2, 1], [6, 6], [4, 9], [11, 3], [33, 32], [40, 70], [150, 200], [200, 150]]

  @Test(arguments: shapes)
  func `in full it is what double precision says`(_ shape: [Int]) throws {
    let exact = try steps("muon", shape, as: Double.self)
    #expect(try distance(steps("muon(products: full)", shape, as: Float.self), exact) < 1e-4)
  }

  @Test(arguments: shapes)
  func `in bfloat16 it is near that on every path, and something else`(_ shape: [Int]) throws {
    let exact = try steps("muon", shape, as: Double.self)
    for path in TrajectoryParityTests.supportedPaths {
      let found = try steps("muon(products: bfloat16)", shape, as: Float.self, path: path)
      #expect(distance(found, exact) < 0.03)
      #expect(distance(found, exact) > 1e-5)
    }
    #expect(
      try steps("muon", shape, as: Float.self) == steps("muon(products: bfloat16)", shape, as: Float.self))
  }

  @Test(arguments: ["full", "bfloat16"])
  func `a gradient of another scale gives the same step`(_ products: String) throws {
    let text = "muon(products: \(products))"
    #expect(
      try steps(text, [20, 30], as: Float.self) == steps(text, [20, 30], as: Float.self, scale: 1024))
  }

  @Test(arguments: ["full", "bfloat16"], [[256, 300], [300, 256], [129, 131]])
  func `threads and their order change no bit`(_ products: String, _ shape: [Int]) throws {
    let text = "muon(products: \(products), adaptive: true)"
    let alone = try steps(text, shape, as: Float.self)
    var most = 0
    let backwards = try steps(text, shape, as: Float.self) { count, body in
      most = max(most, count)
      for i in (0..<count).reversed() { body(i) }
    }
    #expect(alone == backwards)
    #expect(most > 1, "nothing was shared")
    for threads in [2, 3] {
      let pool = try #require(dk_pool_create(Int32(threads), nil))
      defer { dk_pool_destroy(pool) }
      #expect(try alone == steps(text, shape, as: Float.self, executor: chunkExecutor(on: pool)))
    }
  }

  @Test(arguments: ["full", "bfloat16"])
  func `a gradient that is no number spoils its matrix and no other`(_ products: String) throws {
    var layout = ParameterLayout()
    layout.addTrainable("spoilt", shape: [5, 9])
    layout.addTrainable("whole", shape: [9, 5])
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: "muon(products: \(products))"), layout: layout)
    var p = [Float](repeating: 0, count: 90)
    var g = KernelTests.noise(90, seed: 1)
    g[7] = .nan
    try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 1))
    #expect(p.prefix(45).allSatisfy { $0.isNaN })
    #expect(p.suffix(45).allSatisfy { $0.isFinite })
  }
}
