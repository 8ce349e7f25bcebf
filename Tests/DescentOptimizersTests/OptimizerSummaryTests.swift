import DescentCore
import DescentOptimizers
import Testing

@Suite struct OptimizerSummaryTests {
  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.addTrainable("weight", shape: [4, 6])
    layout.addTrainable("bias", shape: [4])
    return layout
  }

  @Test(arguments: OptimizerSpec.names)
  func `what is told of a setting reads back as the optimizer itself`(_ name: String) throws {
    let spec = try OptimizerSpec(parsing: name)
    let summary = spec.summary
    #expect(summary.name == name)
    #expect(summary.family != nil)
    #expect((summary.family == .wrapper) == (summary.inner != nil && summary.name != "dAdaptation"))
    let settings = (summary.inner.map { [$0] } ?? []) + summary.settings.map { "\($0.name): \($0.value)" }
    #expect(try OptimizerSpec(parsing: "\(name)(\(settings.joined(separator: ", ")))") == spec)
  }

  @Test func `ranges are told in words`() throws {
    let adafactor = try OptimizerSpec(parsing: "adafactor").summary
    let ranges = Dictionary(uniqueKeysWithValues: adafactor.settings.map { ($0.name, $0.range) })
    #expect(ranges["beta1"] == "at least 0 and below 1")
    #expect(ranges["relativeStep"] == "true or false")
    #expect(ranges["minimumSizeToFactor"] == "a whole number of at least 1")
    #expect(ranges["style"] == "transformers, torch, optax")
    #expect(
      try OptimizerSpec(parsing: "muon").summary.settings.first { $0.name == "newtonSchulzSteps" }?.range
        == "a whole number from 1 to 99")
  }

  @Test func `needs are those of the rule inside too`() throws {
    #expect(try OptimizerSpec(parsing: "lookahead(sam(adam))").summary.needs == .evaluation)
    #expect(try OptimizerSpec(parsing: "lookahead(adam)").summary.needs == [])
    #expect(try OptimizerSpec(parsing: "sophia").summary.needs.contains(.hessianProduct))
  }

  // 28 parameters: a matrix of 4 by 6 and a vector of 4.
  @Test(arguments: [
    ("sgd", 0), ("sgd(momentum: 0.9)", 28 * 4), ("adam", 28 * 8), ("adam(amsgrad: true)", 28 * 12),
    ("lookahead(adam)", 28 * 12), ("muon", 28 * 4 + 4 * 4 + 2 * 2 * 8), ("came", (28 + 2 * (4 + 6) + 4) * 4 + 2 * 8),
    ("shampoo", 2 * (16 + 36 + 16) * 4),
  ])
  func `memory counts every array`(_ text: String, _ bytes: Int) throws {
    #expect(try OptimizerSpec(parsing: text).stateBytes(layout) == bytes)
  }

  @Test func `double precision takes twice the memory`() throws {
    let adam = try OptimizerSpec(parsing: "adam")
    #expect(adam.stateBytes(layout, as: Double.self) == 28 * 16)
  }
}
