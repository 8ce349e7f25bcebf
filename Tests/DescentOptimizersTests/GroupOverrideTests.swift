import DescentCore
import DescentOptimizers
import Testing

@Suite struct GroupOverrideTests {
  private let groups = [
    ParameterGroup(name: "head", ranges: [0..<3, 8..<10], learningRateFactor: 2),
    ParameterGroup(name: "tail", ranges: [3..<5], overrides: [.weightDecay: 0]),
  ]

  @Test(arguments: ["adamw", "sgd(momentum: 0.9)", "adam(weightDecay: 0.1)"])
  func `a group's rate and settings of a step are those of an optimizer of its own`(text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    var whole = Optimizer<Double>(spec, parameterCount: 10)
    whole = try Optimizer(spec, parameterCount: 10, groups: groups)
    var apart = [2, 0, 1].map { _ in Optimizer<Double>(spec, parameterCount: 10) }
    var p = (0..<10).map { Double($0) / 7 - 0.5 }
    var expected = p
    for step in 0..<6 {
      let g = (0..<10).map { Double(($0 * 7 + step * 3) % 11) / 5 - 1 }
      let (rate, decay) = (0.01 / Double(step + 1), 0.05 * Double(step))
      try whole.step(
        parameters: &p, gradient: g,
        request: StepRequest(
          learningRate: 0.02,
          groupOverrides: ["head": [.learningRate: rate, .weightDecay: decay], "tail": [.learningRate: 3 * rate]]))
      // The same three times over the whole vector, of which each one's part is taken.
      let requests = [
        StepRequest(learningRate: 2 * rate, overrides: [.weightDecay: decay]),
        StepRequest(learningRate: 3 * rate, overrides: [.weightDecay: 0]), StepRequest(learningRate: 0.02),
      ]
      let before = expected
      for (index, request) in requests.enumerated() {
        var copy = before
        try apart[index].step(parameters: &copy, gradient: g, request: request)
        let part = index == 0 ? [0, 1, 2, 8, 9] : index == 1 ? [3, 4] : [5, 6, 7]
        for place in part { expected[place] = copy[place] }
      }
    }
    #expect(p == expected)
  }

  @Test func `an override of a group that is not there, or of a setting the rule lacks, changes nothing`() throws {
    var optimizer = try Optimizer<Float>(OptimizerSpec(Adam()), parameterCount: 10, groups: groups)
    var p = [Float](repeating: 1, count: 10)
    let g = p
    let misspelt = #expect(throws: OptimizerError.self) {
      try optimizer.step(
        parameters: &p, gradient: g, request: StepRequest(learningRate: 1, groupOverrides: ["haed": [:]]))
    }
    #expect(misspelt?.description.contains("did you mean \"head\"") == true)
    #expect(throws: OptimizerError.self) {
      try optimizer.step(
        parameters: &p, gradient: g,
        request: StepRequest(learningRate: 1, groupOverrides: ["head": [.momentum: 0.5]]))
    }
    #expect(optimizer.stepCount == 0)
    #expect(p == [Float](repeating: 1, count: 10))
  }

  @Test func `the settings of a specification by their names`() throws {
    let values = try OptimizerSpec(parsing: "sgd(momentum: 0.9, nesterov: true)").settingValues
    #expect(values == ["momentum": 0.9, "dampening": 0, "nesterov": 1, "weightDecay": 0, "decoupled": 0])
  }

  // Lookahead has a `momentum` of its own, which is a choice and not a number.
  @Test func `a wrapper's choice hides no number of the rule inside`() throws {
    let text = "lookahead(sgd(momentum: 0.9), k: 2, momentum: pullback)"
    #expect(try OptimizerSpec(parsing: text).settingValues["momentum"] == 0.9)
    func path(_ text: String, _ request: StepRequest) throws -> [Double] {
      var optimizer = try Optimizer<Double>(OptimizerSpec(parsing: text), parameterCount: 3)
      var p = [0.3, -0.5, 0.7]
      for _ in 0..<5 { try optimizer.step(parameters: &p, gradient: p, request: request) }
      return p
    }
    let other = "lookahead(sgd(momentum: 0.5), k: 2, momentum: pullback)"
    #expect(
      try path(text, StepRequest(learningRate: 0.1, overrides: [.momentum: 0.5]))
        == path(other, StepRequest(learningRate: 0.1)))
  }
}
