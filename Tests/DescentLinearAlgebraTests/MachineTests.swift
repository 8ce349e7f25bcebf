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
    (131, 3, 4),
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

  @Test(arguments: [DK_PORTABLE, DK_AVX2, DK_AVX512])
  func `products split over rows give the same bits as whole ones`(path: dk_path) {
    guard dk_supports(path) == 1 else { return }
    // Few columns and a long sum: whole, this shape takes a path of its own.
    let (m, n, k) = (60, 7, 1500)
    let a = (0..<(m * k)).map { Float(($0 * 37) % 101) / 101 - 0.5 }
    let b = (0..<(k * n)).map { Float(($0 * 53) % 97) / 97 - 0.5 }
    var whole = [Float](repeating: .nan, count: m * n)
    dk_gemm_f32(path, 1, 0, m, n, k, a, m, b, n, &whole, n, 0)
    var split = [Float](repeating: .nan, count: m * n)
    a.withUnsafeBufferPointer { a in
      split.withUnsafeMutableBufferPointer { c in
        guard let a = a.baseAddress, let c = c.baseAddress else { return }
        for (begin, rows) in [(0, 24), (24, 36)] {
          dk_gemm_f32(path, 1, 0, rows, n, k, a + begin, m, b, n, c + begin * n, n, 0)
        }
      }
    }
    #expect(split == whole)
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
