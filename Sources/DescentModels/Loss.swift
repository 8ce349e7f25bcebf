public import DescentAutodiff
internal import DescentSpecs

/// What training minimises: the mean over the predictions of a batch.
public enum Loss: Sendable, Hashable, CustomStringConvertible {
  /// −log softmax(outputs)[label] per prediction, against labels smoothed by this share of probability: 0 for none.
  ///
  /// - Source of smoothing: Szegedy et al. 2016 (arXiv:1512.00567), section 7.
  case crossEntropy(smoothing: Double)
  /// ½·Σ (output − target)² per prediction; classes are compared with their one-hot rows.
  ///
  /// Half of the sum, as in the literature on sharpness (Cohen et al. 2021), so that for one output the Hessian of the
  /// loss at the optimum is the mean of JᵀJ. PyTorch's `MSELoss` is 2/outputs times this.
  case squared

  /// Cross-entropy against the labels as they are.
  public static let crossEntropy = Loss.crossEntropy(smoothing: 0)

  /// The loss of each prediction: outputs `[predictions, width]` against targets gives `[predictions]`.
  ///
  /// - Parameters:
  ///   - outputs: what the model gives.
  ///   - targets: class labels `[predictions]`, or values `[predictions, width]` (for ``squared`` only).
  ///   - targetsAreClasses: whether targets are class numbers.
  public func callAsFunction(_ outputs: Tensor, _ targets: Tensor, targetsAreClasses: Bool) -> Tensor {
    switch self {
    case .crossEntropy(let smoothing):
      return outputs.crossEntropy(labels: targets, smoothing: smoothing)
    case .squared:
      let values = targetsAreClasses ? targets.oneHot(classes: outputs.shape.last ?? 1) : targets
      return (0.5 * (outputs - values).squared().sum([1])).reshaped([outputs.shape.first ?? 1])
    }
  }

  /// What predictions are measured by: without the smoothing, which is for training only.
  public var measured: Loss {
    switch self {
    case .crossEntropy: .crossEntropy
    case .squared: .squared
    }
  }

  /// Whether targets must be classes.
  public var needsClasses: Bool { if case .crossEntropy = self { true } else { false } }

  /// Names that ``init(parsing:)`` reads.
  public static let names = ["cross-entropy", "squared"]

  /// Reads `cross-entropy`, `cross-entropy(smoothing: 0.1)` or `squared`.
  ///
  /// - Throws: ``ModelError`` naming the nearest name; `SpecError` for a smoothing that is not from 0 to below 1.
  public init(parsing text: String) throws {
    let call = try SpecCall(parsing: text)
    switch call.name {
    case "cross-entropy":
      try call.allowOnly(["smoothing"])
      let smoothing = try call.number("smoothing") ?? 0
      guard smoothing >= 0, smoothing < 1 else {
        throw ModelError("The loss \"\(text)\" needs a smoothing from 0 to below 1.")
      }
      self = .crossEntropy(smoothing: smoothing)
    case "squared":
      try call.allowOnly([])
      self = .squared
    default:
      throw ModelError("There is no loss \"\(call.name)\"; \(suggestion(for: call.name, among: Self.names))")
    }
  }

  public var description: String {
    switch self {
    case .crossEntropy(0): "cross-entropy"
    case .crossEntropy(let smoothing): "cross-entropy(smoothing: \(smoothing))"
    case .squared: "squared"
    }
  }
}
