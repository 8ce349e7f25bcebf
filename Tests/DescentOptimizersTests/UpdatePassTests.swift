import CDescentKernels
import DescentCore
import DescentOptimizers
import Testing

/// What a step does besides the rule: scaling and clipping the gradient, keeping an average.
@Suite struct UpdatePassTests {
  static let treatments: [(scale: Double, clipping: GradientClipping?)] = [
    (1, .norm(0.1)), (1, .value(0.2)), (0.25, nil), (1.0 / 3, .norm(0.2)), (1.0 / 3, .value(0.1)), (1, .norm(1e30)),
    (1, .value(1e30)),
  ]

  /// Steps with an average; returns parameters, average and the last sums.
  private func run<Scalar: UpdateScalar>(
    _ optimizer: inout Optimizer<Scalar>, from start: [Scalar], gradients: [[Scalar]], scale: Double = 1,
    clipping: GradientClipping? = nil, averaging: ParameterAveraging? = nil, executor: ChunkExecutor? = nil
  ) throws -> (parameters: [Scalar], average: [Scalar], sums: StepSums) {
    var p = start
    var average = [Scalar](repeating: 0, count: p.count)
    var sums = StepSums(gradientSquares: 0, parameterSquares: 0)
    for (step, g) in gradients.enumerated() {
      sums = try average.withUnsafeMutableBufferPointer { average in
        var pass = UpdatePass<Scalar>(gradientScale: scale, clipping: clipping)
        if let weight = averaging?.weight(afterStep: step), let base = average.baseAddress {
          pass.average = .init(values: base, weight: weight)
        }
        return try optimizer.step(
          parameters: &p, gradient: g, request: StepRequest(learningRate: 0.05), pass: pass, executor: executor)
      }
    }
    return (p, average, sums)
  }

  private func optimizer(_ text: String, _ count: Int, _ path: dk_path = dk_best_path()) throws -> Optimizer<Float> {
    var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: text), parameterCount: count)
    optimizer.path = path.rawValue
    return optimizer
  }

  private func gradients(_ count: Int) -> [[Float]] { (0..<3).map { KernelTests.noise(count, seed: $0 + 2) } }

  @Test(arguments: KernelTests.specs, treatments.indices)
  func `every path agrees with the formula`(_ text: String, _ index: Int) throws {
    let (scale, clipping) = Self.treatments[index]
    for count in [1, 5, 16, 50] {
      let start = KernelTests.noise(count, seed: 1)
      let gradients = gradients(count)
      var exact = Optimizer<Double>(try OptimizerSpec(parsing: text), parameterCount: count)
      let expected = try run(
        &exact, from: start.map(Double.init), gradients: gradients.map { $0.map(Double.init) }, scale: scale,
        clipping: clipping, averaging: .exponential(decay: 0.75))
      for path in TrajectoryParityTests.supportedPaths {
        var fused = try optimizer(text, count, path)
        let found = try run(
          &fused, from: start, gradients: gradients, scale: scale, clipping: clipping,
          averaging: .exponential(decay: 0.75))
        for (a, b) in zip(found.parameters, expected.parameters) {
          #expect(abs(Double(a) - b) <= 1e-6 * max(1, abs(b)))
        }
        for (a, b) in zip(found.average, expected.average) { #expect(abs(Double(a) - b) <= 1e-6 * max(1, abs(b))) }
        let squares = expected.sums.gradientSquares
        #expect(abs(found.sums.gradientSquares - squares) <= 1e-6 * squares)
        #expect((found.sums.clipFactor == nil) == (clipping == nil))
        #expect(abs((found.sums.clipFactor ?? 0) - (expected.sums.clipFactor ?? 0)) <= 1e-6)
      }
    }
  }

  @Test(arguments: KernelTests.specs)
  func `a limit that does not bite changes no bit, nor does an average`(_ text: String) throws {
    let count = 83
    let start = KernelTests.noise(count, seed: 1)
    for path in TrajectoryParityTests.supportedPaths {
      var plain = try optimizer(text, count, path)
      let expected = try run(&plain, from: start, gradients: gradients(count))
      for (clipping, averaging) in [
        (GradientClipping.norm(1e6), ParameterAveraging?.none), (.value(1e6), nil), (.value(1e6), .mean(start: 1)),
      ] {
        var other = try optimizer(text, count, path)
        let found = try run(
          &other, from: start, gradients: gradients(count), clipping: clipping, averaging: averaging)
        #expect(found.parameters == expected.parameters)
        #expect(found.sums.gradientSquares == expected.sums.gradientSquares)
        #expect(found.sums.parameterSquares == expected.sums.parameterSquares)
        #expect(found.sums.clipFactor == 1)
        #expect(other.state == plain.state)
      }
    }
  }

  @Test func `the norm's limit is PyTorch's, and the norm reported the one before`() throws {
    var p: [Double] = [0, 0]
    var optimizer = Optimizer<Double>(OptimizerSpec(SGD()), parameterCount: 2)
    let request = StepRequest(learningRate: 1)
    let sums = try optimizer.step(
      parameters: &p, gradient: [3, 4], request: request, pass: UpdatePass(clipping: .norm(2)))
    #expect(sums.gradientNorm == 5)
    #expect(sums.clipFactor == 2 / 5.000001)
    let clipped = 2 / 5.000001
    #expect(p == [-3 * clipped, -4 * clipped])
    // min(1, c/(norm + 1e-6)): a limit just above the norm, still within the 1e-6, bites a little.
    p = [0, 0]
    let touched = try optimizer.step(
      parameters: &p, gradient: [3, 4], request: request, pass: UpdatePass(clipping: .norm(5)))
    #expect(touched.clipFactor == 5 / 5.000001)
    p = [0, 0]
    let halved = try optimizer.step(
      parameters: &p, gradient: [6, 8], request: request, pass: UpdatePass(gradientScale: 0.5, clipping: .norm(2)))
    #expect(
      halved == StepSums(gradientSquares: 25, parameterSquares: halved.parameterSquares, clipFactor: clipped))
    #expect(p == [-6 * (0.5 * clipped), -8 * (0.5 * clipped)])
  }

  @Test func `a value's limit bounds each element, and tells what it left of the norm`() throws {
    var p: [Double] = [0, 0, 0]
    var optimizer = Optimizer<Double>(OptimizerSpec(SGD()), parameterCount: 3)
    let sums = try optimizer.step(
      parameters: &p, gradient: [12, -0.5, -4], request: StepRequest(learningRate: 1),
      pass: UpdatePass(gradientScale: 0.25, clipping: .value(0.6)))
    #expect(p == [-0.6, 0.125, 0.6])
    let left = (0.36 * 2 + 0.015625).squareRoot()
    let factor = try #require(sums.clipFactor)
    #expect(abs(factor - left / sums.gradientNorm) < 1e-15)
    #expect(sums.gradientSquares == 9 + 0.015625 + 1)
  }

  @Test func `the norm is that of all groups together`() throws {
    let spec = OptimizerSpec(SGD())
    let count = 70_000
    let start = KernelTests.noise(count, seed: 1)
    let g = [KernelTests.noise(count, seed: 2)]
    var one = Optimizer<Float>(spec, parameterCount: count)
    var many = try Optimizer<Float>(
      spec, parameterCount: count, groups: [ParameterGroup(name: "a", ranges: [3..<10, 50..<68_000])])
    let whole = try run(&one, from: start, gradients: g, clipping: .norm(1), averaging: .mean(start: 0))
    let parts = try run(&many, from: start, gradients: g, clipping: .norm(1), averaging: .mean(start: 0))
    let close = zip(whole.parameters, parts.parameters).allSatisfy { abs($0 - $1) <= 1e-6 }
    #expect(close)
    #expect(whole.average == whole.parameters && parts.average == parts.parameters)
    #expect(abs((whole.sums.clipFactor ?? 0) / (parts.sums.clipFactor ?? 1) - 1) < 1e-12)
  }

  @Test(arguments: [GradientClipping.norm(1), .value(0.1)])
  func `the way chunks are run changes no bit`(_ clipping: GradientClipping) throws {
    let count = 2 * 65_536 + 1_234
    let start = KernelTests.noise(count, seed: 4)
    var a = try optimizer("adam", count)
    var b = a
    let plain = try run(
      &a, from: start, gradients: gradients(count), clipping: clipping, averaging: .exponential(decay: 0.9))
    let backwards = try run(
      &b, from: start, gradients: gradients(count), clipping: clipping, averaging: .exponential(decay: 0.9)
    ) { count, body in for i in (0..<count).reversed() { body(i) } }
    #expect(plain.parameters == backwards.parameters && plain.average == backwards.average)
    #expect(plain.sums == backwards.sums)
  }

  @Test func `an average leaves what lies beside it alone`() throws {
    for path in TrajectoryParityTests.supportedPaths {
      for count in [1, 7, 16, 33] {
        var p = KernelTests.noise(count, seed: 1)
        let g = KernelTests.noise(count, seed: 2)
        var average = [Float](repeating: 9, count: count + 40)
        var adam = try optimizer("adam", count, path)
        try average.withUnsafeMutableBufferPointer { average in
          let base = try #require(average.baseAddress)
          try adam.step(
            parameters: &p, gradient: g, request: StepRequest(learningRate: 0.1),
            pass: UpdatePass(average: .init(values: base + 20, weight: 0.5)))
        }
        #expect(average.prefix(20).allSatisfy { $0 == 9 } && average.suffix(20).allSatisfy { $0 == 9 })
        let isHalfWay = (0..<count).allSatisfy { average[20 + $0] == 9 + 0.5 * (p[$0] - 9) }
        #expect(isHalfWay)
      }
    }
  }

  @Test func `not-a-number and infinity pass through clipping as in PyTorch`() throws {
    for path in TrajectoryParityTests.supportedPaths {
      for place in [3, 17] {
        var g = [Float](repeating: 1, count: 20)
        g[place] = .nan
        var sgd = try optimizer("sgd", 20, path)
        let start = [Float](repeating: 1, count: 20)
        let bounded = try run(&sgd, from: start, gradients: [g], clipping: .value(0.5))
        #expect(bounded.parameters.count(where: \.isNaN) == 1 && bounded.parameters[place].isNaN)
        #expect(abs(bounded.parameters[0] - 0.975) < 1e-6)
        let scaled = try run(&sgd, from: start, gradients: [g], clipping: .norm(0.5))
        #expect(scaled.parameters.allSatisfy { $0.isNaN })
        #expect(scaled.sums.gradientNorm.isNaN)
        g[place] = -.infinity
        let cut = try run(&sgd, from: start, gradients: [g], clipping: .value(0.5))
        #expect(abs(cut.parameters[place] - 1.025) < 1e-6)
        let zeroed = try run(&sgd, from: start, gradients: [g], clipping: .norm(0.5))
        #expect(zeroed.parameters[place].isNaN && zeroed.parameters[0] == 1)
        #expect(zeroed.sums.clipFactor == 0 && zeroed.sums.gradientNorm == .infinity)
      }
    }
  }

  @Test func `a gradient of zeros is not clipped`() throws {
    for clipping in [GradientClipping.norm(1), .value(1)] {
      var sgd = try optimizer("sgd", 4)
      let found = try run(&sgd, from: [1, 2, 3, 4], gradients: [[0, 0, 0, 0]], clipping: clipping)
      #expect(found.parameters == [1, 2, 3, 4] && found.sums.clipFactor == 1)
    }
  }

  @Test func `averages weigh the first step alone, then by their formula`() {
    let ema = ParameterAveraging.exponential(decay: 0.9, start: 3)
    let exponential: [Double?] = [nil, nil, 1, 1 - 0.9, 1 - 0.9]
    #expect([0, 2, 3, 4, 50].map { ema.weight(afterStep: $0) } == exponential)
    let mean = ParameterAveraging.mean(start: 2)
    let plain: [Double?] = [nil, 1, 1.0 / 2, 1.0 / 3, 1.0 / 4]
    #expect([1, 2, 3, 4, 5].map { mean.weight(afterStep: $0) } == plain)
    #expect(ParameterAveraging.exponential(decay: 0.5).start == 0)
  }
}
