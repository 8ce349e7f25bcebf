/// A bound on how large a gradient may be.
///
/// Applied to the whole gradient, groups and all, before the update rule sees it.
public enum GradientClipping: Sendable, Hashable, Codable {
  /// The gradient is multiplied by min(1, c/(‖g‖₂ + 10⁻⁶)); c > 0, in gradient units.
  ///
  /// Source: Pascanu, Mikolov and Bengio, ICML 2013 (arXiv 1211.5063), in the form of
  /// `torch.nn.utils.clip_grad_norm_`, which puts the 10⁻⁶ there. A norm that is not a number makes the whole gradient so,
  /// and an infinite one makes its finite elements 0, as there.
  case norm(Double)

  /// Every element is brought into −v … v; v > 0, in gradient units. As `torch.nn.utils.clip_grad_value_`: a NaN stays.
  case value(Double)

  /// What multiplies the norm.
  ///
  /// - Parameters:
  ///   - norm: of the gradient before clipping.
  ///   - bounded: of the gradient with every element within the limit.
  func factor(norm: Double, bounded: Double) -> Double {
    switch self {
    case .norm(let largest):
      let factor = largest / (norm + 1e-6)
      return factor >= 1 ? 1 : factor
    case .value: return norm == bounded ? 1 : bounded / norm
    }
  }
}

/// What a gradient goes through, element by element, on its way to the rule: g ↦ min(max(factor·g, −limit), limit).
public struct GradientTreatment: Sendable, Hashable {
  public var factor = 1.0
  /// Infinite: none.
  public var limit = Double.infinity

  /// True if every gradient stays as it is.
  var isIdentity: Bool { factor == 1 && limit == .infinity }

  /// The gradient as the rule sees it; a NaN stays one.
  @inline(__always)
  public func callAsFunction<Scalar: UpdateScalar>(_ gradient: Scalar) -> Scalar {
    let scaled = Scalar(factor) * gradient
    let bound = Scalar(limit)
    return scaled > bound ? bound : scaled < -bound ? -bound : scaled
  }
}
