import DescentCore
import DescentOptimizers
import Testing

@Suite struct OptimizerTests {
  private func run(_ optimizer: inout Optimizer<Float>, _ p: inout [Float], steps: Range<Int>) throws {
    for step in steps {
      let g = KernelTests.noise(p.count, seed: UInt64(100 + step))
      try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 0.01))
    }
  }

  @Test(arguments: KernelTests.specs)
  func `a restored state continues bit for bit`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    var p = KernelTests.noise(37, seed: 1)
    var optimizer = Optimizer<Float>(spec, parameterCount: 37)
    try run(&optimizer, &p, steps: 0..<5)
    var q = p
    var resumed = Optimizer<Float>(spec, parameterCount: 37)
    try resumed.restore(optimizer.state)
    try run(&optimizer, &p, steps: 5..<10)
    try run(&resumed, &q, steps: 5..<10)
    #expect(p == q)
    #expect(optimizer.state == resumed.state)
    #expect(resumed.stepCount == 10)
  }

  @Test(arguments: KernelTests.specs)
  func `a copy goes its own way`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    var p = KernelTests.noise(20, seed: 1)
    var optimizer = Optimizer<Float>(spec, parameterCount: 20)
    try run(&optimizer, &p, steps: 0..<3)
    let kept = optimizer
    let state = kept.state
    var q = p
    var fork = kept
    try run(&fork, &q, steps: 7..<9)
    #expect(kept.state == state)
    try run(&optimizer, &p, steps: 7..<9)
    #expect(p == q)
    #expect(kept.state == state)
    #expect(optimizer.state == fork.state)
    #expect(optimizer.state != state)
  }

  @Test func `a state of another optimizer or size is refused and changes nothing`() throws {
    let adam = Optimizer<Float>(OptimizerSpec(Adam()), parameterCount: 4)
    #expect(adam.state.map(\.name) == ["optimizer.step", "optimizer.exp_avg", "optimizer.exp_avg_sq"])
    var other = Optimizer<Float>(OptimizerSpec(RMSprop()), parameterCount: 4)
    #expect(throws: OptimizerError.self) { try other.restore(adam.state) }
    var longer = Optimizer<Float>(OptimizerSpec(Adam()), parameterCount: 5)
    #expect(throws: OptimizerError.self) { try longer.restore(adam.state) }
    var double = Optimizer<Double>(OptimizerSpec(Adam()), parameterCount: 4)
    #expect(throws: OptimizerError.self) { try double.restore(adam.state) }
    var empty = adam
    #expect(throws: OptimizerError.self) { try empty.restore([]) }
    #expect(longer.stepCount == 0)
  }

  @Test func `groups have rates and settings of their own`() throws {
    // On a gradient of 1, plain SGD moves by the rate; decay adds γ·p.
    var p: [Double] = [1, 1, 1, 1, 1]
    var optimizer = try Optimizer<Double>(
      OptimizerSpec(SGD()), parameterCount: 5,
      groups: [
        ParameterGroup(name: "slow", ranges: [1..<2, 4..<5], learningRateFactor: 0.1),
        ParameterGroup(name: "decayed", ranges: [2..<3], overrides: [.weightDecay: 0.5]),
      ])
    let request = StepRequest(learningRate: 0.1, groupFactors: ["slow": 0.5])
    try optimizer.step(parameters: &p, gradient: [1, 1, 1, 1, 1], request: request)
    let expected = [0.9, 0.995, 0.85, 0.9, 0.995]
    for (a, b) in zip(p, expected) { #expect(abs(a - b) < 1e-15) }
    #expect(optimizer.preconditioner() == [1, 10, 1, 1, 10])
  }

  @Test func `a group without momentum ignores dampening beside one that has it`() throws {
    func check<Scalar: UpdateScalar>(_ type: Scalar.Type) throws {
      var p: [Scalar] = [1, 1]
      var optimizer = try Optimizer<Scalar>(
        OptimizerSpec(SGD(momentum: 0.9, dampening: 0.5)), parameterCount: 2,
        groups: [ParameterGroup(name: "plain", ranges: [1..<2], overrides: [.momentum: 0])])
      for _ in 0..<2 { try optimizer.step(parameters: &p, gradient: [1, 1], request: StepRequest(learningRate: 0.25)) }
      #expect(p[1] == 0.5)
      // v = 1, then 0.9 + 0.5: two moves of 0.25 and 0.35.
      let error = abs(Double(p[0]) - 0.4)
      #expect(error < 1e-6)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func `a request drives settings for one step`() throws {
    var p: [Double] = [0]
    var optimizer = Optimizer<Double>(OptimizerSpec(SGD(momentum: 0.9)), parameterCount: 1)
    try optimizer.step(parameters: &p, gradient: [1], request: StepRequest(learningRate: 1))
    try optimizer.step(
      parameters: &p, gradient: [1], request: StepRequest(learningRate: 1, overrides: [.momentum: 0.5]))
    #expect(p == [-2.5])
    try optimizer.step(parameters: &p, gradient: [0], request: StepRequest(learningRate: 1))
    #expect(abs(p[0] - (-2.5 - 0.9 * 1.5)) < 1e-15)
  }

  @Test func `what a request cannot drive is told and changes nothing`() throws {
    var p: [Double] = [1]
    var sgd = Optimizer<Double>(OptimizerSpec(SGD()), parameterCount: 1)
    func message(_ request: StepRequest) -> String {
      do {
        try sgd.step(parameters: &p, gradient: [1], request: request)
        return ""
      } catch { return error.description }
    }
    #expect(message(StepRequest(learningRate: 1, overrides: [.momentum: 0.9])).contains("momentum_buffer"))
    #expect(message(StepRequest(learningRate: 1, overrides: [.beta1: 0.9])).contains("no setting \"beta1\""))
    #expect(message(StepRequest(learningRate: 1, overrides: [.momentum: -1])).contains("at least 0 and below 1"))
    #expect(message(StepRequest(learningRate: 1, groupFactors: ["head": 2])).contains("no parameter group \"head\""))
    #expect(p == [1])
    #expect(sgd.stepCount == 0)
  }

  @Test func `groups that do not fit are told`() {
    func message(_ groups: [ParameterGroup]) -> String {
      do {
        _ = try Optimizer<Float>(OptimizerSpec(SGD()), parameterCount: 10, groups: groups)
        return ""
      } catch { return error.description }
    }
    let a = ParameterGroup(name: "a", ranges: [0..<5])
    #expect(message([a]) == "")
    #expect(message([a, ParameterGroup(name: "b", ranges: [4..<6])]).contains("both take element 4"))
    #expect(message([ParameterGroup(name: "b", ranges: [4..<11])]).contains("outside"))
    #expect(message([a, ParameterGroup(name: "a", ranges: [6..<7])]).contains("two parameter groups"))
    #expect(message([ParameterGroup(name: "a", ranges: [], learningRateFactor: -1)]).contains("at least 0"))
    #expect(message([ParameterGroup(name: "a", ranges: [0..<1], overrides: [.beta1: 0])]).contains("no setting"))
    #expect(message([ParameterGroup(name: "a", ranges: [0..<1], overrides: [.learningRate: 0])]).contains("no setting"))
  }

  @Test func `Adam without bias correction steps 6.57 times as far at step 12`() throws {
    func lastStep(_ text: String) throws -> Double {
      var p = [0.0]
      var before = 0.0
      var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: text), parameterCount: 1)
      for _ in 0..<12 {
        before = p[0]
        try optimizer.step(parameters: &p, gradient: [1], request: StepRequest(learningRate: 1))
      }
      return p[0] - before
    }
    let ratio = try lastStep("adam(biasCorrection: false)") / lastStep("adam")
    #expect(abs(ratio - 6.57) < 0.005)
  }
}
