/// Sharpness-aware minimisation: the gradient is taken where the loss is worst nearby.
///
/// ```
/// e = ρ·g/‖g‖            adaptive:  e = ρ·w²·g/‖w·g‖
/// the inner rule steps from w with the gradient at w + e
/// ```
/// Sources: Foret et al., arXiv 2010.01412, eq. 2; adaptive: Kwon et al. (ASAM), arXiv 2102.11600, without their η. One
/// more gradient per step, on the same batch. The norm is over the whole vector, with 10⁻¹² added.
public struct SAM: WrapperRule {
  public var inner: OptimizerSpec
  /// ρ ≥ 0, in parameter units (default 0.05); about 2 for `adaptive`.
  public var rho = 0.05
  /// Measures the neighbourhood relative to each parameter's size.
  public var adaptive = false

  public init(_ inner: OptimizerSpec = OptimizerSpec(SGD()), rho: Double = 0.05, adaptive: Bool = false) {
    self.inner = inner
    self.rho = rho
    self.adaptive = adaptive
  }

  public static let settings: [Setting<SAM>] = [
    .number("rho", \.rho, .nonNegative),
    .flag("adaptive", \.adaptive),
  ]
  public var name: String { "sam" }
  public var needs: StepNeeds { .evaluation }
  public var scratchVectors: Int { 2 }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let adaptive = self.adaptive
    let norm = step.sum { tile in
      var sum = VectorSum<S>()
      for i in tile {
        let x = adaptive ? tile.parameters[i] * tile.gradient[i] : tile.gradient[i]
        sum.add(x * x, at: i)
      }
      return sum.value
    }.squareRoot()
    let scale = S(rho / (norm + 1e-12))
    let (point, gradient) = (step.scratch(0), step.scratch(1))
    let (w, g) = (VectorArray(step.parameters), VectorArray(UnsafeMutablePointer(mutating: step.gradient)))
    for i in VectorPlaces<S>(0..<step.count) {
      point[i] = w[i] + scale * (adaptive ? w[i] * w[i] * g[i] : g[i])
    }
    _ = try step.gradient(at: point, into: gradient)
    try step.runInner(gradient: UnsafePointer(gradient.base))
  }
}
