import DescentCore
import Testing

/// L(x, y) = x⁴ + x²y + 3y²
private struct Quartic: Objective {
  let parameterCount = 2
  func loss(at p: [Double]) -> Double { p[0] * p[0] * p[0] * p[0] + p[0] * p[0] * p[1] + 3 * p[1] * p[1] }
  func gradient(at p: [Double], into g: inout [Double]) -> Double {
    g[0] = 4 * p[0] * p[0] * p[0] + 2 * p[0] * p[1]
    g[1] = p[0] * p[0] + 6 * p[1]
    return loss(at: p)
  }
}

@Suite struct ObjectiveTests {
  @Test func `central differences give the Hessian product of a smooth loss`() throws {
    var linear = try Quartic().linearized(at: [1.5, -0.5])
    var product = [0.0, 0]
    try linear.hessianProduct([2, -1], into: &product)
    // H = [[12x² + 2y, 2x], [2x, 6]] = [[26, 3], [3, 6]]
    #expect(abs(product[0] - 49) < 1e-6)
    #expect(abs(product[1] - 0) < 1e-6)
  }

  @Test func `a zero direction gives a zero product`() throws {
    var linear = try Quartic().linearized(at: [1, 1])
    var product = [7.0, 7]
    try linear.hessianProduct([0, 0], into: &product)
    #expect(product == [0, 0])
  }
}
