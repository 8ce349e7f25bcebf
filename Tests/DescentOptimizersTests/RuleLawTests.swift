import CDescentKernels
import DescentCore
import DescentOptimizers
import Testing

/// What must hold for every rule of the registry, whatever it does.
@Suite struct RuleLawTests {
  static let specs = OptimizerSpec.presets.map { OptimizerSpec($0).description }

  static let layout = {
    var layout = ParameterLayout()
    layout.addTrainable("dense.weight", shape: [5, 7])
    layout.addTrainable("dense.bias", shape: [7])
    layout.addTrainable("conv", shape: [2, 3, 2, 2])
    layout.addTrainable("gain", shape: [])
    return layout
  }()

  /// A few steps on the ring of ``PeerParityTests``, with a little noise.
  static func run<Scalar: UpdateScalar>(
    _ optimizer: inout Optimizer<Scalar>, _ p: inout [Scalar], steps: Range<Int>, executor: ChunkExecutor? = nil
  ) throws {
    let ring = Ring<Scalar>(count: p.count)
    for step in steps {
      var g = p
      let loss = ring.gradient(at: &p, into: &g)
      for (i, noise) in KernelTests.noise(p.count, seed: UInt64(50 + step)).enumerated() { g[i] += Scalar(noise) / 8 }
      try optimizer.step(
        parameters: &p, gradient: g, request: StepRequest(learningRate: optimizer.spec.defaultLearningRate),
        context: StepContext(loss: loss, objective: ring), executor: executor)
    }
  }

  private func start() -> [Float] { KernelTests.noise(Self.layout.trainableCount, seed: 1) }

  @Test(arguments: specs)
  func `a restored state continues bit for bit`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    var p = start()
    var optimizer = try Optimizer<Float>(spec, layout: Self.layout)
    try Self.run(&optimizer, &p, steps: 0..<6)
    var resumed = try Optimizer<Float>(spec, layout: Self.layout)
    try resumed.restore(optimizer.state)
    var q = p
    try Self.run(&optimizer, &p, steps: 6..<12)
    try Self.run(&resumed, &q, steps: 6..<12)
    #expect(p == q)
    #expect(p != start())
    #expect(optimizer.state == resumed.state)
    var other = try Optimizer<Float>(spec, parameterCount: 3, groups: [])
    if optimizer.state.count > 1, optimizer.state[1].shape != [1] {
      #expect(throws: OptimizerError.self) { try other.restore(optimizer.state) }
    }
  }

  @Test(arguments: specs)
  func `a copy goes its own way`(_ text: String) throws {
    var p = start()
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: text), layout: Self.layout)
    try Self.run(&optimizer, &p, steps: 0..<3)
    let kept = optimizer
    let state = kept.state
    var fork = kept
    var q = p
    try Self.run(&fork, &q, steps: 3..<9)
    #expect(kept.state == state)
    try Self.run(&optimizer, &p, steps: 3..<9)
    #expect(p == q)
    #expect(kept.state == state)
  }

  @Test(arguments: specs)
  func `the way chunks are run changes no bit`(_ text: String) throws {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [260, 300])
    layout.addTrainable("b", shape: [300])
    let spec = try OptimizerSpec(parsing: text)
    var p = KernelTests.noise(layout.trainableCount, seed: 4)
    var q = p
    var a = try Optimizer<Float>(spec, layout: layout)
    var b = a
    try Self.run(&a, &p, steps: 0..<2)
    try Self.run(&b, &q, steps: 0..<2) { count, body in for i in (0..<count).reversed() { body(i) } }
    #expect(p == q)
    #expect(a.state == b.state)
  }

  @Test(arguments: specs)
  func `every text reads back as the same rule`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    #expect(spec.description == text)
    #expect(try OptimizerSpec(parsing: "lookahead(\(text), k: 2)").description == "lookahead(\(text), k: 2)")
  }

  @Test(arguments: specs)
  func `every tensor has an effective rate after a step, and none before`(_ text: String) throws {
    var p = start()
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: text), layout: Self.layout)
    let request = StepRequest(learningRate: optimizer.spec.defaultLearningRate)
    #expect(try optimizer.effectiveRates(request, parameters: p) == [])
    try Self.run(&optimizer, &p, steps: 0..<5)
    let rates = try optimizer.effectiveRates(request, parameters: p)
    #expect(rates.map(\.tensor) == Self.layout.trainable.map(\.name))
    for rate in rates {
      #expect(rate.requested == request.learningRate)
      let values = rate.quantiles
      #expect(values.minimum > 0 && values.minimum <= values.tenth && values.tenth <= values.median)
      #expect(values.median <= values.ninetieth && values.ninetieth <= values.maximum)
    }
  }

  @Test(arguments: specs)
  func `a group with no rate stands still`(_ text: String) throws {
    var p = start()
    let bias = Self.layout.trainable[1].range
    var optimizer = try Optimizer<Float>(
      OptimizerSpec(parsing: text), layout: Self.layout,
      groups: [ParameterGroup(name: "bias", ranges: [bias], learningRateFactor: 0)])
    try Self.run(&optimizer, &p, steps: 0..<7)
    #expect(Array(p[bias]) == Array(start()[bias]))
    #expect(Array(p.prefix(35)) != Array(start().prefix(35)))
  }

  @Test(arguments: specs)
  func `a gradient that is not a number does not pass unseen`(_ text: String) throws {
    var p = start()
    var optimizer = try Optimizer<Float>(OptimizerSpec(parsing: text), layout: Self.layout)
    var g = p
    g[3] = .nan
    let ring = Ring<Float>(count: p.count)
    let sums = try optimizer.step(
      parameters: &p, gradient: g, request: StepRequest(learningRate: 0.1),
      context: StepContext(loss: 1, objective: ring))
    #expect(sums.gradientNorm.isNaN)
  }

  @Test(arguments: specs)
  func `sums and average are those of the step, scaled and clipped`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    var p = start().map { Double($0) }
    var q = p
    var average = p.map { _ in 0.0 }
    let g = p.map { 2 * $0 + 0.1 }
    let norm = g.reduce(0) { $0 + $1 * $1 }.squareRoot() / 4
    let ring = Ring<Double>(count: p.count)
    var plain = try Optimizer<Double>(spec, layout: Self.layout)
    var treated = plain
    let request = StepRequest(learningRate: spec.defaultLearningRate)
    // A gradient four times too long and clipped to half of the rest, and the one that comes of it.
    let clipped = g.map { $0 / 4 * (norm / 2) / (norm + 1e-6) }
    let context = StepContext(loss: 1, objective: ring)
    if plain.needs.contains(.evaluation) { return }
    try plain.step(parameters: &p, gradient: clipped, request: request, context: context)
    let sums = try average.withUnsafeMutableBufferPointer { average in
      try treated.step(
        parameters: &q, gradient: g, request: request,
        pass: UpdatePass(
          gradientScale: 0.25, clipping: .norm(norm / 2),
          average: .init(values: #require(average.baseAddress), weight: 1)), context: context)
    }
    for (a, b) in zip(p, q) { #expect(abs(a - b) <= 1e-9 * max(1, abs(a))) }
    #expect(average == q)
    #expect(abs(sums.gradientNorm - norm) < 1e-12 * norm)
    #expect(abs(sums.parameterNorm - q.reduce(0) { $0 + $1 * $1 }.squareRoot()) < 1e-12 * sums.parameterNorm)
    #expect(abs((sums.clipFactor ?? 0) - 0.5) < 1e-5)
  }
}
