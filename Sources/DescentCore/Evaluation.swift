/// A part of the data.
public enum DataPart: String, Sendable, Hashable, Codable, CaseIterable {
  case train
  case validation
  case test
}

/// What a model scores on a part of the data.
public struct Evaluation: Sendable, Hashable, Codable {
  /// How many rows were measured.
  public var rows: Int
  /// Mean loss over the rows.
  public var loss: Double
  /// Share of rows classified correctly, 0…1; nil for regression.
  public var accuracy: Double?
  /// Coefficient of determination 1 − SS_res/SS_tot; nil for classification or where SS_tot is 0.
  public var r2: Double?
  /// Root-mean-square error in the target's own unit; nil for classification.
  public var rmse: Double?

  public init(rows: Int, loss: Double, accuracy: Double? = nil, r2: Double? = nil, rmse: Double? = nil) {
    self.rows = rows
    self.loss = loss
    self.accuracy = accuracy
    self.r2 = r2
    self.rmse = rmse
  }
}
