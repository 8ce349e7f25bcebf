/// Rows of features with their targets.
///
/// Storage is shared between copies. A split is lists of row numbers (``DataSplit``), never copied rows.
public struct Dataset: Sendable {
  /// The features of all rows, row-major.
  public enum Features: Sendable, Hashable {
    case floats([Float])
    /// Pictures as they lie in the file; a feature is byte / `divisor`.
    case bytes([UInt8], divisor: Float)
    /// A text; a row is `context` tokens, the next row the `context` after them.
    case tokens(TokenSequence, context: Int)

    /// Elements over all rows.
    public var count: Int {
      switch self {
      case .floats(let values): values.count
      case .bytes(let values, _): values.count
      case .tokens(let text, let context): max(0, text.count - 1) / context * context
      }
    }
  }

  /// What is to be predicted.
  public enum Targets: Sendable, Hashable {
    /// One class per row, an index into `names`.
    case classes([Int32], names: [String])
    /// `width` numbers per row, row-major.
    case values([Float], width: Int)
    /// For every token of a text the one after it; the classes are the vocabulary.
    case nextTokens
  }

  /// The specification it was made from.
  public let name: String
  public let rows: Int
  /// Shape of one row's features: `[64]`, `[8, 8]`, `[28, 28]`; the context of a text.
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
    case .nextTokens:
      guard case .tokens = features else { preconditionFailure("only a text has tokens to predict") }
      rows = features.count / max(1, featureShape.reduce(1, *))
    }
    precondition(features.count == rows * featureCount, "as many feature rows as targets")
  }

  /// Features per row.
  public var featureCount: Int { featureShape.reduce(1, *) }

  /// Names of the classes, or nil for regression: of a text its characters.
  public var classNames: [String]? {
    switch targets {
    case .classes(_, let names): names
    case .values: nil
    case .nextTokens: text?.vocabulary.names
    }
  }

  /// Number of classes, or nil for regression.
  public var classCount: Int? {
    switch targets {
    case .classes(_, let names): names.count
    case .values: nil
    case .nextTokens: text?.vocabulary.count
    }
  }

  /// Outputs a model needs: the number of classes, or of values per row.
  public var outputCount: Int {
    guard case .values(_, let width) = targets else { return classCount ?? 0 }
    return width
  }
}
