import DescentCore
import DescentOptimizers
import Testing

/// What rules that know tensors promise beside their references' paths.
@Suite struct MatrixRuleTests {
  private func step<S: UpdateScalar>(
    _ text: String, shape: [Int], name: String = "w", _ p: [S], _ g: [S], rate: Double
  ) throws -> [S] {
    var layout = ParameterLayout()
    layout.addTrainable(name, shape: shape)
    var optimizer = try Optimizer<S>(OptimizerSpec(parsing: text), layout: layout)
    var p = p
    try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: rate))
    return p
  }

  private func noise(_ count: Int, seed: UInt64) -> [Double] { KernelTests.noise(count, seed: seed).map { Double($0) } }

  @Test(arguments: [(6, 6), (4, 9), (11, 3)])
  func `Muon's first step is nearly orthonormal`(_ rows: Int, _ columns: Int) throws {
    let p = [Double](repeating: 0, count: rows * columns)
    let moved = try step("muon(scale: matchRMS)", shape: [rows, columns], p, noise(p.count, seed: 3), rate: 1)
    let scale = 0.2 * Double(max(rows, columns)).squareRoot()
    let u = moved.map { -$0 / scale }
    // Singular values within about 0.7 … 1.2, so that their squares' sum is near the rank.
    let rank = Double(min(rows, columns))
    let squares = u.reduce(0) { $0 + $1 * $1 }
    #expect(squares > 0.4 * rank && squares < 1.5 * rank)
    // Scaling the gradient changes nothing.
    let scaled = noise(p.count, seed: 3).map { 1000 * $0 }
    let again = try step("muon(scale: matchRMS)", shape: [rows, columns], p, scaled, rate: 1)
    for (a, b) in zip(moved, again) { #expect(abs(a - b) < 1e-9) }
  }

  @Test func `Muon leaves embeddings and heads to AdamW unless told otherwise`() throws {
    let (p, g) = ([Double](repeating: 0, count: 12), noise(12, seed: 8))
    let embedded = try step("muon", shape: [3, 4], name: "embedding.weight", p, g, rate: 0.1)
    // AdamW's first step is the sign.
    for (x, g) in zip(embedded, g) { #expect(abs(x + (g > 0 ? 0.1 : -0.1)) < 1e-6) }
    let hidden = try step("muon", shape: [3, 4], name: "dense.weight", p, g, rate: 0.1)
    let told = try step("muon(matrices: all)", shape: [3, 4], name: "embedding.weight", p, g, rate: 0.1)
    #expect(hidden == told)
    #expect(hidden != embedded)
  }

  @Test(arguments: ["adafactor", "came"])
  func `rows and columns without gradients stay finite in single precision`(_ text: String) throws {
    var g = [Float](repeating: 0, count: 12)
    g[5] = 1e-3
    let p = KernelTests.noise(12, seed: 5)
    let moved = try step(text, shape: [3, 4], p, g, rate: 0.1)
    #expect(!moved.contains { !$0.isFinite })
    for i in 0..<12 { #expect((moved[i] != p[i]) == (i == 5), "element \(i)") }
  }

  @Test func `LARS goes as far as the tensor is long`() throws {
    let (p, g) = (noise(20, seed: 1), noise(20, seed: 2))
    let moved = try step("lars(momentum: 0, epsilon: 0, trustCoefficient: 0.01)", shape: [4, 5], p, g, rate: 0.5)
    func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let change = zip(moved, p).map { $0 - $1 }
    #expect(abs(norm(change) - 0.005 * norm(p)) < 1e-14)
  }

  @Test func `AdamP does not move a scale-invariant tensor along itself`() throws {
    let p = noise(24, seed: 1)
    var g = noise(24, seed: 2)
    let along = zip(p, g).reduce(0) { $0 + $1.0 * $1.1 } / p.reduce(0) { $0 + $1 * $1 }
    for i in g.indices { g[i] -= along * p[i] }
    let moved = try step("adamp(delta: 0.1)", shape: [4, 6], p, g, rate: 0.01)
    let radial = zip(moved, p).reduce(0) { $0 + ($1.0 - $1.1) * $1.1 }
    let length = zip(moved, p).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    #expect(length > 0.01)
    #expect(abs(radial) < 1e-6 * length)
  }

  @Test func `a cautious step goes downhill in every element, decay aside`() throws {
    let spec = try OptimizerSpec(parsing: "cautious(adamw(weightDecay: 0.1))")
    var optimizer = Optimizer<Double>(spec, parameterCount: 30)
    var p = noise(30, seed: 1)
    for k in 0..<8 {
      let (g, before) = (noise(30, seed: UInt64(10 + k)), p)
      try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 0.01))
      var still = 0
      for i in 0..<30 {
        let moved = p[i] - (1 - 0.001) * before[i]
        #expect(moved * g[i] <= 1e-15)
        if abs(moved) < 1e-15 { still += 1 }
      }
      #expect(k == 0 || still > 0)
    }
  }
}
