import CDescentKernels
import Testing

/// Products in bfloat16, every way this processor has, against sums in double precision.
@Suite struct BFloat16ProductTests {
  static let ways = [DK_BF16_PORTABLE, DK_BF16_AVX2, DK_BF16_AVX512, DK_BF16_DOT].filter { dk_bf16_supports($0) == 1 }
  static let side = Int(DK_BF16_SIDE)

  /// The bfloat16 next to x, halves to even, by counting in units of the last place.
  static func rounded(_ x: Float) -> UInt16 {
    guard x.isFinite else { return UInt16(x.bitPattern >> 16) }
    let below = Float(bitPattern: x.bitPattern & 0xffff_0000)
    let above = Float(bitPattern: (x.bitPattern & 0xffff_0000) &+ 0x1_0000)
    let (low, high) = (abs(Double(x) - Double(below)), abs(Double(above) - Double(x)))
    let isEven = (below.bitPattern >> 16) % 2 == 0
    return UInt16((low < high || low == high && isEven ? below : above).bitPattern >> 16)
  }

  static func value(_ x: UInt16) -> Double { Double(Float(bitPattern: UInt32(x) << 16)) }

  static func noise(_ count: Int, seed: UInt64) -> [UInt16] { KernelTests.noise(count, seed: seed).map(rounded) }

  @Test(arguments: [1, 7, 16, 100])
  func `rounding goes to the nearest, halves to even`(_ count: Int) {
    var x = KernelTests.noise(count, seed: 5)
    // Halfway cases, and numbers of every size.
    for i in x.indices where i % 3 == 0 { x[i] = Float(bitPattern: (x[i].bitPattern & 0xffff_0000) | 0x8000) }
    for i in x.indices where i % 4 == 1 { x[i] *= 1e30 }
    let special: [Float] = [.infinity, -.infinity, 0, -0.0, 0x1p-130]
    for (i, value) in special.enumerated() where 10 * i + 2 < count { x[10 * i + 2] = value }
    for path in TrajectoryParityTests.supportedPaths {
      var out = [UInt16](repeating: 7, count: count + 1)
      dk_bf16_round(path, x, count, 1, &out)
      #expect(out == x.map(Self.rounded) + [7])
      dk_bf16_round(path, x, count, 0.5, &out)
      #expect(out == x.map { Self.rounded(0.5 * $0) } + [7])
      var back = [Float](repeating: 0, count: count)
      dk_bf16_widen(path, out, count, &back)
      #expect(back.map { Double($0) } == out.dropLast().map(Self.value))
      var nan: [Float] = [.nan, Float(bitPattern: 0x7fff_ffff), Float(bitPattern: 0xff80_0001)]
      dk_bf16_round(path, nan, 3, 1, &out)
      dk_bf16_widen(path, out, 3, &nan)
      #expect(nan.count(where: \.isNaN) == 3)
    }
  }

  @Test(arguments: [(1, 1, 1), (5, 2, 1), (13, 1, 3), (64, 2, 2), (37, 3, 4)], [false, true])
  func `every way multiplies as the sums in double precision do`(
    _ shape: (rows: Int, panels: Int, innerPanels: Int), _ transposed: Bool
  ) {
    let (rows, columns, inner) = (shape.rows, shape.panels * Self.side, shape.innerPanels * Self.side)
    let (a, b) = (Self.noise(rows * inner, seed: 1), Self.noise(inner * columns, seed: 2))
    let addend = Self.noise(rows * columns, seed: 3)
    var packed = [UInt32](repeating: 0, count: columns * inner / 2)
    for panel in 0..<shape.panels {
      packed.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        dk_bf16_pack(
          transposed ? 1 : 0, b, transposed ? inner : columns, inner, panel, base + panel * Self.side * inner / 2)
      }
    }
    for (alpha, beta) in [(Float(0), Float(1)), (-1.5, 0.25)] {
      for way in Self.ways {
        let found = Self.product(
          way, a, packed, addend: alpha == 0 ? nil : addend, rows, columns, inner, alpha, beta, first: 0,
          panels: Array(0..<shape.panels))
        for i in 0..<rows {
          for j in 0..<columns {
            var (sum, size) = (0.0, 0.0)
            for q in 0..<inner {
              let term = Self.value(a[i * inner + q]) * Self.value(transposed ? b[j * inner + q] : b[q * columns + j])
              sum += term
              size += abs(term)
            }
            let exact = Double(alpha) * Self.value(addend[i * columns + j]) + Double(beta) * sum
            // Half a unit in the last place of the result, and the rounding of a sum in single precision.
            let slack = 0x1p-8 * abs(exact) + 0x1p-20 * (abs(Double(beta)) * size + abs(exact))
            #expect(abs(Self.value(found[i * columns + j]) - exact) <= slack, "way \(way.rawValue), \(i), \(j)")
          }
        }
        // Panel by panel from the last, and from a row on, no bit is another, and no other row is written.
        let parts = Self.product(
          way, a, packed, addend: alpha == 0 ? nil : addend, rows, columns, inner, alpha, beta, first: rows / 2,
          panels: (0..<shape.panels).reversed())
        #expect(parts.dropFirst(rows / 2 * columns) == found.dropFirst(rows / 2 * columns))
        #expect(parts.prefix(rows / 2 * columns).allSatisfy { $0 == 9 })
      }
    }
  }

  private static func product(
    _ way: dk_bf16_path, _ a: [UInt16], _ packed: [UInt32], addend: [UInt16]?, _ rows: Int, _ columns: Int,
    _ inner: Int,
    _ alpha: Float, _ beta: Float, first: Int, panels: [Int]
  ) -> [UInt16] {
    var out = [UInt16](repeating: 9, count: rows * columns)
    a.withUnsafeBufferPointer { a in
      packed.withUnsafeBufferPointer { packed in
        (addend ?? []).withUnsafeBufferPointer { added in
          out.withUnsafeMutableBufferPointer { out in
            guard let source = packed.baseAddress else { return }
            var product = dk_bf16_product(
              a: a.baseAddress, addend: addend == nil ? nil : added.baseAddress, out: out.baseAddress, stride_a: inner,
              stride: columns, rows: rows, inner: inner, alpha: alpha, beta: beta)
            for panel in panels { dk_bf16_multiply(way, &product, source + panel * side * inner / 2, panel, first) }
          }
        }
      }
    }
    return out
  }

  @Test(arguments: [(8, 8), (40, 16), (32, 72)])
  func `transposing moves every element`(_ rows: Int, _ columns: Int) {
    let a = (0..<(rows * columns)).map { UInt16($0) }
    var out = [UInt16](repeating: 0, count: rows * columns)
    dk_bf16_transpose(a, columns, rows, columns, &out, rows)
    for i in 0..<rows { for j in 0..<columns { #expect(out[j * rows + i] == a[i * columns + j]) } }
  }
}
