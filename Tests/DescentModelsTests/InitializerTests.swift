import DescentAutodiff
import DescentCore
import DescentModels
import DescentSpecs
import Testing

@Suite struct InitializerTests {
  private func values(_ initializer: Initializer, _ fanIn: Int, _ fanOut: Int) -> [Double] {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [fanIn, fanOut])
    let start = ParameterStart(initializer: initializer, fanIn: fanIn, fanOut: fanOut)
    return ParameterStart.values(of: layout, starts: [start], seed: 1)
  }

  private static let variances: [(Initializer, Double)] = [
    (.he, 2.0 / 200), (.glorot, 2.0 / 300), (.lecun, 1.0 / 200), (.heUniform, 2.0 / 200),
    (.glorotUniform, 2.0 / 300), (.lecunUniform, 1.0 / 200), (.normal(0.02), 0.0004),
  ]

  @Test(arguments: variances)
  func `each has its variance and no mean`(initializer: Initializer, variance: Double) {
    let drawn = values(initializer, 200, 100)
    let mean = drawn.reduce(0, +) / 20000
    let spread = drawn.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20000
    // Five standard errors of the mean and of the variance of 20,000 normal draws.
    #expect(abs(mean) < 5 * (variance / 20000).squareRoot())
    #expect(abs(spread / variance - 1) < 5 * (2.0 / 20000).squareRoot())
  }

  @Test func `uniform ones stay within their bound`() {
    let bound = (6.0 / 200).squareRoot()
    #expect(values(.heUniform, 200, 100).allSatisfy { abs($0) <= bound })
  }

  @Test func `a slice's values do not depend on the slices after it`() {
    var one = ParameterLayout()
    one.addTrainable("a", shape: [4, 5])
    var two = one
    two.addTrainable("b", shape: [5, 6])
    let start = ParameterStart(initializer: .he, fanIn: 4, fanOut: 5)
    let alone = ParameterStart.values(of: one, starts: [start], seed: 3)
    let together = ParameterStart.values(of: two, starts: [start, start], seed: 3)
    #expect(Array(together.prefix(20)) == alone)
    #expect(ParameterStart.values(of: one, starts: [start], seed: 4) != alone)
  }

  @Test func `texts read back`() throws {
    for initializer in [Initializer.he, .glorot, .lecun, .heUniform, .glorotUniform, .lecunUniform, .normal(0.1)] {
      #expect(try Initializer(parsing: initializer.description) == initializer)
    }
    #expect(throws: SpecError.self) { try Initializer(parsing: "hee") }
    #expect(throws: SpecError.self) { try Initializer(parsing: "normal(-1)") }
    #expect(throws: SpecError.self) { try Initializer(parsing: "normal") }
  }
}
