public import DescentAutodiff
internal import DescentSpecs

/// The nonlinearity between layers.
public enum Activation: String, Sendable, Hashable, Codable, CaseIterable {
  case relu
  case tanh
  /// x·Φ(x), the exact form.
  case gelu
  /// The tanh approximation of GELU, JAX's default.
  case geluTanh = "gelu-tanh"
  case sigmoid
  case linear

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: x.relu()
    case .tanh: x.tanh()
    case .gelu: x.gelu()
    case .geluTanh: x.gelu(.tanhApproximation)
    case .sigmoid: x.sigmoid()
    case .linear: x
    }
  }

  /// Whether the result never falls as the input rises.
  var isMonotone: Bool {
    switch self {
    case .relu, .tanh, .sigmoid, .linear: true
    case .gelu, .geluTanh: false
    }
  }

  /// Reads the raw value.
  ///
  /// - Throws: ``ModelError`` naming the nearest name.
  public init(parsing text: String) throws(ModelError) {
    guard let found = Activation(rawValue: text) else {
      let names = Self.allCases.map(\.rawValue)
      throw ModelError("There is no activation \"\(text)\"; \(suggestion(for: text, among: names))")
    }
    self = found
  }
}
