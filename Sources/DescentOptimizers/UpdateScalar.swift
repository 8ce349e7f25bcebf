internal import CDescentKernels
public import DescentCore

/// The two kinds of number an optimizer works in: Float by kernels, Double by formulas.
public protocol UpdateScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// Calls the rule's update for this kind of number.
  static func update(by rule: any UpdateRule, _ slice: UpdateSlice<Self>)

  /// Puts into each chunk's sums Σ (factor·g)² and the same with the limit, by the slice's treatment.
  static func measureGradient(_ slice: UpdateSlice<Self>)

  static func checkpointTensor(_ name: String, _ values: [Self]) -> CheckpointTensor

  /// The values of a tensor, if they are of this kind.
  static func values(of tensor: CheckpointTensor) -> [Self]?
}

extension Float: UpdateScalar {
  public static func update(by rule: any UpdateRule, _ slice: UpdateSlice<Float>) { rule.update(slice) }

  public static func measureGradient(_ slice: UpdateSlice<Float>) {
    slice.withKernelPass(()) { _, pass in
      slice.forEachChunk { range, sums in
        dk_gradient_squares(slice.path, range.lowerBound, range.upperBound, pass, slice.gradient, sums)
      }
    }
  }

  public static func checkpointTensor(_ name: String, _ values: [Float]) -> CheckpointTensor {
    CheckpointTensor(name, values)
  }

  public static func values(of tensor: CheckpointTensor) -> [Float]? { tensor.floats }
}

extension Double: UpdateScalar {
  public static func update(by rule: any UpdateRule, _ slice: UpdateSlice<Double>) { rule.update(slice) }

  public static func measureGradient(_ slice: UpdateSlice<Double>) {
    let unbounded = GradientTreatment(factor: slice.treatment.factor)
    slice.forEachChunk { range, sums in
      (sums[0], sums[1]) = (0, 0)
      for i in range {
        let (whole, kept) = (unbounded(slice.gradient[i]), slice.treatment(slice.gradient[i]))
        sums[0] += whole * whole
        sums[1] += kept * kept
      }
    }
  }

  public static func checkpointTensor(_ name: String, _ values: [Double]) -> CheckpointTensor {
    CheckpointTensor(name, values)
  }

  public static func values(of tensor: CheckpointTensor) -> [Double]? { tensor.doubles }
}
