/// Philox4x32-10: a counter-based generator, a pure function from (seed, stream, index) to 128 random bits.
///
/// Nothing is carried from one block to the next, so any block of any stream can be had at once and in any order:
/// resume is one number, and concurrent runs need no coordination. Distinct (seed, stream, index) triples give
/// independent blocks.
///
/// The counter's words, low to high, are the index (two) and the stream (two); the key's words are the seed.
///
/// - Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011), section 3.3.
///   The known-answer vectors of their library Random123 hold. NumPy's `Philox` is the 64-bit variant 4x64.
public struct Philox: Sendable, Hashable {
  public let seed: UInt64
  public let stream: UInt64

  public init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
  }

  /// The four random words of block `index`.
  public func block(_ index: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1) = (low(index), high(index))
    var (c2, c3) = (low(stream), high(stream))
    var (k0, k1) = (low(seed), high(seed))
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) &* UInt64(c0)
      let second = UInt64(0xCD9E_8D57) &* UInt64(c2)
      (c0, c1, c2, c3) = (high(second) ^ c1 ^ k0, low(second), high(first) ^ c3 ^ k1, low(first))
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }
}

@inline(always) private func low(_ x: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: x) }
@inline(always) private func high(_ x: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: x >> 32) }
