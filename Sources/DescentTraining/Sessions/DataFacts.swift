public import DescentCore
public import DescentData
import Foundation

/// What a checkpoint keeps of the data it was trained on, so that its model can be used on other data: scaling, classes,
/// columns, and the characters of a text. Checkpoint metadata under ``key``, as JSON.
public struct DataFacts: Sendable, Hashable, Codable {
  public static let key = "data"

  /// Features per row; tokens per row of a text.
  public var featureCount: Int
  /// Names of the feature columns, where the source had them.
  public var featureNames: [String]?
  /// The classes in the order of the model's outputs; nil for regression.
  public var classes: [String]?
  /// The characters of a text in the order of the model's outputs; nil for everything else.
  public var vocabulary: Vocabulary?
  /// Tokens of the whole text, by which a changed file is noticed.
  public var tokenCount: Int?
  public var featureScaling: Standardization?
  public var targetScaling: Standardization?

  public init(_ task: TrainingTask) {
    featureCount = task.data.featureCount
    featureNames = task.data.featureNames
    if case .classes(_, let names) = task.data.targets { classes = names }
    vocabulary = task.data.text?.vocabulary
    tokenCount = task.data.text?.count
    featureScaling = task.featureScaling
    targetScaling = task.targetScaling
  }

  /// What the checkpoint keeps; nil if it was not made by a ``TrainingSession``.
  public init?(_ checkpoint: Checkpoint) {
    guard let text = checkpoint.metadata[Self.key],
      let facts = try? JSONDecoder().decode(DataFacts.self, from: Data(text.utf8))
    else { return nil }
    self = facts
  }

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// Other data as this model sees it: its classes or characters numbered alike, its columns the same, a text in windows
  /// of the same length. Not yet scaled.
  ///
  /// - Throws: ``TaskError`` if columns differ, `DataError` if targets do or a character is unknown.
  package func fitted(_ data: Dataset) throws -> Dataset {
    if let vocabulary {
      return try data.withVocabulary(vocabulary).withContext(featureCount, atLeast: 1)
    }
    guard data.text == nil else {
      throw TaskError(
        "\(data.name) is text, but the model was trained on rows of \(featureCount) features.", inData: true)
    }
    guard data.featureCount == featureCount else {
      throw TaskError(
        "\(data.name) has \(data.featureCount) features, but the model was trained on \(featureCount).", inData: true)
    }
    if let own = featureNames, let names = data.featureNames,
      let place = own.indices.first(where: { own[$0] != names[$0] })
    {
      throw TaskError(
        "Feature \(place + 1) of \(data.name) is \"\(names[place])\", where the model was trained on \"\(own[place])\"; "
          + "give the columns in the same order.", inData: true)
    }
    return try classes.map { try data.withClasses($0) } ?? data.withValues()
  }
}
