/// A sequence of random numbers that can be put to any position.
///
/// Two 64-bit numbers are taken from each ``Philox`` block, low half first. The state is the position alone, counted in
/// 64-bit draws; ``uniform()`` and ``normal()`` take one draw each, ``integer(below:)`` one and rarely more.
/// What each method returns for a seed is fixed by golden tests and does not change between versions.
public struct RandomSequence: Sendable, Hashable, Codable, RandomNumberGenerator {
  private let generator: Philox
  private var place: UInt64 = 0
  // The second half of the current block at odd positions, 0 at even ones: a function of the position.
  private var pending: UInt64 = 0

  /// The sequence of `seed` for the part `index` of a purpose, at position 0.
  public init(seed: UInt64, stream: RandomStream, index: UInt64 = 0) {
    generator = Philox(seed: seed, stream: stream.id(index))
  }

  /// 64-bit draws taken so far. Setting it moves there in constant time.
  public var position: UInt64 {
    get { place }
    set {
      place = newValue
      pending = newValue % 2 == 1 ? halves(of: newValue / 2).second : 0
    }
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    defer { place &+= 1 }
    if place % 2 == 1 {
      defer { pending = 0 }
      return pending
    }
    let (first, second) = halves(of: place / 2)
    pending = second
    return first
  }

  private func halves(of block: UInt64) -> (first: UInt64, second: UInt64) {
    let (a, b, c, d) = generator.block(block)
    return (UInt64(b) << 32 | UInt64(a), UInt64(d) << 32 | UInt64(c))
  }

  /// Uniform on 0 ≤ x < 1, a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Uniform on the range: lower + u·(upper − lower); rounding may reach the upper bound.
  public mutating func uniform(in range: Range<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }

  /// Normal with mean 0 and standard deviation 1, by inversion of one draw; |x| < 8.3.
  ///
  /// The draw's upper 52 bits k stand for the probability (k + ½)·2⁻⁵², which is exact and symmetric about ½.
  public mutating func normal() -> Double {
    normalQuantile((Double(next() >> 12) + 0.5) * 0x1p-52)
  }

  /// Uniform on 0 ..< `bound`, without bias.
  ///
  /// - Parameter bound: at least 1.
  /// - Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019), algorithm 5.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "integer(below:) needs a bound of at least 1")
    let width = UInt64(bound)
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      let threshold = (0 &- width) % width
      while product.low < threshold { product = next().multipliedFullWidth(by: width) }
    }
    return Int(product.high)
  }

  private enum CodingKeys: String, CodingKey {
    case seed
    case stream
    case position
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    generator = Philox(
      seed: try container.decode(UInt64.self, forKey: .seed),
      stream: try container.decode(UInt64.self, forKey: .stream))
    position = try container.decode(UInt64.self, forKey: .position)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(generator.seed, forKey: .seed)
    try container.encode(generator.stream, forKey: .stream)
    try container.encode(place, forKey: .position)
  }
}
