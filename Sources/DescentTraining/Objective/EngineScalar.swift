internal import DescentAutodiff

/// Element types the engine computes in: `Float` and `Double`.
///
/// The loops over elements are requirements with concrete implementations, since generic code that another module
/// calls is not specialised.
public protocol EngineScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The engine's name for this type.
  static var precision: EnginePrecision { get }

  /// sum += values, element by element.
  static func add(_ values: UnsafeBufferPointer<Self>, to sum: UnsafeMutableBufferPointer<Self>)
}

/// The arithmetic of an ``EngineScalar``.
public enum EnginePrecision: Sendable, Hashable {
  case float32
  case float64

  var engine: Precision {
    switch self {
    case .float32: .float32
    case .float64: .float64
    }
  }
}

extension Float: EngineScalar {
  public static var precision: EnginePrecision { .float32 }

  public static func add(_ values: UnsafeBufferPointer<Float>, to sum: UnsafeMutableBufferPointer<Float>) {
    for i in 0..<min(values.count, sum.count) { sum[i] += values[i] }
  }
}

extension Double: EngineScalar {
  public static var precision: EnginePrecision { .float64 }

  public static func add(_ values: UnsafeBufferPointer<Double>, to sum: UnsafeMutableBufferPointer<Double>) {
    for i in 0..<min(values.count, sum.count) { sum[i] += values[i] }
  }
}
