import DescentCurvature
import Foundation
import Testing

/// A matrix whose eigenvectors are sines: nothing of it is near the diagonal.
private struct MixedMatrix: SymmetricOperator {
  let eigenvalues: [Double]
  var products = 0
  var count: Int { eigenvalues.count }

  private func transformed(_ x: [Double]) -> [Double] {
    let n = Double(count + 1)
    return (1...count).map { i in
      (2 / n).squareRoot() * (1...count).reduce(0) { $0 + sin(Double(i * $1) * .pi / n) * x[$1 - 1] }
    }
  }

  mutating func apply(_ vector: [Double], into product: inout [Double]) {
    products += 1
    product = transformed(zip(eigenvalues, transformed(vector)).map { $0 * $1 })
  }
}

@Suite struct TraceEstimateTests {
  // Three outliers and a bulk: trace 60 + Σ.
  static let eigenvalues = [30.0, 20, 10] + (0..<97).map { 0.1 * Double($0 % 7) - 0.2 }
  static var trace: Double { eigenvalues.reduce(0, +) }

  @Test func `Hutchinson's trace is right within its standard error, as often as it says`() throws {
    var within = 0
    for seed in 0..<40 {
      var matrix = KnownMatrix<Double>(Self.eigenvalues)
      let estimate = try matrix.trace(probes: 40, seed: UInt64(seed))
      let error = try #require(estimate.standardError)
      #expect(estimate.draws == 40 && matrix.products == 40)
      if abs(estimate.value - Self.trace) <= 2 * error { within += 1 }
    }
    #expect(within >= 34)
  }

  @Test func `of a diagonal matrix trace and diagonal are exact`() throws {
    let values = [1.0, -2, 3, 0.5]
    var hessian = HessianOperator(Quadratic<Double>(values).linearized(at: [1, 1, 1, 1]), count: 4)
    let estimate = try hessian.trace(probes: 3)
    #expect(abs(estimate.value - 2.5) < 1e-14 && estimate.standardError == 0)
    let diagonal = try hessian.diagonal(probes: 2)
    #expect(diagonal.values == values && diagonal.standardErrors == [0, 0, 0, 0])
  }

  @Test func `the diagonal of a full matrix is right within its standard errors`() throws {
    var matrix = KnownMatrix<Double>(Self.eigenvalues)
    let diagonal = try matrix.diagonal(probes: 400)
    var unit = [Double](repeating: 0, count: 100)
    var column = unit
    var outside = 0
    for i in 0..<100 {
      unit[i] = 1
      matrix.apply(unit, into: &column)
      unit[i] = 0
      if abs(diagonal.values[i] - column[i]) > 3 * diagonal.standardErrors[i] + 1e-12 { outside += 1 }
    }
    #expect(outside <= 3)
  }

  @Test func `Hutch++ beats Hutchinson where outliers make the trace`() throws {
    var (plain, better) = (0.0, 0.0)
    for seed in 0..<10 {
      var matrix = MixedMatrix(eigenvalues: Array(Self.eigenvalues.prefix(64)))
      let trace = matrix.eigenvalues.reduce(0, +)
      plain += abs(try matrix.trace(probes: 30, seed: UInt64(seed)).value - trace)
      let before = matrix.products
      better += abs(try matrix.hutchPlusPlus(products: 30, seed: UInt64(seed)).value - trace)
      #expect(matrix.products - before <= 30)
    }
    #expect(better < plain / 4)
  }

  @Test func `Hutch++ is exact on a matrix of low rank`() throws {
    var matrix = KnownMatrix<Double>([5, 3, -1] + [Double](repeating: 0, count: 40))
    let estimate = try matrix.hutchPlusPlus(products: 15)
    #expect(abs(estimate.value - 7) < 1e-10)
  }
}
