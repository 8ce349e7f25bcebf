/// Rows of features with their targets.
///
/// Storage is shared between copies. A split is lists of row numbers (``DataSplit``), never copied rows.
public struct Dataset: Sendable {
  /// The features of all rows, row-major.
  public enum Features: Sendable, Hashable {
    case floats([Float])
    /// Pictures as they lie in the file; a feature is byte / `divisor`.
    case bytes([UInt8], divisor: Float)

    /// Elements over all rows.
    public var count: Int {
      switch self {
      case .floats(let values): values.count
      case .bytes(let values, _): values.count
      }
    }
  }

  /// What is to be predicted.
  public enum Targets: Sendable, Hashable {
    /// One class per row, an index into `names`.
    case classes([Int32], names: [String])
    /// `width` numbers per row, row-major.
    case values([Float], width: Int)
  }

  /// The specification it was made from.
  public let name: String
  public let rows: Int
  /// Shape of one row's features: `[64]`, `[8, 8]`, `[28, 28]`.
  public let featureShape: [Int]
  /// Names of the feature columns, where the source has them.
  public let featureNames: [String]?
  public internal(set) var features: Features
  public internal(set) var targets: Targets
  /// True if features (and value targets) are to be standardised on the training part before training: tables from
  /// files. Pictures and generated sets are in a useful unit already.
  public let wantsStandardization: Bool
  /// Rows the source itself keeps for testing; ``DataSplit`` respects them.
  public let reservedTestRows: Range<Int>?
  /// Whom to credit, where the licence asks for it.
  public let attribution: String?

  /// A dataset from arrays.
  ///
  /// - Parameters:
  ///   - name: how messages call the data.
  ///   - featureShape: shape of one row's features.
  ///   - featureNames: names of the columns, where the source has them.
  ///   - features: rows × product(`featureShape`) elements, row-major.
  ///   - targets: as many rows as `features`.
  ///   - wantsStandardization: whether training scales features and targets.
  ///   - reservedTestRows: rows that the source set apart for testing.
  ///   - attribution: what the licence asks to be said.
  public init(
    name: String, featureShape: [Int], featureNames: [String]? = nil, features: Features, targets: Targets,
    wantsStandardization: Bool = false, reservedTestRows: Range<Int>? = nil, attribution: String? = nil
  ) {
    self.name = name
    self.featureShape = featureShape
    self.featureNames = featureNames
    self.features = features
    self.targets = targets
    self.wantsStandardization = wantsStandardization
    self.reservedTestRows = reservedTestRows
    self.attribution = attribution
    switch targets {
    case .classes(let labels, _): rows = labels.count
    case .values(let values, let width): rows = values.count / max(1, width)
    }
    precondition(features.count == rows * featureCount, "as many feature rows as targets")
  }

  /// Features per row.
  public var featureCount: Int { featureShape.reduce(1, *) }

  /// Number of classes, or nil for regression.
  public var classCount: Int? {
    guard case .classes(_, let names) = targets else { return nil }
    return names.count
  }

  /// Outputs a model needs: the number of classes, or of values per row.
  public var outputCount: Int {
    switch targets {
    case .classes(_, let names): names.count
    case .values(_, let width): width
    }
  }
}
