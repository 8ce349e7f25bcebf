import DescentCore
import DescentOptimizers
import Foundation
import Testing

@Suite struct EffectiveRateSeriesTests {
  private func medians(_ text: String, steps: Int, rate: Double = 1e-3) throws -> [Double] {
    EffectiveRateSeries(try OptimizerSpec(parsing: text), rate: rate, steps: steps).medians
  }

  @Test(arguments: [("adam", 0.9, 0.999), ("adam(beta1: 0.8, beta2: 0.95)", 0.8, 0.95)])
  func `without bias correction Adam multiplies by (1 − β₁ᵗ)/√(1 − β₂ᵗ) of what it does with it`(
    _ text: String, _ beta1: Double, _ beta2: Double
  ) throws {
    let with = try OptimizerSpec(parsing: text)
    let without = try with.setting([("biasCorrection", "false")])
    let ratios = zip(
      EffectiveRateSeries(without, rate: 1e-3, steps: 300).medians,
      EffectiveRateSeries(with, rate: 1e-3, steps: 300).medians
    ).map { $0 / $1 }
    #expect(ratios.count == 300)
    for (index, ratio) in ratios.enumerated() {
      let t = Double(index + 1)
      let closed = (1 - pow(beta1, t)) / (1 - pow(beta2, t)).squareRoot()
      // ε is 1e-8 of the gradient with the correction, and more of √v without.
      #expect(abs(ratio / closed - 1) < 1e-6, "step \(index + 1)")
    }
  }

  @Test func `Adam's largest step without bias correction is 6.57 times too long, at step 12`() throws {
    let ratios = zip(
      try medians("adam(biasCorrection: false)", steps: 100), try medians("adam", steps: 100)
    ).map { $0 / $1 }
    let largest = try #require(ratios.max())
    #expect(ratios.firstIndex(of: largest) == 11)
    #expect(abs(largest - 6.5685) < 1e-4)
  }

  @Test func `momentum gathers a geometric sum, and Adagrad falls with the root of the steps`() throws {
    for (index, value) in try medians("sgd(momentum: 0.9)", steps: 60).enumerated() {
      #expect(abs(value / (1e-3 * (1 - pow(0.9, Double(index + 1))) / 0.1) - 1) < 1e-12)
    }
    for (index, value) in try medians("adagrad", steps: 60).enumerated() {
      #expect(abs(value * Double(index + 1).squareRoot() / 1e-3 - 1) < 1e-8)
    }
  }

  @Test(arguments: OptimizerSpec.names)
  func `every rule can be asked, and multiplies by finite numbers`(_ name: String) throws {
    let spec = try OptimizerSpec(parsing: name)
    let series = EffectiveRateSeries(spec, rate: spec.defaultLearningRate, steps: 30)
    #expect(series.problem == nil)
    #expect(series.rates.count == 30)
    #expect(series.rates.allSatisfy { $0.quantiles.median.isFinite && $0.quantiles.median >= 0 })
    #expect(series.medians.contains { $0 > 0 })
  }

  @Test func `a rule that finds its rate is watched in a bowl, where there is one to find`() throws {
    let series = EffectiveRateSeries(try OptimizerSpec(parsing: "prodigy"), rate: 1, steps: 200)
    #expect(series.surface == .bowl)
    #expect(series.medians[0] < 1e-4)
    #expect(series.medians[199] > 1 && series.medians[199] < 1000)
    #expect(EffectiveRateSeries(OptimizerSpec(Adam()), rate: 1, steps: 1).surface == .slope)
  }

  @Test func `all tensors together are told over every element`() throws {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [2, 2])
    layout.addTrainable("b", shape: [1])
    var optimizer = try Optimizer<Double>(OptimizerSpec(Adam(epsilon: 0)), layout: layout)
    let request = StepRequest(learningRate: 0.1)
    #expect(try optimizer.effectiveRateReport(request) == nil)
    var p = [1.0, 1, 1, 1, 1]
    try optimizer.step(parameters: &p, gradient: [1, 2, 4, 5, 10], request: request)
    let report = try #require(try optimizer.effectiveRateReport(request))
    #expect(report.tensors == (try optimizer.effectiveRates(request)))
    #expect(report.requested == 0.1)
    for (value, expected) in [
      (report.overall.minimum, 0.01), (report.overall.median, 0.025), (report.overall.maximum, 0.1),
      (report.tensors[1].quantiles.median, 0.01),
    ] { #expect(abs(value / expected - 1) < 1e-12) }
    // One number for a whole tensor counts as often as the tensor has elements.
    var plain = try Optimizer<Double>(
      OptimizerSpec(SGD()), layout: layout,
      groups: [ParameterGroup(name: "slow", ranges: [0..<4], learningRateFactor: 0.1)])
    try plain.step(parameters: &p, gradient: [1, 2, 4, 5, 10], request: request)
    let overall = try #require(try plain.effectiveRateReport(request)).overall
    #expect(abs(overall.minimum - 0.01) < 1e-15 && overall.median == overall.minimum && overall.maximum == 0.1)
  }
}
