/// A library whose optimizers can be read from its own calls.
public enum OptimizerLibrary: String, Sendable, Hashable, Codable, CaseIterable {
  case torch, optax, keras, timm, transformers, mlx, schedulefree, prodigyopt, dadaptation
  case pytorchOptimizer = "pytorch_optimizer"
  case lionPytorch = "lion_pytorch"

  /// Whether the library computes in 32-bit floats by default; a path of ours is that of exact arithmetic.
  public var isSinglePrecision: Bool { self == .mlx || self == .keras || self == .optax }

  /// Every call that can be read, in the order of the documentation.
  public var names: [String] { rules.map(\.name) + (self == .pytorchOptimizer ? Self.torch.names : []) }

  /// The libraries whose calls may stand in this one's: pytorch_optimizer hands on torch's, wrappers take them.
  var table: [LibraryRule] {
    switch self {
    case .pytorchOptimizer, .schedulefree, .timm: rules + TorchOptimizers.rules
    default: rules
    }
  }

  private var rules: [LibraryRule] {
    switch self {
    case .torch: TorchOptimizers.rules
    case .optax: OptaxOptimizers.rules + OptaxContributions.rules
    case .keras: KerasOptimizers.rules
    case .timm: TimmOptimizers.rules
    case .transformers: SmallLibraries.transformers
    case .mlx: MLXOptimizers.rules
    case .schedulefree: ScheduleFreeOptimizers.rules
    case .prodigyopt: SmallLibraries.prodigyopt
    case .dadaptation: SmallLibraries.dadaptation
    case .pytorchOptimizer: PytorchOptimizers.rules + PytorchOptimizersMore.rules
    case .lionPytorch: SmallLibraries.lionPytorch
    }
  }
}
