import DescentCore
import DescentOptimizers
import DescentSpecs
import Testing

@Suite struct RuleKindsTests {
  @Test(arguments: [
    ("lookahead", "lookahead(adam)"), ("lookahead(sgd(momentum: 0.9), k: 5)", "lookahead(sgd(momentum: 0.9))"),
    (
      "lookahead( sam( sgd ( momentum : 0.5 ) , rho = 0.1 ), k: 3 )",
      "lookahead(sam(sgd(momentum: 0.5), rho: 0.1), k: 3)"
    ),
    ("sam(adaptive: true)", "sam(sgd, adaptive: true)"), ("prodigy(growthRate: inf)", "prodigy"),
  ])
  func `rules within rules read, and have one canonical form`(_ text: String, _ canonical: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    #expect(spec.description == canonical)
    #expect(try OptimizerSpec(parsing: canonical) == spec)
  }

  @Test(arguments: [
    ("lookahead(adm)", "there is no optimizer \"adm\"; did you mean \"adam\"?"),
    ("lookahead(adam(beta3: 1))", "adam has no argument \"beta3\""),
    ("lookahead(adam, k: 0)", "k must be a whole number of at least 1, and 0 is not"),
    ("lookahead(adam, k: 1.5)", "whole number"), ("lookahead(0.5)", "the first argument must be an optimizer"),
    ("lookahead(adam, sgd)", "every argument needs its name"), ("sam(sgd, rho: -1)", "at least 0"),
    ("prodigy(d0: 0)", "above 0"), ("prodigy(growthRate: nan)", "finite"),
    ("scheduleFree(sgd, momentum: 0)", "above 0"),
    ("adafactor(decayRate: 0.5)", "at most 0"), ("adam(beta1: sgd(momentum: 0.9))", "beta1 must be a finite number"),
  ])
  func `what does not read is told`(_ text: String, _ part: String) {
    do {
      _ = try OptimizerSpec(parsing: text)
      Issue.record("\(text) must not read")
    } catch { #expect("\(error)".contains(part), "\(error)") }
  }

  @Test func `a text of nothing but parentheses ends with an error`() {
    let text = String(repeating: "sam(", count: 10_000)
    #expect(throws: SpecError.self) { try OptimizerSpec(parsing: text) }
  }

  @Test func `a rule that evaluates again says so where it cannot, and changes nothing`() throws {
    var p = [1.0, 2]
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: "lookahead(sam)"), parameterCount: 2)
    #expect(optimizer.needs == .evaluation)
    #expect {
      try optimizer.step(parameters: &p, gradient: [1, 1], request: StepRequest(learningRate: 1))
    } throws: {
      "\($0)".contains("lookahead(sam(sgd)) needs the loss and gradient at other points of the same batch")
    }
    #expect(p == [1, 2])
    #expect(optimizer.stepCount == 0)
  }

  @Test func `settings reach through a wrapper, and its own stay its own`() throws {
    // Plain SGD with decay inside; the request's decay acts on what is wrapped.
    var p = [1.0]
    var optimizer = try Optimizer<Double>(
      OptimizerSpec(parsing: "lookahead(sgd(momentum: 0.5), k: 3)"), parameterCount: 1, groups: [])
    try optimizer.step(
      parameters: &p, gradient: [0], request: StepRequest(learningRate: 0.1, overrides: [.weightDecay: 0.5]))
    #expect(p == [0.95])
    #expect(throws: OptimizerError.self) {
      try optimizer.step(
        parameters: &p, gradient: [0], request: StepRequest(learningRate: 0.1, overrides: [.beta1: 0.5]))
    }
    #expect(optimizer.state.map(\.name) == ["optimizer.step", "optimizer.lookahead.slow", "optimizer.momentum_buffer"])
  }

  @Test func `a group that takes part of a tensor is refused where tensors matter`() throws {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [4, 2])
    let groups = [ParameterGroup(name: "half", ranges: [0..<4], learningRateFactor: 0.5)]
    _ = try Optimizer<Float>(OptimizerSpec(parsing: "adam"), layout: layout, groups: groups)
    for text in ["lamb", "lookahead(lamb)"] {
      #expect { try Optimizer<Float>(OptimizerSpec(parsing: text), layout: layout, groups: groups) } throws: {
        "\($0)".contains("takes only part of w")
      }
    }
  }

  @Test func `Adafactor keeps a row and a column for a matrix`() throws {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [30, 20])
    layout.addTrainable("b", shape: [20])
    let optimizer = try Optimizer<Float>(OptimizerSpec(parsing: "adafactor"), layout: layout)
    let sizes = optimizer.state.map(\.shape)
    #expect(sizes == [[1], [30], [20], [20], [4]])
  }

  @Test func `Schedule-Free evaluates the average of z`() throws {
    var p = [1.0]
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: "scheduleFree(sgd)"), parameterCount: 1)
    var view = [0.0]
    #expect(!optimizer.writeEvaluationParameters(of: &p, to: &view))
    var z = 1.0
    var mean = 0.0
    for step in 1...6 {
      z -= 0.5 * p[0]
      mean += (z - mean) / Double(step)
      let gradient = p
      try optimizer.step(parameters: &p, gradient: gradient, request: StepRequest(learningRate: 0.5))
      let wrote = optimizer.writeEvaluationParameters(of: &p, to: &view)
      #expect(wrote)
      #expect(abs(view[0] - mean) < 1e-12)
      #expect(abs(p[0] - (0.1 * z + 0.9 * mean)) < 1e-12, "y = (1 − β)·z + β·x")
    }
  }
}
