public import DescentCore

/// The two kinds of number an optimizer works in: Float by kernels, Double by formulas.
public protocol UpdateScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// Calls the rule's update for this kind of number.
  static func update(by rule: any UpdateRule, _ slice: UpdateSlice<Self>)

  static func checkpointTensor(_ name: String, _ values: [Self]) -> CheckpointTensor

  /// The values of a tensor, if they are of this kind.
  static func values(of tensor: CheckpointTensor) -> [Self]?
}

extension Float: UpdateScalar {
  public static func update(by rule: any UpdateRule, _ slice: UpdateSlice<Float>) { rule.update(slice) }

  public static func checkpointTensor(_ name: String, _ values: [Float]) -> CheckpointTensor {
    CheckpointTensor(name, values)
  }

  public static func values(of tensor: CheckpointTensor) -> [Float]? { tensor.floats }
}

extension Double: UpdateScalar {
  public static func update(by rule: any UpdateRule, _ slice: UpdateSlice<Double>) { rule.update(slice) }

  public static func checkpointTensor(_ name: String, _ values: [Double]) -> CheckpointTensor {
    CheckpointTensor(name, values)
  }

  public static func values(of tensor: CheckpointTensor) -> [Double]? { tensor.doubles }
}
