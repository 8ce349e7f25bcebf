import DescentSchedules
import Foundation
import Testing

/// Recorded from PyTorch, timm and mup by Scripts/fixtures/plans.py.
private struct Recorded: Decodable {
  struct Momenta: Decodable, Sendable, CustomTestStringConvertible {
    var name, rate: String
    var high, low: Double
    var rates, momenta: [Double]
    var testDescription: String { name }
  }

  struct Layers: Decodable {
    struct Parameter: Decodable {
      var name: String
      var shape: [Int]
      var scale: Double
    }

    var decay, minimum: Double
    var parameters: [Parameter]
  }

  struct Widths: Decodable {
    struct Parameter: Decodable {
      var name: String
      var shape, base: [Int]
      var adam, sgd: Double
    }

    var multiplier: Double
    var parameters: [Parameter]
  }

  var momenta: [Momenta]
  var layers: [Layers]
  var widths: [Widths]

  static func read() throws -> Recorded {
    let url = try #require(Bundle.module.url(forResource: "plans", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Recorded.self, from: Data(contentsOf: url))
  }
}

@Suite struct PlanParityTests {
  @Test func `momentum cycles inversely as PyTorch's does`() throws {
    let recorded = try Recorded.read().momenta
    #expect(recorded.count == 7)
    for theirs in recorded {
      let plan = try Plan(
        parsing: "rate: \(theirs.rate); momentum inverse \(theirs.high)..\(theirs.low)")
      let run = try plan.resolved(smallNet, horizon: Horizon(steps: theirs.rates.count))
      for step in theirs.rates.indices {
        #expect(abs(run.main.rate(at: step) - theirs.rates[step]) < 1e-12, "\(theirs.name) at \(step)")
        let momentum = run.main.value(of: "momentum", at: step) ?? .nan
        #expect(abs(momentum - theirs.momenta[step]) < 1e-12, "\(theirs.name) at \(step)")
      }
    }
  }

  @Test func `layer-wise decay is timm's`() throws {
    let recorded = try Recorded.read().layers
    #expect(recorded.count == 2)
    for theirs in recorded {
      let parameters = theirs.parameters.map { PlanParameter($0.name, shape: $0.shape) }
      let plan = Plan(.init(.all, Plan.rate, .depth(decay: theirs.decay, minimum: theirs.minimum)))
      let run = try plan.resolved(parameters, horizon: Horizon(steps: 3), peak: 1)
      for parameter in theirs.parameters {
        #expect(abs(run.group(of: parameter.name).rate(at: 0) - parameter.scale) < 1e-12, "\(parameter.name)")
      }
    }
  }

  @Test func `the width rule has the mup package's rates`() throws {
    let recorded = try Recorded.read().widths
    #expect(recorded.count == 2)
    for theirs in recorded {
      for parameter in theirs.parameters {
        let adam = try WidthRule(.adam, form: .multiplier).factors(shape: parameter.shape, base: parameter.base)
        let sgd = try WidthRule(.sgd, form: .multiplier).factors(shape: parameter.shape, base: parameter.base)
        #expect(abs(adam.rate - parameter.adam) < 1e-12, "\(parameter.name)")
        #expect(abs(sgd.rate - parameter.sgd) < 1e-12, "\(parameter.name)")
        #expect(abs(adam.multiplier - (adam.kind == .output ? theirs.multiplier : 1)) < 1e-12)
      }
    }
  }
}

@Suite struct LayerAndWidthTests {
  @Test func `layers are counted in the layout's order, norms belong to the layer before`() {
    let depths = LayerDepths(of: smallNet)
    #expect(depths.depths == [0, 0, 0, 0, 1, 1, 2, 2])
    #expect(depths.last == 2)
    #expect(depths.factor(ofLayer: 0, decay: 0.75) == 0.5625)
    #expect(depths.factor(ofLayer: 0, decay: 0.1, minimum: 0.05) == 0.05)
    let dotted = ["encoder.layers.0.weight", "encoder.layers.1.weight", "norm.weight"].map {
      PlanParameter($0, shape: $0.hasPrefix("norm") ? [4] : [4, 4])
    }
    #expect(LayerDepths(of: dotted).depths == [0, 1, 1])
    #expect(LayerDepths(of: [PlanParameter("norm.weight", shape: [4])]).depths == [0])
  }

  @Test func `without a multiplier the rule is table 3, which moves the same function`() throws {
    // Table 8 to table 3: dividing the output by n and multiplying its weights by n leaves the function as it is; the
    // rate of Adam then goes by 1/n, that of SGD by 1/n², the initial values by 1/n.
    for ratio in [2, 8] {
      for family in WidthRule.Family.allCases {
        let n = Double(ratio)
        let plain = try WidthRule(family).factors(shape: [64 * ratio, 10], base: [64, 10])
        let multiplied = try WidthRule(family, form: .multiplier).factors(shape: [64 * ratio, 10], base: [64, 10])
        #expect(plain.kind == .output)
        #expect(abs(plain.rate - multiplied.rate / (family == .adam ? n : n * n)) < 1e-15)
        #expect(abs(plain.initialScale - multiplied.initialScale / n) < 1e-15)
      }
    }
  }

  @Test func `the rule as a plan names each parameter whose rate changes`() throws {
    let wide = [
      PlanParameter("in.weight", shape: [64, 512]), PlanParameter("in.bias", shape: [512]),
      PlanParameter("mid.weight", shape: [512, 512]), PlanParameter("out.weight", shape: [512, 10]),
    ]
    let narrow = [
      PlanParameter("in.weight", shape: [64, 64]), PlanParameter("in.bias", shape: [64]),
      PlanParameter("mid.weight", shape: [64, 64]), PlanParameter("out.weight", shape: [64, 10]),
    ]
    #expect(
      try WidthRule(.adam).plan(wide, base: narrow).description == "mid.weight rate x0.125; out.weight rate x0.125")
    #expect(
      try WidthRule(.sgd).plan(wide, base: narrow).description
        == "in.weight rate x8; in.bias rate x8; out.weight rate x0.125")
    #expect(try WidthRule(.adam).plan(wide, base: wide) == Plan())
    #expect(throws: ScheduleError.self) { try WidthRule(.adam).plan(wide, base: Array(narrow.dropLast())) }
    #expect(throws: ScheduleError.self) { try WidthRule(.adam).factors(shape: [3], base: [3, 3]) }
  }
}
