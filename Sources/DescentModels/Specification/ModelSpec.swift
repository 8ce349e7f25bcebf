internal import DescentSpecs

/// A ready-made model as one line of text.
///
/// ```
/// mlp:64-128-128-10 | mlp:128-128      widths; without the two ends they are the hidden layers'
/// cnn | cnn:channels=16-32,kernel=3,norm=batch,dropout=0.1
/// gpt | gpt:layers=4,width=128,heads=4,context=64,dropout=0.1,tie=yes
/// ```
/// An `mlp` takes `norm` and `dropout` too: `mlp:128-128,norm=batch,dropout=0.1`.
public struct ModelSpec: Sendable, Hashable, CustomStringConvertible {
  /// Kinds that a specification may begin with.
  public static let kinds = ["mlp", "cnn", "gpt"]

  /// The text it was made from.
  public let description: String
  private let kind: Kind

  private enum Kind: Sendable, Hashable {
    case mlp(widths: [Int], norm: Normalization, dropout: Double)
    case cnn(channels: [Int], kernel: Int, norm: Normalization, dropout: Double)
    case gpt(layers: Int, width: Int, heads: Int, context: Int, dropout: Double, tie: YesOrNo)
  }

  /// Reads a specification.
  ///
  /// - Throws: ``ModelError`` for an unknown kind or setting (naming the nearest) or a value out of range.
  public init(parsing text: String) throws(ModelError) {
    description = text
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let settings = parts.count > 1 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : []
    switch parts[0] {
    case "mlp":
      guard let first = settings.first, let widths = parsedWidths(first) else {
        throw ModelError(
          "The model \"\(text)\" needs widths from 1 to 1000000 joined by \"-\", as in mlp:64-128-128-10.")
      }
      let options = try ModelOptions(settings.dropFirst(), allowed: ["norm", "dropout"], in: text)
      kind = .mlp(
        widths: widths, norm: try options.word("norm", default: .none), dropout: try options.rate("dropout"))
    case "cnn":
      let options = try ModelOptions(settings, allowed: ["channels", "kernel", "norm", "dropout"], in: text)
      let norm: Normalization = try options.word("norm", default: .none)
      guard norm != .layer else {
        throw ModelError("norm=layer in the model \"\(text)\" is not for pictures; use norm=batch.")
      }
      kind = .cnn(
        channels: try options.widths("channels", default: [16, 32]),
        kernel: try options.number("kernel", in: 1...31, default: 3), norm: norm, dropout: try options.rate("dropout"))
    case "gpt":
      let options = try ModelOptions(
        settings, allowed: ["layers", "width", "heads", "context", "dropout", "tie"], in: text)
      let width = try options.number("width", in: 1...65536, default: 128)
      let heads = try options.number("heads", in: 1...1024, default: 4)
      guard width % heads == 0 else {
        throw ModelError(
          "The model \"\(text)\" divides a width of \(width) among \(heads) heads, which does not work out.")
      }
      kind = .gpt(
        layers: try options.number("layers", in: 1...1000, default: 4), width: width, heads: heads,
        context: try options.number("context", in: 1...65536, default: Self.defaultContext),
        dropout: try options.rate("dropout"), tie: try options.word("tie", default: .no))
    default:
      let name = String(parts[0])
      throw ModelError(
        "There is no model \"\(name)\"; \(suggestion(for: name, among: Self.kinds)) Write it as mlp:128-128, cnn or "
          + "gpt:layers=4,width=128.")
    }
  }

  /// Tokens that a `gpt` without `context` sees at once.
  public static let defaultContext = 64

  /// What is used where no model is named.
  public static func usual(for input: ModelInput) -> String {
    switch input {
    case .tokens: "gpt"
    case .numbers: "mlp:128-128"
    }
  }

  /// Tokens that the model sees at once; nil if it does not read tokens.
  public var context: Int? { if case .gpt(_, _, _, let context, _, _) = kind { context } else { nil } }

  /// The model for this input and number of outputs, and its specification with everything spelt out.
  ///
  /// Widths of an `mlp` that begin with the features and end with the outputs name all layers; widths that do neither
  /// name the hidden layers alone.
  ///
  /// - Parameters:
  ///   - input: what a row is.
  ///   - outputs: classes or values to predict.
  ///   - activation: of an `mlp` or `cnn`; a `gpt` uses GELU.
  ///   - initializer: of their weights; a `gpt` has its own.
  /// - Throws: ``ModelError`` if the model does not read such input, or only one of an `mlp`'s two ends fits.
  public func model(
    for input: ModelInput, outputs: Int, activation: Activation = .relu, initializer: Initializer = .he
  ) throws(ModelError) -> (model: any Model, specification: String) {
    switch (kind, input) {
    case (.gpt(let layers, let width, let heads, let context, let dropout, let tie), .tokens(let vocabulary)):
      let spelt = "gpt:layers=\(layers),width=\(width),heads=\(heads),context=\(context)"
      return (
        GPT(
          vocabulary: vocabulary, layers: layers, width: width, heads: heads, dropout: dropout,
          tiesEmbedding: tie == .yes),
        spelt + (dropout > 0 ? ",dropout=\(dropout)" : "") + (tie == .yes ? ",tie=yes" : "")
      )
    case (_, .tokens):
      throw ModelError(
        "The model \(description) does not read text; use --model gpt:layers=4,width=128,heads=4,context=64.")
    case (.gpt, .numbers):
      throw ModelError("The model \(description) reads text; give --data FILE.txt, or use an mlp or cnn for numbers.")
    case (.mlp(let widths, let norm, let dropout), .numbers(let shape)):
      let hidden = try hiddenWidths(widths, features: shape.reduce(1, *), outputs: outputs)
      let all = ([shape.reduce(1, *)] + hidden + [outputs]).map(String.init).joined(separator: "-")
      return (
        MLP(
          hidden: hidden, outputs: outputs, activation: activation, initializer: initializer, normalization: norm,
          dropout: dropout),
        "mlp:\(all)" + Self.spelt(norm, dropout)
      )
    case (.cnn(let channels, let kernel, let norm, let dropout), .numbers(let shape)):
      guard (2...3).contains(shape.count) else {
        throw ModelError(
          "The model \(description) needs pictures, but a row of the data is a list of \(shape.reduce(1, *)) numbers; use "
            + "an mlp.")
      }
      return (
        CNN(
          channels: channels, outputs: outputs, kernelSize: kernel, activation: activation, initializer: initializer,
          normalizes: norm == .batch, dropout: dropout),
        "cnn:channels=\(channels.map(String.init).joined(separator: "-")),kernel=\(kernel)" + Self.spelt(norm, dropout)
      )
    }
  }

  private static func spelt(_ norm: Normalization, _ dropout: Double) -> String {
    (norm == .none ? "" : ",norm=\(norm.rawValue)") + (dropout > 0 ? ",dropout=\(dropout)" : "")
  }

  private func hiddenWidths(_ widths: [Int], features: Int, outputs: Int) throws(ModelError) -> [Int] {
    guard widths.count >= 2, widths[0] == features || widths[widths.count - 1] == outputs else { return widths }
    let inner = Array(widths.dropFirst().dropLast())
    guard widths[0] == features, widths[widths.count - 1] == outputs else {
      let right = "mlp:" + ([features] + inner + [outputs]).map(String.init).joined(separator: "-")
      throw ModelError(
        "The model \(description) takes \(widths[0]) features and gives \(widths[widths.count - 1]) outputs, but the "
          + "data has \(features) features and needs \(outputs); use \(right), or name the hidden layers alone.")
    }
    return inner
  }
}

/// What a row of a model's input is.
public enum ModelInput: Sendable, Hashable {
  /// Numbers of this shape: `[features]`, `[height, width]` or `[height, width, channels]`.
  case numbers(shape: [Int])
  /// Whole numbers below the size of the vocabulary.
  case tokens(vocabulary: Int)
}

/// What is normalised between layers.
public enum Normalization: String, Sendable, Hashable, CaseIterable {
  case none
  /// Every channel over the rows of the batch.
  case batch
  /// Every row over its features.
  case layer
}

private enum YesOrNo: String, Sendable, CaseIterable {
  case yes
  case no
}
