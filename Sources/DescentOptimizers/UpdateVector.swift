internal import CDescentKernels

/// A few neighbouring elements that a formula treats at once: what ``UpdateSlice/forEachTile(_:)`` is written in.
///
/// Reads like arithmetic on one number. A comparison gives a mask, and ``choose(_:_:_:)`` selects by it; there is no
/// branching by element.
public protocol UpdateVector: Sendable {
  associatedtype Scalar: UpdateScalar
  associatedtype Mask

  /// Elements of a vector.
  static var width: Int { get }

  /// The same value in every element.
  init(repeating value: Scalar)
  /// The elements from `base` on.
  init(loading base: UnsafePointer<Scalar>)
  /// Writes the elements from `base` on.
  func store(to base: UnsafeMutablePointer<Scalar>)

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
  static func + (a: Self, b: Scalar) -> Self
  static func * (a: Scalar, b: Self) -> Self

  /// √ of each element.
  func squareRoot() -> Self
  /// ∛ of each element, for elements ≥ 0; to a few units in the last place.
  func cubeRoot() -> Self
  /// |x| of each element.
  var magnitude: Self { get }
  /// x^y of each element, for x ≥ 0 and y > 0.
  func raised(to y: Scalar) -> Self

  static func > (a: Self, b: Self) -> Mask
  static func == (a: Self, b: Self) -> Mask
  /// `yes` where the mask is true, `no` elsewhere.
  static func choose(_ mask: Mask, _ yes: Self, _ no: Self) -> Self

  /// A running total in double precision, one for each place of the vector.
  associatedtype Total
  static var zeroTotal: Total { get }
  func add(to total: inout Total)
  /// The places of a total added up in order.
  static func sum(of total: Total) -> Double
}

extension UpdateVector {
  /// The larger of the two; a NaN in either is kept, as `torch.maximum` does.
  @inline(__always)
  public static func maximum(_ a: Self, _ b: Self) -> Self {
    let larger = choose(b > a, b, a)
    return choose(b == b, larger, b)
  }

  /// The smaller of the two; a NaN in either is kept.
  @inline(__always)
  public static func minimum(_ a: Self, _ b: Self) -> Self {
    let smaller = choose(a > b, b, a)
    return choose(b == b, smaller, b)
  }

  /// −1, 0 or 1; a NaN stays one.
  @inline(__always)
  public var sign: Self {
    let zero = Self(repeating: 0)
    let positive = Self.choose(self > zero, Self(repeating: 1), self)
    return Self.choose(zero > self, Self(repeating: -1), positive)
  }
}

/// Eight Floats.
public struct FloatVector: UpdateVector {
  @usableFromInline var v: SIMD8<Float>
  @inline(__always) @usableFromInline init(_ v: SIMD8<Float>) { self.v = v }

  public static var width: Int { 8 }
  @inline(__always) public init(repeating value: Float) { v = SIMD8(repeating: value) }
  @inline(__always) public init(loading base: UnsafePointer<Float>) {
    v = UnsafeRawPointer(base).loadUnaligned(as: SIMD8<Float>.self)
  }
  @inline(__always) public func store(to base: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(base).storeBytes(of: v, as: SIMD8<Float>.self)
  }
  @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inline(__always) public static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inline(__always) public static prefix func - (a: Self) -> Self { Self(-a.v) }
  @inline(__always) public static func + (a: Self, b: Float) -> Self { Self(a.v + SIMD8(repeating: b)) }
  @inline(__always) public static func * (a: Float, b: Self) -> Self { Self(SIMD8(repeating: a) * b.v) }
  @inline(__always) public func squareRoot() -> Self { Self(squareRoots(v)) }
  @inline(__always) public func cubeRoot() -> Self {
    // Three times the largest numbers would be infinite: the root of what is 2²⁴ times smaller is 2⁸ times smaller.
    let isLarge = v .> SIMD8(repeating: 1e37)
    let x = v.replacing(with: SIMD8(repeating: 0x1p-24) * v, where: isLarge)
    // x^(85/256) by square roots is within a tenth of the root; each of Halley's steps triples the digits.
    var r = squareRoots(squareRoots(x))
    r *= squareRoots(squareRoots(r))
    r *= squareRoots(squareRoots(squareRoots(squareRoots(r))))
    for _ in 0..<2 {
      let cube = r * r * r
      r *= (cube + (x + x)) / (cube + cube + x)
    }
    r.replace(with: SIMD8(repeating: 256) * r, where: isLarge)
    // Zero, infinity and NaN are their own roots.
    let finite = Self.choose(v .> SIMD8(repeating: .greatestFiniteMagnitude), self, Self(r))
    return Self.choose(v .> SIMD8(repeating: 0), finite, self)
  }
  @inline(__always) public var magnitude: Self {
    let bits = unsafeBitCast(v, to: SIMD8<UInt32>.self) & SIMD8(repeating: 0x7fff_ffff)
    return Self(unsafeBitCast(bits, to: SIMD8<Float>.self))
  }
  @inline(__always) public static func > (a: Self, b: Self) -> SIMDMask<SIMD8<Int32>> { a.v .> b.v }
  @inline(__always) public static func == (a: Self, b: Self) -> SIMDMask<SIMD8<Int32>> { a.v .== b.v }
  @inline(__always) public static func choose(_ mask: SIMDMask<SIMD8<Int32>>, _ yes: Self, _ no: Self) -> Self {
    Self(no.v.replacing(with: yes.v, where: mask))
  }

  /// Two halves, so that each fits the registers.
  public struct Total {
    @usableFromInline var low = SIMD4<Double>.zero
    @usableFromInline var high = SIMD4<Double>.zero
  }
  @inline(__always) public static var zeroTotal: Total { Total() }
  @inline(__always) public func add(to total: inout Total) {
    let (a, b) = (v.lowHalf, v.highHalf)
    total.low += SIMD4(Double(a[0]), Double(a[1]), Double(a[2]), Double(a[3]))
    total.high += SIMD4(Double(b[0]), Double(b[1]), Double(b[2]), Double(b[3]))
  }
  public static func sum(of total: Total) -> Double {
    let x = total.low + total.high
    return x[0] + x[1] + x[2] + x[3]
  }
}

@inline(__always)
private func squareRoots(_ x: SIMD8<Float>) -> SIMD8<Float> {
  SIMD8(lowHalf: dk_square_roots(x.lowHalf), highHalf: dk_square_roots(x.highHalf))
}

/// One Double: formulas in double precision are run element by element.
public struct DoubleVector: UpdateVector {
  @usableFromInline var v: Double
  @inline(__always) @usableFromInline init(_ v: Double) { self.v = v }

  public static var width: Int { 1 }
  @inline(__always) public init(repeating value: Double) { v = value }
  @inline(__always) public init(loading base: UnsafePointer<Double>) { v = base.pointee }
  @inline(__always) public func store(to base: UnsafeMutablePointer<Double>) { base.pointee = v }
  @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inline(__always) public static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inline(__always) public static prefix func - (a: Self) -> Self { Self(-a.v) }
  @inline(__always) public static func + (a: Self, b: Double) -> Self { Self(a.v + b) }
  @inline(__always) public static func * (a: Double, b: Self) -> Self { Self(a * b.v) }
  @inline(__always) public func squareRoot() -> Self { Self(v.squareRoot()) }
  @inline(__always) public func cubeRoot() -> Self { Self(DescentOptimizers.cubeRoot(v)) }
  @inline(__always) public var magnitude: Self { Self(abs(v)) }
  @inline(__always) public static func > (a: Self, b: Self) -> Bool { a.v > b.v }
  @inline(__always) public static func == (a: Self, b: Self) -> Bool { a.v == b.v }
  @inline(__always) public static func choose(_ mask: Bool, _ yes: Self, _ no: Self) -> Self { mask ? yes : no }
  @inline(__always) public static var zeroTotal: Double { 0 }
  @inline(__always) public func add(to total: inout Double) { total += v }
  @inline(__always) public static func sum(of total: Double) -> Double { total }
}
