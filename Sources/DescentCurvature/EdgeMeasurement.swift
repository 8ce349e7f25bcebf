/// Sharpness against the update rule's threshold at one step.
public struct EdgeMeasurement: Sendable, Hashable, Codable {
  /// The step about to be made, from 0.
  public var step: Int
  /// Loss over all rows.
  public var loss: Double
  /// η of the step.
  public var learningRate: Double
  /// λ₁ … λ_k of H, or of P⁻¹·H for a rule that rescales.
  public var eigenvalues: [Double]
  /// The largest eigenvalue that the rule is stable under at this rate; infinite for rules that have none.
  public var threshold: Double
  /// Hessian products spent.
  public var products: Int
  /// Whether the eigenvalues met the tolerance.
  public var converged: Bool
  /// What to beware of, as sentences.
  public var warnings: [String]

  public init(
    step: Int, loss: Double, learningRate: Double, eigenvalues: [Double], threshold: Double, products: Int = 0,
    converged: Bool = true, warnings: [String] = []
  ) {
    self.step = step
    self.loss = loss
    self.learningRate = learningRate
    self.eigenvalues = eigenvalues
    self.threshold = threshold
    self.products = products
    self.converged = converged
    self.warnings = warnings
  }

  /// λ₁; not a number where there is none.
  public var sharpness: Double { eigenvalues.first ?? .nan }

  /// ρ = λ₁/threshold: 1 at the edge of stability.
  public var ratio: Double { sharpness / threshold }
}
