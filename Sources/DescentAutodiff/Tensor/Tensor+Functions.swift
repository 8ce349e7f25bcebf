extension Tensor {
  /// eˣ of each element.
  public func exp() -> Tensor { .elementwise(.exp, [self]) }
  /// The natural logarithm of each element.
  public func log() -> Tensor { .elementwise(.log, [self]) }
  /// The hyperbolic tangent of each element.
  public func tanh() -> Tensor { .elementwise(.tanh, [self]) }
  /// 1/(1 + e⁻ˣ) of each element.
  public func sigmoid() -> Tensor { .elementwise(.sigmoid, [self]) }
  /// max(x, 0) of each element; its derivative at 0 is 0.
  public func relu() -> Tensor { .elementwise(.relu, [self]) }
  /// The error function of each element.
  public func erf() -> Tensor { .elementwise(.erf, [self]) }
  /// The sine of each element.
  public func sin() -> Tensor { .elementwise(.sin, [self]) }
  /// The cosine of each element.
  public func cos() -> Tensor { .elementwise(.cos, [self]) }

  /// Which formula of the Gaussian error linear unit.
  public enum GELU: Sendable, Hashable {
    /// x·Φ(x) = x·(1 + erf(x/√2))/2; PyTorch's default.
    case exact
    /// x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2; JAX's default.
    case tanhApproximation
  }

  /// The Gaussian error linear unit of each element.
  ///
  /// - Source: Hendrycks & Gimpel 2016 (arXiv:1606.08415).
  public func gelu(_ form: GELU = .exact) -> Tensor {
    switch form {
    case .exact:
      return 0.5 * self * (1 + (self * 0.7071067811865476).erf())
    case .tanhApproximation:
      return .elementwise(.geluTanh, [self])
    }
  }
}
