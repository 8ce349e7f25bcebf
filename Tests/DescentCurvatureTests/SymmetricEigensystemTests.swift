import DescentCurvature
import Foundation
import Testing

@Suite struct SymmetricEigensystemTests {
  /// 2 on the diagonal and −1 beside it has the eigenvalues 2 − 2·cos(kπ/(n + 1)), k = 1 … n.
  @Test(arguments: [1, 2, 3, 10, 60])
  func `the second difference has its closed-form spectrum`(_ n: Int) {
    let system = SymmetricEigensystem(
      diagonal: [Double](repeating: 2, count: n), offDiagonal: [Double](repeating: -1, count: n - 1))
    for k in 1...n {
      #expect(abs(system.values[k - 1] - (2 - 2 * cos(Double(k) * .pi / Double(n + 1)))) < 1e-13)
    }
  }

  @Test func `eigenvectors of a tridiagonal matrix satisfy their equation`() {
    let diagonal = (0..<25).map { sin(Double($0)) * 3 }
    let beside = (0..<24).map { cos(2 * Double($0)) }
    let system = SymmetricEigensystem(diagonal: diagonal, offDiagonal: beside)
    for j in 0..<25 {
      let v = system.vector(j)
      #expect(abs(v.reduce(0) { $0 + $1 * $1 } - 1) < 1e-13)
      for i in 0..<25 {
        var row = diagonal[i] * v[i]
        if i > 0 { row += beside[i - 1] * v[i - 1] }
        if i < 24 { row += beside[i] * v[i + 1] }
        #expect(abs(row - system.values[j] * v[i]) < 1e-12)
      }
    }
  }

  /// The matrix min(i, j) has the eigenvalues 1/(4·sin²((2k − 1)π/(4n + 2))).
  @Test(arguments: [1, 2, 12])
  func `a full matrix has its closed-form spectrum`(_ n: Int) {
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n { for j in 0..<n { matrix[i * n + j] = Double(min(i, j) + 1) } }
    let system = SymmetricEigensystem(matrix: matrix)
    for k in 1...n {
      let s = sin(Double(2 * k - 1) * .pi / Double(4 * n + 2))
      let expected = 1 / (4 * s * s)
      #expect(abs(system.values[n - k] / expected - 1) < 1e-12)
    }
    for j in 0..<n {
      let v = system.vector(j)
      for i in 0..<n {
        let row = (0..<n).reduce(0) { $0 + matrix[i * n + $1] * v[$1] }
        #expect(abs(row - system.values[j] * v[i]) < 1e-11)
      }
    }
  }

  @Test func `a diagonal matrix with equal values is left alone`() {
    let system = SymmetricEigensystem(diagonal: [3, 1, 3, 0], offDiagonal: [0, 0, 0])
    #expect(system.values == [0, 1, 3, 3])
  }
}
