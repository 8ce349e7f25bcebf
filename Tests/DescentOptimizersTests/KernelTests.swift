import CDescentKernels
import DescentCore
import DescentOptimizers
import Testing

/// The Float kernels of every processor path against the Double formulas.
@Suite struct KernelTests {
  static let specs = [
    "sgd", "sgd(weightDecay: 0.1)", "sgd(momentum: 0.9, dampening: 0.3)", "sgd(momentum: 0.9, nesterov: true)",
    "sgd(momentum: 0.9, weightDecay: 0.1, decoupled: true)", "adam", "adam(biasCorrection: false)",
    "adam(weightDecay: 0.1)", "adamw(weightDecay: 0.2)", "rmsprop", "rmsprop(momentum: 0.8, weightDecay: 0.1)",
    "rmsprop(weightDecay: 0.1, decoupled: true)", "adagrad", "adagrad(initialAccumulator: 0.1, weightDecay: 0.1)",
    "adagrad(weightDecay: 0.1, decoupled: true)", "adamax", "adamax(weightDecay: 0.1, decoupled: true)", "qhm",
    "qhm(weightDecay: 0.1)", "signSGD",
    "signum(weightDecay: 0.1, decoupled: false)", "tiger", "asgd", "pid", "pid(weightDecay: 0.1)",
    "adopt(weightDecay: 0.1)", "adabound", "adabound(gamma: 0.5, epsilonInside: 1e-3)",
    "adabound(weightDecay: 0.1, decoupled: false)", "laprop", "laprop(weightDecay: 0.1, epsilonInside: 1e-3)", "aggmo",
    "aggmo(velocities: 1, weightDecay: 0.1)", "aggmo(velocities: 2)", "aggmo(velocities: 4, weightDecay: 0.1)",
    "aggmo(velocities: 5, weightDecay: 0.1, decoupled: true)", "madgrad",
    "madgrad(weightDecay: 0.1)", "madgrad(weightDecay: 0.1, decoupled: true)",
    "lion", "lion(weightDecay: 0.1)", "lion(weightDecay: 0.1, decoupled: false)",
  ]

  /// Reproducible numbers in −1 … 1.
  static func noise(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
    }
  }

  @Test(arguments: specs, [1, 3, 15, 16, 17, 64, 129])
  func `every path agrees with the formula, at any length and alignment`(_ text: String, _ count: Int) throws {
    let spec = try OptimizerSpec(parsing: text)
    for path in TrajectoryParityTests.supportedPaths {
      for shift in [0, 1, 5] {
        var p = Self.noise(count + shift, seed: 1)
        let before = p
        var exactP = p.dropFirst(shift).map { Double($0) }
        var fused = Optimizer<Float>(spec, parameterCount: count)
        fused.path = path.rawValue
        var exact = Optimizer<Double>(spec, parameterCount: count)
        for step in 0..<3 {
          let g = Self.noise(count + shift, seed: UInt64(step + 2))
          let exactG = g.dropFirst(shift).map { Double($0) }
          let request = StepRequest(learningRate: 0.05)
          let sums = try p.withUnsafeMutableBufferPointer { p in
            try g.withUnsafeBufferPointer { g in
              let pBase = try #require(p.baseAddress)
              let gBase = try #require(g.baseAddress)
              return try fused.step(parameters: pBase + shift, gradient: gBase + shift, request: request)
            }
          }
          let exactSums = try exact.step(parameters: &exactP, gradient: exactG, request: request)
          #expect(abs(sums.gradientSquares - exactSums.gradientSquares) <= 1e-12 * exactSums.gradientSquares)
          #expect(abs(sums.parameterSquares - exactSums.parameterSquares) <= 1e-5 * exactSums.parameterSquares)
        }
        for i in 0..<count { #expect(abs(Double(p[shift + i]) - exactP[i]) <= 1e-6 * max(1, abs(exactP[i]))) }
        #expect(p.prefix(shift) == before.prefix(shift), "elements before the range were touched")
      }
    }
  }

  @Test(arguments: specs)
  func `splitting the range changes no element, and nothing outside it`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    let count = 97
    let g = Self.noise(count, seed: 9)
    for path in TrajectoryParityTests.supportedPaths {
      var whole = Self.noise(count, seed: 8)
      var parts = whole
      var one = Optimizer<Float>(spec, parameterCount: count)
      // Three groups without settings of their own: the same arithmetic on five stretches.
      var many = try Optimizer<Float>(
        spec, parameterCount: count,
        groups: [
          ParameterGroup(name: "a", ranges: [3..<10, 50..<51]), ParameterGroup(name: "b", ranges: [33..<50]),
          ParameterGroup(name: "c", ranges: [60..<97]),
        ])
      one.path = path.rawValue
      many.path = path.rawValue
      for _ in 0..<3 {
        try one.step(parameters: &whole, gradient: g, request: StepRequest(learningRate: 0.1))
        try many.step(parameters: &parts, gradient: g, request: StepRequest(learningRate: 0.1))
      }
      #expect(whole == parts)
      // Numbers by tensor are as many as stretches.
      #expect(one.state.filter { $0.shape == [count] } == many.state.filter { $0.shape == [count] })
    }
  }

  /// Kernels of rules that know tensors.
  @Test(arguments: ["mars", "mars(weightDecay: 0.1, gamma: 0.2)", "mars(base: lion)"], [1, 5, 16, 43])
  func `every path agrees with the formula on matrices`(_ text: String, _ columns: Int) throws {
    let spec = try OptimizerSpec(parsing: text)
    var layout = ParameterLayout()
    layout.addTrainable("matrix", shape: [3, columns])
    layout.addTrainable("vector", shape: [columns])
    // Within the bound on the norm and beyond it.
    for scale: Float in [0.01, 1] {
      for path in TrajectoryParityTests.supportedPaths {
        var p = Self.noise(layout.trainableCount, seed: 1)
        var exactP = p.map { Double($0) }
        var fused = try Optimizer<Float>(spec, layout: layout)
        fused.path = path.rawValue
        var exact = try Optimizer<Double>(spec, layout: layout)
        for step in 0..<4 {
          let g = Self.noise(p.count, seed: UInt64(step + 2)).map { scale * $0 }
          let request = StepRequest(learningRate: 0.05)
          let sums = try fused.step(parameters: &p, gradient: g, request: request)
          let exactSums = try exact.step(parameters: &exactP, gradient: g.map { Double($0) }, request: request)
          #expect(abs(sums.gradientSquares - exactSums.gradientSquares) <= 1e-12 * exactSums.gradientSquares)
        }
        for (a, b) in zip(p, exactP) { #expect(abs(Double(a) - b) <= 2e-6 * max(1, abs(b))) }
      }
    }
  }

  @Test(arguments: ["adabound", "laprop", "aggmo"])
  func `one gradient that is no number spoils one parameter`(_ text: String) throws {
    for path in TrajectoryParityTests.supportedPaths {
      var p = [Float](repeating: 1, count: 40)
      var g = Self.noise(40, seed: 4)
      g[17] = .nan
      var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: text), parameterCount: 40)
      optimizer.path = path.rawValue
      for _ in 0..<2 { try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 0.1)) }
      #expect(p.indices.filter { p[$0].isNaN } == [17])
    }
  }

  @Test(arguments: specs)
  func `an empty vector is left alone`(_ text: String) throws {
    var p: [Float] = [7]
    var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: text), parameterCount: 0)
    let sums = try optimizer.step(parameters: &p, gradient: [1], request: StepRequest(learningRate: 0.1))
    #expect(p == [7])
    #expect(sums == StepSums(gradientSquares: 0, parameterSquares: 0))
  }

  @Test(arguments: ["adam", "sgd(momentum: 0.9)"])
  func `the way chunks are run changes no bit`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    let count = 3 * 65_536 + 1_234
    let g = Self.noise(count, seed: 3)
    var plain = Self.noise(count, seed: 4)
    var backwards = plain
    var a = Optimizer<Float>(spec, parameterCount: count)
    var b = a
    var chunks = 0
    let sums = try a.step(parameters: &plain, gradient: g, request: StepRequest(learningRate: 0.1))
    let request = StepRequest(learningRate: 0.1)
    let others = try b.step(parameters: &backwards, gradient: g, request: request) { count, body in
      chunks = count
      for i in (0..<count).reversed() { body(i) }
    }
    #expect(chunks == 4)
    #expect(plain == backwards)
    #expect(sums == others)

    let pool = try #require(dk_pool_create(3, nil))
    defer { dk_pool_destroy(pool) }
    var shared = Self.noise(count, seed: 4)
    var c = Optimizer<Float>(spec, parameterCount: count)
    let pooled = try c.step(parameters: &shared, gradient: g, request: request, executor: chunkExecutor(on: pool))
    #expect(plain == shared)
    #expect(sums == pooled)
    #expect(a.state == c.state)
  }

  @Test func `huge and non-finite gradients are values`() throws {
    for path in TrajectoryParityTests.supportedPaths {
      var p = [Float](repeating: 1, count: 20)
      var g = [Float](repeating: 1e30, count: 20)
      var optimizer = Optimizer<Float>(OptimizerSpec(SGD()), parameterCount: 20)
      optimizer.path = path.rawValue
      let large = try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 1e-30))
      let norm = Double(Float(1e30)) * 20.0.squareRoot()
      #expect(abs(large.gradientNorm / norm - 1) < 1e-12, "squares must not overflow")
      g[17] = .nan
      let sums = try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 1e-30))
      #expect(sums.gradientNorm.isNaN && sums.parameterNorm.isNaN)
      #expect(p.count(where: \.isNaN) == 1)
    }
  }
}
