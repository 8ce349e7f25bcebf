internal import DescentSpecs

/// A ready-made model as one line of text: `mlp:64-128-128-10` or, with inputs and outputs left to the data,
/// `mlp:128-128`.
public struct ModelSpec: Sendable, Hashable, CustomStringConvertible {
  /// Kinds that a specification may begin with.
  public static let kinds = ["mlp"]

  /// The text it was made from.
  public let description: String
  private let widths: [Int]

  /// Reads a specification.
  ///
  /// - Throws: ``ModelError`` for an unknown kind (naming the nearest) or widths that are not positive whole numbers.
  public init(parsing text: String) throws(ModelError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts[0] == "mlp" else {
      throw ModelError(
        "There is no model \"\(parts[0])\"; \(suggestion(for: parts[0], among: Self.kinds)) Give widths, as in "
          + "mlp:128-128.")
    }
    let texts = parts.count > 1 ? parts[1].split(separator: "-", omittingEmptySubsequences: false) : []
    let widths = texts.compactMap { Int($0) }
    guard !texts.isEmpty, widths.count == texts.count, widths.allSatisfy({ (1...1_000_000).contains($0) }) else {
      throw ModelError("The model \"\(text)\" needs widths from 1 to 1000000 joined by \"-\", as in mlp:64-128-128-10.")
    }
    description = text
    self.widths = widths
  }

  /// The model for data with this many features and outputs.
  ///
  /// Widths that begin with the data's features and end with its outputs name all layers; widths that do neither name
  /// the hidden layers alone.
  ///
  /// - Throws: ``ModelError`` if only one of the two ends fits.
  public func model(
    features: Int, outputs: Int, activation: Activation = .relu, initializer: Initializer = .he
  ) throws(ModelError) -> MLP {
    var hidden = widths
    if widths.count >= 2, widths[0] == features || widths[widths.count - 1] == outputs {
      guard widths[0] == features, widths[widths.count - 1] == outputs else {
        let inner = widths.dropFirst().dropLast().map(String.init)
        let right = "mlp:" + ([String(features)] + inner + [String(outputs)]).joined(separator: "-")
        throw ModelError(
          "The model \(description) takes \(widths[0]) features and gives \(widths[widths.count - 1]) outputs, but the "
            + "data has \(features) features and needs \(outputs); use \(right), or name the hidden layers alone.")
      }
      hidden = Array(widths.dropFirst().dropLast())
    }
    return MLP(hidden: hidden, outputs: outputs, activation: activation, initializer: initializer)
  }
}
