internal import DescentAutodiff

/// Element types the engine computes in: `Float` and `Double`.
///
/// The loops over elements are requirements with concrete implementations, since generic code that another module
/// calls is not specialised.
public protocol EngineScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The engine's name for this type.
  static var precision: EnginePrecision { get }

  /// sum = share·values, or sum += share·values.
  static func accumulate(
    _ values: UnsafeBufferPointer<Self>, share: Double, into sum: UnsafeMutableBufferPointer<Self>, isFirst: Bool)
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

  public static func accumulate(
    _ values: UnsafeBufferPointer<Float>, share: Double, into sum: UnsafeMutableBufferPointer<Float>, isFirst: Bool
  ) {
    let share = Float(share)
    if isFirst {
      for i in 0..<min(values.count, sum.count) { sum[i] = share * values[i] }
    } else {
      for i in 0..<min(values.count, sum.count) { sum[i] += share * values[i] }
    }
  }
}

extension Double: EngineScalar {
  public static var precision: EnginePrecision { .float64 }

  public static func accumulate(
    _ values: UnsafeBufferPointer<Double>, share: Double, into sum: UnsafeMutableBufferPointer<Double>, isFirst: Bool
  ) {
    if isFirst {
      for i in 0..<min(values.count, sum.count) { sum[i] = share * values[i] }
    } else {
      for i in 0..<min(values.count, sum.count) { sum[i] += share * values[i] }
    }
  }
}
