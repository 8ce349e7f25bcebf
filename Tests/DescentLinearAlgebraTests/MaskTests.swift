import CDescentKernels
import DescentRandom
import Testing

/// Seed and stream as the kernels take them: four words, low halves first.
private func words(_ seed: UInt64, _ stream: UInt64) -> [Int32] {
  [seed, seed >> 32, stream, stream >> 32].map { Int32(truncatingIfNeeded: $0) }
}

private func mask<Element: ArrayElement>(
  _ type: Element.Type, _ path: dk_path, _ state: [Int32], layer: UInt32, keep: Double, count: Int, cuts: [Int] = []
) -> [Element] {
  var result = [Element](repeating: -7, count: count + 5)
  inParts(of: (count + 3) / 4, cuts: cuts) {
    Element.mask(path, state, layer, keep, $0, $1, Int64(count), &result)
  }
  return result
}

@Suite struct MaskTests {
  private func agrees<Element: ArrayElement>(_ type: Element.Type, seed: Int) {
    var lottery = Lottery(seed)
    func number() -> UInt64 { UInt64(lottery.next(0...0x7FFF_FFFF)) << 33 | UInt64(lottery.next(0...0x7FFF_FFFF)) }
    let (key, stream) = (number(), number())
    let layer = UInt32(lottery.next(of: [0, 1, 77, Int(Int32.max), Int(UInt32.max)]))
    let count = lottery.next(of: [0, 1, 3, 4, 5, 63, 64, 65, 130, 517])
    let blocks = (count + 3) / 4
    let philox = Philox(seed: key, stream: stream)
    let drawn = (0..<UInt64(blocks)).flatMap { block in
      let (a, b, c, d) = philox.block(UInt64(layer) << 32 + block)
      return [a, b, c, d]
    }
    // Where the probability is a word's own the element goes, just above that it stays.
    let word = Double(drawn.isEmpty ? 1 : drawn[lottery.next(0...(drawn.count - 1))])
    let keep = [0.1, 0.5, 0.75, 0.9, word * 0x1p-32, (word + 1) * 0x1p-32][lottery.next(0...5)]
    let threshold = UInt64(keep * 0x1p32)
    let expected = drawn.prefix(count).map { UInt64($0) < threshold ? Element(1 / keep) : 0 }
    // Nothing is written beyond the end.
    let whole = expected + [Element](repeating: -7, count: 5)
    let cuts = (0..<3).map { _ in lottery.next(0...blocks) }
    for path in paths {
      for cuts in [[], cuts] {
        let found = mask(type, path, words(key, stream), layer: layer, keep: keep, count: count, cuts: cuts)
        #expect(found == whole, "\(count) elements, layer \(layer), keep \(keep)")
      }
    }
  }

  @Test(arguments: 0..<60)
  func `each element is decided by its word of Philox, divided anyhow`(seed: Int) {
    agrees(Float.self, seed: seed)
    agrees(Double.self, seed: seed)
  }

  @Test func `all is kept with probability 1`() {
    for path in paths {
      let found = mask(Float.self, path, words(3, 4), layer: 5, keep: 1, count: 4001)
      #expect(found.dropLast(5).allSatisfy { $0 == 1 })
    }
  }

  @Test(arguments: [0.05, 0.5, 0.9])
  func `the share of what is kept is the probability, within four standard deviations`(keep: Double) {
    let count = 40_000
    for layer: UInt32 in 0..<4 {
      let found = mask(Float.self, dk_best_path(), words(1, 2), layer: layer, keep: keep, count: count)
      let share = Double(found.dropLast(5).count { $0 > 0 }) / Double(count)
      #expect(abs(share - keep) < 4 * (keep * (1 - keep) / Double(count)).squareRoot(), "layer \(layer)")
    }
  }
}
