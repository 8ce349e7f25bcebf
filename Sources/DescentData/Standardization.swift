/// A shift and a scale per column: z = (x − mean) / scale.
public struct Standardization: Sendable, Hashable, Codable {
  /// Mean of each column.
  public var mean: [Double]
  /// Standard deviation of each column (divided by n, not n − 1); 1 for a constant column.
  public var scale: [Double]

  public init(mean: [Double], scale: [Double]) {
    self.mean = mean
    self.scale = scale
  }

  /// What brings the features of `rows` (the training part) to mean 0 and standard deviation 1. Not for text.
  public static func ofFeatures(_ dataset: Dataset, rows: [Int32]) -> Standardization {
    switch dataset.features {
    case .floats(let values):
      values.withUnsafeBufferPointer { x in fit(rows, width: dataset.featureCount) { Double(x[$0]) } }
    case .bytes(let values, let divisor):
      values.withUnsafeBufferPointer { x in fit(rows, width: dataset.featureCount) { Double(Float(x[$0]) / divisor) } }
    case .tokens: preconditionFailure("tokens have no unit to standardise")
    }
  }

  /// What brings the target values of `rows` (the training part) to mean 0 and standard deviation 1; nil for classes.
  public static func ofTargets(_ dataset: Dataset, rows: [Int32]) -> Standardization? {
    guard case .values(let values, let width) = dataset.targets else { return nil }
    return values.withUnsafeBufferPointer { x in fit(rows, width: width) { Double(x[$0]) } }
  }

  /// The standardised value `z` of a column in its own unit again.
  public func original(_ z: Double, column: Int) -> Double { z * scale[column] + mean[column] }

  /// Two passes in Double: the mean first, so that a mean far from zero does not cost digits.
  @inline(__always)
  private static func fit(_ rows: [Int32], width: Int, _ value: (Int) -> Double) -> Standardization {
    let n = Double(max(1, rows.count))
    var mean = [Double](repeating: 0, count: width)
    for row in rows { for j in 0..<width { mean[j] += value(Int(row) * width + j) } }
    for j in 0..<width { mean[j] /= n }
    var scale = [Double](repeating: 0, count: width)
    for row in rows {
      for j in 0..<width {
        let difference = value(Int(row) * width + j) - mean[j]
        scale[j] += difference * difference
      }
    }
    for j in 0..<width {
      let deviation = (scale[j] / n).squareRoot()
      // Exactly 0 for a constant column: sums of equal Floats are exact in Double up to 2²⁹ rows.
      scale[j] = deviation > 0 ? deviation : 1
    }
    return Standardization(mean: mean, scale: scale)
  }

  fileprivate func apply(to values: inout [Float]) {
    let width = mean.count
    values.withUnsafeMutableBufferPointer { x in
      var start = 0
      while start + width <= x.count, width > 0 {
        for j in 0..<width { x[start + j] = Float((Double(x[start + j]) - mean[j]) / scale[j]) }
        start += width
      }
    }
  }
}

extension Dataset {
  /// Standardises all rows in place, with numbers taken from the training part or kept in a checkpoint.
  ///
  /// Bytes become floats. No second copy of the data is made unless another ``Dataset`` shares it.
  ///
  /// - Parameters:
  ///   - scaling: of the features, one entry per feature; nil leaves the features as they are.
  ///   - targetScaling: one entry per target value; nil, or targets that are classes, leaves the targets as they are.
  public mutating func standardize(features scaling: Standardization?, targets targetScaling: Standardization?) {
    if let scaling {
      precondition(scaling.mean.count == featureCount, "one mean and scale per feature")
      var values = takeFeatures()
      scaling.apply(to: &values)
      features = .floats(values)
    }
    if let targetScaling, case .values(var values, let width) = targets {
      precondition(targetScaling.mean.count == width, "one mean and scale per target value")
      targets = .values([], width: width)
      targetScaling.apply(to: &values)
      targets = .values(values, width: width)
    }
  }

  /// Moves the features out, so that changing them does not copy.
  private mutating func takeFeatures() -> [Float] {
    defer { features = .floats([]) }
    switch features {
    case .floats(let values): return values
    case .bytes(let values, let divisor): return values.map { Float($0) / divisor }
    case .tokens: preconditionFailure("tokens have no unit to standardise")
    }
  }
}
