/// What a model is traced for: how its layers with two faces behave.
public struct ModelMode: Sendable, Hashable {
  /// Which mean and variance batch normalisation uses.
  public enum BatchStatistics: String, Sendable, Hashable, Codable {
    /// Those of the rows at hand, as in training.
    case batch
    /// The running averages kept from training.
    case running
  }

  public var batchStatistics: BatchStatistics
  /// Whether dropout draws masks; without it every element passes as it is.
  public var dropsOut: Bool

  public init(batchStatistics: BatchStatistics, dropsOut: Bool) {
    self.batchStatistics = batchStatistics
    self.dropsOut = dropsOut
  }

  /// Statistics of the batch, random masks.
  public static let training = ModelMode(batchStatistics: .batch, dropsOut: true)
  /// Running statistics, no masks.
  public static let evaluation = ModelMode(batchStatistics: .running, dropsOut: false)
}
