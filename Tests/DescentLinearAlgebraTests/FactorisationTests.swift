import DescentLinearAlgebra
import Dispatch
import Synchronization
import Testing

@Suite struct FactorisationTests {
  /// A = B·Bᵀ with B from a fixed stream, and as rows.
  private func symmetric(_ n: Int) -> [Double] {
    var b = [Double](repeating: 0, count: n * n)
    for i in b.indices { b[i] = Double((i * 7919 + 104_729) % 1009) / 1009 - 0.5 }
    var a = b
    for i in 0..<n { for j in 0..<n { a[i * n + j] = (0..<n).reduce(0) { $0 + b[i * n + $1] * b[j * n + $1] } } }
    return a
  }

  @Test(arguments: [1, 2, 3, 10, 37, 64])
  func `eigenvectors are rows that the matrix only lengthens`(_ n: Int) {
    let a = symmetric(n)
    var vectors = a
    // The upper triangle is not read.
    for i in 0..<n { for j in (i + 1)..<max(i + 1, n) { vectors[i * n + j] = .nan } }
    var values = [Double](repeating: 0, count: n)
    #expect(Factorisation.eigen(&vectors, size: n, values: &values))
    #expect(values == values.sorted())
    let scale = values.last ?? 1
    for k in 0..<n {
      let v = vectors[(k * n)..<((k + 1) * n)].map { $0 }
      for i in 0..<n {
        let product = (0..<n).reduce(0.0) { $0 + a[i * n + $1] * v[$1] }
        #expect(abs(product - values[k] * v[i]) < 1e-13 * scale * Double(n))
      }
    }
    #expect(departure(vectors, n) < 1e-13 * Double(n))
  }

  /// OpenBLAS for one thread is not safe for several callers at once: unguarded, one call in some thousand went wrong.
  @Test func `several threads at once get the bits that each would get alone`() {
    let n = 35
    let a = symmetric(n)
    @Sendable func factored() -> [Double] {
      var (vectors, rows) = (a, a)
      var values = [Double](repeating: 0, count: n)
      _ = Factorisation.eigen(&vectors, size: n, values: &values)
      _ = Factorisation.orthonormaliseRows(&rows, size: n)
      return vectors + values + rows
    }
    let alone = factored()
    let differing = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 6000) { _ in
      if factored() != alone { differing.add(1, ordering: .relaxed) }
    }
    #expect(differing.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [1, 2, 5, 33, 100])
  func `rows become orthonormal and keep their spans`(_ n: Int) {
    let a = symmetric(n).enumerated().map { $1 + ($0 % (n + 1) == 0 ? 1 : 0) }
    var q = a
    #expect(Factorisation.orthonormaliseRows(&q, size: n))
    #expect(departure(q, n) < 1e-13 * Double(n))
    // Row i of a is a combination of rows 0 … i of q.
    for i in 0..<n {
      for k in (i + 1)..<max(i + 1, n) {
        let along = (0..<n).reduce(0.0) { $0 + a[i * n + $1] * q[k * n + $1] }
        #expect(abs(along) < 1e-12 * Double(n))
      }
    }
  }

  @Test func `single precision agrees with double`() {
    let n = 24
    let a = symmetric(n)
    var (exact, rough) = (a, a.map { Float($0) })
    var (values, roughValues) = ([Double](repeating: 0, count: n), [Float](repeating: 0, count: n))
    #expect(Factorisation.eigen(&exact, size: n, values: &values))
    #expect(Factorisation.eigen(&rough, size: n, values: &roughValues))
    for (x, y) in zip(values, roughValues) { #expect(abs(x - Double(y)) < 1e-5 * (values.last ?? 1)) }
    var q = a.map { Float($0) }
    #expect(Factorisation.orthonormaliseRows(&q, size: n))
    #expect(departure(q.map { Double($0) }, n) < 1e-5)
  }

  @Test func `a matrix that is not finite is refused`() {
    var a: [Double] = [.nan, 0, .nan, 1]
    var values = [0.0, 0.0]
    let done = Factorisation.eigen(&a, size: 2, values: &values)
    #expect(!done || values.contains { $0.isNaN })
    #expect(!Factorisation.eigen(&a, size: 0, values: &values))
  }

  /// The largest element of Q·Qᵀ − 1.
  private func departure(_ q: [Double], _ n: Int) -> Double {
    var worst = 0.0
    for i in 0..<n {
      for j in 0..<n {
        let product = (0..<n).reduce(0.0) { $0 + q[i * n + $1] * q[j * n + $1] }
        worst = max(worst, abs(product - (i == j ? 1 : 0)))
      }
    }
    return worst
  }
}
