public import DescentData
public import DescentModels

/// What is to be learnt: data with its split and scaling, and a loss.
public struct TrainingTask: Sendable {
  /// The data, standardised if it asks for it.
  public let data: Dataset
  public let split: DataSplit
  public let loss: Loss
  /// What the features were standardised with; nil if they were left alone.
  public let featureScaling: Standardization?
  /// What regression targets were standardised with.
  public let targetScaling: Standardization?

  /// Standardises the data on its training part where it asks for that.
  ///
  /// - Parameters:
  ///   - data: all rows, as loaded.
  ///   - split: which rows are for what.
  ///   - loss: what is made small.
  ///   - scaling: features' and targets' scaling of an earlier run, in place of the training part's.
  /// - Throws: ``TaskError`` if there are no training rows, or the loss does not fit the targets.
  public init(
    data: Dataset, split: DataSplit, loss: Loss, scaling: (features: Standardization?, targets: Standardization?)? = nil
  ) throws(TaskError) {
    guard !split.train.isEmpty else { throw TaskError("The data \(data.name) has no rows to train on.", inData: true) }
    if loss.needsClasses, data.classCount == nil {
      throw TaskError("The targets of \(data.name) are numbers, not classes; use --loss squared.")
    }
    var data = data
    var chosen = scaling ?? (nil, nil)
    if scaling == nil, data.wantsStandardization {
      chosen = (
        Standardization.ofFeatures(data, rows: split.train), Standardization.ofTargets(data, rows: split.train)
      )
    }
    data.standardize(features: chosen.features, targets: chosen.targets)
    self.data = data
    self.split = split
    self.loss = loss
    featureScaling = chosen.features
    targetScaling = chosen.targets
  }
}

/// A training that cannot be set up or go on: one sentence with what is wrong and what would be right.
public struct TaskError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
  /// True if the data is at fault rather than what was asked for.
  public var isInData: Bool

  public init(_ description: String, inData: Bool = false) {
    self.description = description
    isInData = inData
  }
}
