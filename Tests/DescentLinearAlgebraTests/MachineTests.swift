import CDescentKernels
import COneDNN
import DescentLinearAlgebra
import Testing

/// A product by the definition, in double.
private func reference(
  _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: [Float], _ b: [Float]
) -> [Double] {
  var c = [Double](repeating: 0, count: m * n)
  for i in 0..<m {
    for j in 0..<n {
      var sum = 0.0
      for p in 0..<k {
        sum += Double(a[transposeA ? p * m + i : i * k + p]) * Double(b[transposeB ? j * k + p : p * n + j])
      }
      c[i * n + j] = sum
    }
  }
  return c
}

private func worstDifference(_ a: [Float], _ b: [Double]) -> Double {
  zip(a, b).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? 0
}

@Suite struct MachineTests {
  private static let shapes = [
    (1, 1, 1), (8, 48, 16), (16, 50, 20), (7, 10, 33), (13, 49, 5), (65, 40, 3), (3, 17, 600), (9, 5, 530), (70, 10, 9),
    (131, 3, 4), (47, 37, 600), (25, 210, 515),
  ]

  @Test(arguments: shapes, [DK_PORTABLE, DK_AVX2, DK_AVX512])
  func `own products agree with the definition for every shape, transpose and instruction set`(
    shape: (Int, Int, Int), path: dk_path
  ) {
    guard dk_supports(path) == 1 else { return }
    let (m, n, k) = shape
    let a = (0..<(m * k)).map { Float(($0 * 37) % 101) / 101 - 0.5 }
    let b = (0..<(k * n)).map { Float(($0 * 53) % 97) / 97 - 0.5 }
    for transposeA in [false, true] {
      for transposeB in [false, true] {
        let expected = reference(transposeA, transposeB, m, n, k, a, b)
        var c = [Float](repeating: .nan, count: m * n)
        let (lda, ldb) = (transposeA ? m : k, transposeB ? k : n)
        dk_gemm_f32(path, transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, lda, b, ldb, &c, n, 0)
        #expect(worstDifference(c, expected) < 2e-5)
        dk_gemm_f32(path, transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, lda, b, ldb, &c, n, 1)
        #expect(worstDifference(c, expected.map { 2 * $0 }) < 4e-5)
        var d = [Double](repeating: .nan, count: m * n)
        dk_gemm_f64(
          path, transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a.map(Double.init), lda, b.map(Double.init), ldb, &d,
          n, 0)
        #expect(zip(d, expected).allSatisfy { abs($0 - $1) < 1e-12 })
      }
    }
  }

  @Test(arguments: paths, [(60, 7, 1500), (90, 37, 700), (41, 230, 600)])
  func `products split over rows or columns give the same bits as whole ones`(path: dk_path, shape: (Int, Int, Int)) {
    // Few columns and a long sum take a path of their own when whole; the parts are too small to be packed.
    let (m, n, k) = shape
    let a = (0..<(m * k)).map { Float(($0 * 37) % 101) / 101 - 0.5 }
    let b = (0..<(k * n)).map { Float(($0 * 53) % 97) / 97 - 0.5 }
    for (transposeA, transposeB) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let (lda, ldb) = (transposeA == 1 ? m : k, transposeB == 1 ? k : n)
      var whole = [Float](repeating: .nan, count: m * n)
      dk_gemm_f32(path, Int32(transposeA), Int32(transposeB), m, n, k, a, lda, b, ldb, &whole, n, 0)
      var (overRows, overColumns) = (whole.map { _ in Float.nan }, whole.map { _ in Float.nan })
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          overRows.withUnsafeMutableBufferPointer { c in
            guard let c = c.baseAddress else { return }
            for (begin, rows) in [(0, 24), (24, 5), (29, m - 29)] {
              dk_gemm_f32(
                path, Int32(transposeA), Int32(transposeB), rows, n, k, a + begin * (transposeA == 1 ? 1 : k), lda, b,
                ldb, c + begin * n, n, 0)
            }
          }
          overColumns.withUnsafeMutableBufferPointer { c in
            guard let c = c.baseAddress else { return }
            for (begin, columns) in [(0, 1), (1, 4), (5, n - 5)] {
              dk_gemm_f32(
                path, Int32(transposeA), Int32(transposeB), m, columns, k, a, lda,
                b + begin * (transposeB == 1 ? k : 1), ldb, c + begin, n, 0)
            }
          }
        }
      }
      let agree = overRows == whole && overColumns == whole
      #expect(agree)
    }
  }

  @Test func `the library's products agree with the definition`() {
    let (m, n, k) = (9, 21, 40)
    let a = (0..<(m * k)).map { Float(($0 * 37) % 101) / 101 - 0.5 }
    let b = (0..<(k * n)).map { Float(($0 * 53) % 97) / 97 - 0.5 }
    var c = [Float](repeating: .nan, count: m * n)
    #expect(onednn_product(1, 1, m, n, k, a, m, b, k, &c, n) == 1)
    #expect(worstDifference(c, reference(true, true, m, n, k, a, b)) < 2e-5)
    #expect(Machine.libraryVersion.split(separator: ".").count == 3)
  }

  @Test func `a pool runs every part once and can be used again and again`() {
    let machine = Machine(threads: 3)
    #expect(machine.threads == 3)
    var counts = [Int32](repeating: 0, count: 3)
    counts.withUnsafeMutableBufferPointer { buffer in
      for _ in 0..<2000 {
        dk_pool_run(
          machine.threadPool, 3, { context, part in context?.assumingMemoryBound(to: Int32.self)[Int(part)] += 1 },
          buffer.baseAddress)
      }
    }
    #expect(counts == [2000, 2000, 2000])
  }
}
