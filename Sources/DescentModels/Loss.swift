public import DescentAutodiff
internal import DescentSpecs

/// What training minimises: the mean over the rows of a batch.
public enum Loss: String, Sendable, Hashable, Codable, CaseIterable {
  /// −log softmax(outputs)[label] per row.
  case crossEntropy = "cross-entropy"
  /// ½·Σ (output − target)² per row; classes are compared with their one-hot rows.
  ///
  /// Half of the sum, as in the literature on sharpness (Cohen et al. 2021), so that for one output the Hessian of the
  /// loss at the optimum is the mean of JᵀJ. PyTorch's `MSELoss` is 2/outputs times this.
  case squared

  /// The loss of each row: outputs `[rows, width]` against targets gives `[rows]`.
  ///
  /// - Parameters:
  ///   - outputs: what the model gives.
  ///   - targets: class labels `[rows]`, or values `[rows, width]` (for ``squared`` only).
  ///   - targetsAreClasses: whether targets are class numbers.
  public func callAsFunction(_ outputs: Tensor, _ targets: Tensor, targetsAreClasses: Bool) -> Tensor {
    switch self {
    case .crossEntropy:
      return outputs.crossEntropy(labels: targets)
    case .squared:
      let values = targetsAreClasses ? targets.oneHot(classes: outputs.shape.last ?? 1) : targets
      return (0.5 * (outputs - values).squared().sum([1])).reshaped([outputs.shape[0]])
    }
  }

  /// Reads the raw value.
  ///
  /// - Throws: ``ModelError`` naming the nearest name.
  public init(parsing text: String) throws(ModelError) {
    guard let found = Loss(rawValue: text) else {
      let names = Self.allCases.map(\.rawValue)
      throw ModelError("There is no loss \"\(text)\"; \(suggestion(for: text, among: names))")
    }
    self = found
  }
}
