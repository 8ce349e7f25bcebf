/// A decay whose progress is bent to pᵏ (Zhang & Li 2020, arXiv:2004.05909; timm's `k_decay`).
struct KCosine: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double
  var k: Double

  /// to + (from − to)·(1 + cos πpᵏ)/2, p = u/L.
  @inline(__always) func value(_ u: Double) -> Double {
    let weight = (1 + cosine(.pi * usualPower(u / length, k))) / 2
    return from * weight + to * (1 - weight)
  }

  /// By quadrature: a Fresnel integral.
  func integral(to u: Double) -> Double { quadrature(0, u, value) }
}

/// The polynomial with bent progress.
struct KPolynomial: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double
  var exponent: Double
  var k: Double

  /// to + (from − to)·(1 − pᵏ)^exponent, p = u/L.
  @inline(__always) func value(_ u: Double) -> Double {
    let weight = quickPower(max(1 - quickPower(u / length, k), 0), exponent)
    return from * weight + to * (1 - weight)
  }

  /// By quadrature: an incomplete beta function.
  func integral(to u: Double) -> Double { quadrature(0, u, value) }
}
