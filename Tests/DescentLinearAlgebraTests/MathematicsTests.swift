import CDescentKernels
import Foundation
import Testing

/// A function of one element with its definition by the system's library, and how far the kernels may be from it.
private struct FunctionCase: CustomTestStringConvertible, Sendable {
  typealias Function = @Sendable (Double) -> Double
  var testDescription: String
  var op: dk_op
  var definition: Function
  /// Units in the last place that the kernel may be off.
  var ulps: Double
  /// The size of the number whose last place is meant; nil for the result itself.
  var size: Function?
  /// What a float below the normal ones may be off.
  var tiny = Double(Float.leastNonzeroMagnitude)
  /// Where the function is computed.
  var range = -Double.infinity...Double.infinity
  /// Whether the kernels for double are the library's.
  var isLibrarysInDouble = true

  static let all: [FunctionCase] = [
    FunctionCase(testDescription: "exp", op: DK_EXP, definition: { exp($0) }, ulps: 1),
    FunctionCase(testDescription: "log", op: DK_LOG, definition: { log($0) }, ulps: 1),
    FunctionCase(testDescription: "tanh", op: DK_TANH, definition: { tanh($0) }, ulps: 1.25),
    FunctionCase(testDescription: "erf", op: DK_ERF, definition: { erf($0) }, ulps: 2.5),
    FunctionCase(
      testDescription: "sigmoid", op: DK_SIGMOID, definition: sigmoid, ulps: 2.5, isLibrarysInDouble: false),
    // In the tail the rounding of the exponential's argument, u, is the result's relative error.
    FunctionCase(
      testDescription: "GELU", op: DK_GELU_TANH, definition: { $0 * sigmoid(inner($0)) }, ulps: 3,
      size: { abs($0) * sigmoid(inner($0)) * (1 + min(200, abs(inner($0)) / 2)) }, tiny: 1e-42,
      isLibrarysInDouble: false),
    // Near −0.75 two terms cancel. Beyond the range x² is infinite, and the slope not a number, as PyTorch's.
    FunctionCase(
      testDescription: "GELU's slope", op: DK_GELU_TANH_SLOPE,
      definition: { sigmoid(inner($0)) + $0 * sigmoidSlope(inner($0)) * innerSlope($0) }, ulps: 3,
      size: {
        (sigmoid(inner($0)) + abs($0) * sigmoidSlope(inner($0)) * innerSlope($0)) * (1 + min(200, abs(inner($0)) / 2))
      }, tiny: 1e-42, range: -1e19...1e19, isLibrarysInDouble: false),
  ]

  /// What a result of this size may be off in a type with such a last place.
  func bound(_ x: Double, _ y: Double, ulpOfOne: Double, tiny: Double) -> Double {
    ulps * ulpOfOne * (size?(x) ?? lowerPowerOfTwo(abs(y))) + tiny
  }
}

/// The unit in the last place of y, over that of 1.
private func lowerPowerOfTwo(_ y: Double) -> Double { y.isFinite && y > 0 ? y.binade : 0 }

private func sigmoid(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
private func sigmoidSlope(_ x: Double) -> Double { sigmoid(x) * sigmoid(-x) }

/// 2u of x·sigmoid(2u), the tanh approximation of GELU.
private func inner(_ x: Double) -> Double { 2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }
private func innerSlope(_ x: Double) -> Double { 2 * (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x) }

/// One operation of a chain, element by element.
private func values<Element: ArrayElement>(of op: dk_op, _ path: dk_path, _ operands: [Element]...) -> [Element] {
  let last = operands.count - 1
  return ChainCase(
    rows: 1, columns: operands[0].count, operations: [dk_chain_op(op, last + 1, 0, min(1, last), min(2, last))],
    inputs: operands.map { (DK_FULL, $0) }, outputs: [DK_FULL]
  ).run(path)[0]
}

@Suite struct MathematicsTests {
  /// Floats of every magnitude and sign, a dense part where the functions bend, and all that is special.
  private static let floats: [Float] = {
    let everywhere = stride(from: UInt64(0), to: 1 << 32, by: 262_147).map { Float(bitPattern: UInt32($0)) }
    let bend = (-12_000...12_000).map { Float($0) / 1000 }
    return everywhere + bend
      + [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, -1]
  }()

  @Test(arguments: FunctionCase.all)
  private func `functions in float are the library's to the units in the last place that are stated`(
    _ test: FunctionCase
  ) {
    for path in paths {
      var misses: [String] = []
      for (x, y) in zip(Self.floats, values(of: test.op, path, Self.floats)) {
        let expected = test.definition(Double(x))
        if Float(expected) == y || expected.isNaN && y.isNaN || !test.range.contains(Double(x)) && !x.isNaN { continue }
        let bound = test.bound(Double(x), expected, ulpOfOne: 0x1p-23, tiny: test.tiny)
        if !(abs(Double(y) - expected) <= bound) { misses.append("at \(x): \(y), not \(expected)") }
      }
      #expect(misses.prefix(3) == [])
    }
  }

  @Test(arguments: FunctionCase.all)
  private func `functions in double are the library's`(_ test: FunctionCase) {
    let arguments =
      Self.floats.map { Double($0) } + [-746, -745, -709, 709, 710, 1e300, -1e300, .leastNonzeroMagnitude]
    for path in paths {
      var misses: [String] = []
      for (x, y) in zip(arguments, values(of: test.op, path, arguments)) {
        let expected = test.definition(x)
        if expected == y || expected.isNaN && y.isNaN || !test.range.contains(x) && !x.isNaN { continue }
        let bound = test.isLibrarysInDouble ? 0 : test.bound(x, expected, ulpOfOne: 0x1p-52, tiny: 1e-306)
        if !(abs(y - expected) <= bound) { misses.append("at \(x): \(y), not \(expected)") }
      }
      #expect(misses.prefix(3) == [])
    }
  }

  private func joins<Element: ArrayElement>(_ type: Element.Type) {
    let special: [Element] = [0, -0.0, 1, -1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude]
    let count = 64 + 7
    let a = (0..<count).map { special[$0 % 8] }
    let b = (0..<count).map { special[$0 / 8 % 8] }
    let c = (0..<count).map { Element($0 % 3 == 0 ? 1e-7 : -0.1) }
    for path in paths {
      let gate = values(of: DK_MULTIPLY, path, values(of: DK_POSITIVE, path, a), b)
      #expect(bits(values(of: DK_GATE, path, a, b)) == bits(gate))
      let sum = values(of: DK_ADD, path, values(of: DK_ADD, path, a, b), c)
      #expect(bits(values(of: DK_ADD3, path, a, b, c)) == bits(sum))
      #expect(same(gate, zip(a, b).map { ($0 > 0 ? 1 : 0) * $1 }))
      #expect(same(sum, a.indices.map { (a[$0] + b[$0]) + c[$0] }))
    }
  }

  /// Values that tell −0 from 0, and take all NaN for one.
  private func bits<Element: ArrayElement>(_ values: [Element]) -> [String] {
    values.map { $0.isNaN ? "nan" : "\($0)" }
  }

  @Test func `two operations in one give the bits of both, one after the other`() {
    joins(Float.self)
    joins(Double.self)
  }

  private func selects<Element: ArrayElement>(_ type: Element.Type) {
    let conditions: [Element] = [0, -0.0, 1, -1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude]
    let count = 8 * 37
    let a = (0..<count).map { conditions[$0 * 5 % 8] }
    let yes = (0..<count).map { Element($0) + 0.5 }
    let no = (0..<count).map { $0 % 11 == 0 ? .nan : -Element($0) }
    let expected = (0..<count).map { a[$0] != 0 ? yes[$0] : no[$0] }
    for path in paths { #expect(same(values(of: DK_SELECT, path, a, yes, no), expected)) }
  }

  @Test func `a choice takes the first where the condition is not 0, also where it is not a number`() {
    selects(Float.self)
    selects(Double.self)
  }
}
