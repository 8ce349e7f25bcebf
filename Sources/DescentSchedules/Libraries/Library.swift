/// A library whose schedules can be read from its own calls.
public enum Library: String, Sendable, Hashable, Codable, CaseIterable {
  case torch, transformers, timm, optax, keras, mlx, fastai
  case pytorchOptimizer = "pytorch_optimizer"

  /// Whether the library computes its rates in 32-bit floats by default.
  public var isSinglePrecision: Bool {
    switch self {
    case .optax, .keras, .mlx: true
    case .torch, .transformers, .timm, .fastai, .pytorchOptimizer: false
    }
  }

  /// Whether a schedule is a change of the optimizer's own rate; the others' calls hold their rates themselves.
  public var hasBaseRate: Bool {
    switch self {
    case .torch, .transformers, .timm, .pytorchOptimizer: true
    case .optax, .keras, .mlx, .fastai: false
    }
  }
}
