import AllocationCounter
import DescentCore
import DescentOptimizers
import Testing

/// Steps ask for no memory, but for what is listed here.
@Suite struct AllocationTests {
  /// Rules whose steps allocate, and why. Unoptimised code also does where it hands rules about as values.
  static let exceptions: [String: String] = {
    var found = [
      "hypergradient": "makes the inner rule anew where it changes a setting",
      "dAdaptation": "gathers the sums of its slices in arrays",
      "soap": "sorts the eigenvalues, and LAPACK has work space, in the steps that turn the basis",
    ]
    #if DEBUG
      for name in ["scheduleFree", "mechanic", "lookahead", "cautious", "muon"] { found[name] = "unoptimised" }
    #endif
    return found
  }()

  static let specs =
    OptimizerSpec.presets.filter { $0.needs.subtracting(.loss).isEmpty }.map { OptimizerSpec($0).description }
    + MomentPrecisionTests.packed

  /// Allocations in 40 steps, after as many that may set things up.
  static func count<S: UpdateScalar>(_ text: String, _ type: S.Type) throws -> Int {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [24, 16])
    layout.addTrainable("b", shape: [24])
    var optimizer = try Optimizer<S>(OptimizerSpec(parsing: text), layout: layout)
    let n = layout.trainableCount
    var p = [S](repeating: 0.5, count: n)
    let g = (0..<n).map { S($0 % 7) / 7 - 0.4 }
    let request = StepRequest(learningRate: 1e-3)
    let context = StepContext<S>(loss: 1)
    return try p.withUnsafeMutableBufferPointer { p in
      try g.withUnsafeBufferPointer { g in
        let (pBase, gBase) = (try #require(p.baseAddress), try #require(g.baseAddress))
        var before = 0
        for step in 0..<80 {
          if step == 40 { before = allocations() }
          try optimizer.step(parameters: pBase, gradient: gBase, request: request, context: context)
        }
        return allocations() - before
      }
    }
  }

  @Test func `the counter counts`() {
    guard allocations_are_counted() == 1 else { return }
    let before = allocations()
    let array = [Int](repeating: before, count: 100)
    #expect(allocations() > before && array.count == 100)
  }

  @Test(arguments: specs)
  func `a step allocates nothing`(_ text: String) throws {
    guard allocations_are_counted() == 1 else { return }
    let name = try OptimizerSpec(parsing: text).name
    guard Self.exceptions[name] == nil else { return }
    let (single, double) = try (Self.count(text, Float.self), Self.count(text, Double.self))
    #expect(single == 0)
    #expect(double == 0)
  }
}
