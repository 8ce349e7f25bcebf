import CDescentKernels
import Testing

/// Every processor path against the plain loop, at lengths that leave a remainder.
@Suite struct VectorKernelTests {
  private static let paths = [DK_PORTABLE, DK_AVX2, DK_AVX512].filter { dk_supports($0) == 1 }
  private static let counts = [0, 1, 15, 16, 17, 1000]

  private func vector(_ count: Int, _ phase: Int) -> [Double] {
    (0..<count).map { Double(($0 * 7919 + phase) % 256 - 128) / 64 }
  }

  @Test func `in double precision`() {
    for path in Self.paths {
      for count in Self.counts {
        let (a, b) = (vector(count, 3), vector(count, 101))
        // The values are short binary fractions: every order of addition gives the same sum.
        #expect(dk_dot_f64(path, Int64(count), a, b) == zip(a, b).reduce(0) { $0 + $1.0 * $1.1 })
        var y = b
        dk_add_scaled_f64(path, Int64(count), 0.5, a, &y)
        #expect(y == zip(a, b).map { 0.5 * $0 + $1 })
        dk_scale_f64(path, Int64(count), -2, a, &y)
        #expect(y == a.map { -2 * $0 })
        dk_multiply_f64(path, Int64(count), a, b, &y)
        #expect(y == zip(a, b).map { $0 * $1 })
      }
    }
  }

  @Test func `in single precision, with sums in double`() {
    for path in Self.paths {
      for count in Self.counts {
        let (a, b) = (vector(count, 3).map { Float($0) }, vector(count, 101).map { Float($0) })
        #expect(dk_dot_f32(path, Int64(count), a, b) == zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) })
        var y = b
        dk_add_scaled_f32(path, Int64(count), 0.5, a, &y)
        #expect(y == zip(a, b).map { 0.5 * $0 + $1 })
        dk_scale_f32(path, Int64(count), -2, a, &y)
        #expect(y == a.map { -2 * $0 })
        dk_multiply_f32(path, Int64(count), a, b, &y)
        #expect(y == zip(a, b).map { $0 * $1 })
      }
    }
    // Small parts beside large ones are not lost: single precision would give 0.
    let large: [Float] = [1e4, 1, -1e4]
    #expect(dk_dot_f32(DK_PORTABLE, 3, large, [1e4, 1, 1e4]) == 1)
  }
}
