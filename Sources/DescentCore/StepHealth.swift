/// What a trainee measures of a step now and then, because every step would cost too much.
///
/// Taken between a step's gradient g and its update. "The update before" is what the last step did to the parameters, Δθ.
/// Of large models both figures of it may be estimates from a sample of the parameters.
public struct StepHealth: Sendable, Hashable {
  /// ‖Δθ‖ of the update before.
  public var updateNorm: Double?
  /// g·Δθ: this step's gradient along the update before. Below 0 the loss still falls that way; above 0 the update went
  /// past the bottom.
  public var updateDot: Double?
  /// ‖g‖ of the weights nearest the input.
  public var firstGradientNorm: Double?
  /// ‖g‖ of the weights nearest the output.
  public var lastGradientNorm: Double?
  /// Of the hidden layer where it is largest, the share of units whose bias had a gradient of exactly 0 on this batch and
  /// on the four measured before it, 0…1.
  public var silentUnits: Double?

  public init(
    updateNorm: Double? = nil, updateDot: Double? = nil, firstGradientNorm: Double? = nil,
    lastGradientNorm: Double? = nil, silentUnits: Double? = nil
  ) {
    self.updateNorm = updateNorm
    self.updateDot = updateDot
    self.firstGradientNorm = firstGradientNorm
    self.lastGradientNorm = lastGradientNorm
    self.silentUnits = silentUnits
  }

  /// The measurements by the names that a run's rows have them under.
  public var values: [(name: String, value: Double)] {
    [
      ("updateNorm", updateNorm), ("updateDot", updateDot), ("gradNormFirst", firstGradientNorm),
      ("gradNormLast", lastGradientNorm), ("silentUnits", silentUnits),
    ].compactMap { name, value in value.map { (name, $0) } }
  }
}
