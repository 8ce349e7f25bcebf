extension FloatVector {
  /// x^y for x ≥ 0 to about 10⁻⁶ of it: 2^(y·log₂ x), both by polynomials. 0 below the smallest normal number.
  @inline(__always)
  public func raised(to y: Float) -> FloatVector {
    let bits = unsafeBitCast(v, to: SIMD8<Int32>.self)
    // x = m·2ᵉ with m in [√½, √2).
    let shifted = bits &- SIMD8(repeating: 0x3f35_04f3)
    let exponent = shifted &>> SIMD8(repeating: 23)
    let m = unsafeBitCast(bits &- (exponent &<< SIMD8(repeating: 23)), to: SIMD8<Float>.self)
    let one = SIMD8<Float>(repeating: 1)
    let t = (m - one) / (m + one)
    let t2 = t * t
    // log₂ m = 2/ln 2·(t + t³/3 + t⁵/5 + …), with |t| < 0.172.
    let series = one + t2 * (0.333_333_34 + t2 * (0.2 + t2 * (0.142_857_15 + t2 * 0.111_111_11)))
    let power = y * (SIMD8<Float>(exponent) + 2.885_390_1 * t * series)
    let whole = power.rounded(.toNearestOrEven)
    let z = (power - whole) * 0.693_147_2
    let tail = 0.166_666_67 + z * (0.041_666_668 + z * (0.008_333_334 + z * 0.001_388_889))
    let fraction = one + z * (one + z * (0.5 + z * tail))
    let bounded = SIMD8<Int32>(whole.clamped(lowerBound: SIMD8(repeating: -126), upperBound: SIMD8(repeating: 127)))
    let scale = unsafeBitCast((bounded &+ SIMD8(repeating: 127)) &<< SIMD8(repeating: 23), to: SIMD8<Float>.self)
    let small = v .< SIMD8(repeating: Float.leastNormalMagnitude)
    let result = (fraction * scale).replacing(with: 0, where: small)
    // What is no number, or none that is finite, stays.
    return FloatVector(result.replacing(with: v, where: .!(v .< SIMD8(repeating: Float.infinity))))
  }
}

extension DoubleVector {
  /// x^y for x ≥ 0.
  @inline(__always)
  public func raised(to y: Double) -> DoubleVector { DoubleVector(v == 0 ? 0 : power(v, y)) }
}
