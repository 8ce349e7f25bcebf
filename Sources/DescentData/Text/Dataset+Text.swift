// A text as rows: windows of `context` tokens side by side, each with the same window one token further on to predict.
extension Dataset {
  /// Tokens per row of a text until a model says how many it takes.
  public static let defaultContext = 64
  /// Rows that a text must have to be divided into three parts.
  static let fewestWindows = 3

  /// A text to predict token by token.
  ///
  /// Row r is the tokens `context`·r ..< `context`·(r + 1); there are ⌊(tokens − 1) / `context`⌋ rows.
  ///
  /// - Parameters:
  ///   - name: how messages call the data.
  ///   - text: at least `context` + 1 tokens.
  ///   - context: tokens per row, at least 1.
  public init(name: String, text: TokenSequence, context: Int) {
    precondition(context > 0 && text.count > context, "a text needs one window with a token after it")
    self.init(name: name, featureShape: [context], features: .tokens(text, context: context), targets: .nextTokens)
  }

  /// The text, if that is what the data is.
  public var text: TokenSequence? {
    guard case .tokens(let text, _) = features else { return nil }
    return text
  }

  /// Labels per row: the tokens of a window; 1 for everything that is not text.
  public var positionsPerRow: Int {
    guard case .tokens(_, let context) = features else { return 1 }
    return context
  }

  /// This text in windows of another length; the tokens are shared, not copied.
  ///
  /// - Parameters:
  ///   - context: tokens per row.
  ///   - windows: rows there must be at least: 3 for training, validation and test.
  /// - Throws: ``DataError``: `unsupported` if this is not text, `tooShort` if it gives fewer windows.
  public func withContext(_ context: Int, atLeast windows: Int = 3) throws(DataError) -> Dataset {
    guard let text else { throw DataError(.unsupported, "\(name) is not text; a context needs FILE.txt.") }
    guard context > 0 else {
      throw DataError(.invalidSpecification, "A context of \(context) tokens is not possible; it takes 1 or more.")
    }
    let rows = (text.count - 1) / context
    guard rows >= windows else {
      let (product, overflow) = windows.multipliedReportingOverflow(by: context)
      throw DataError(
        .tooShort,
        "the text has \(text.count) characters; \(windows) \(windows == 1 ? "window" : "windows") of \(context) "
          + "\(windows == 1 ? "needs" : "need") \(overflow ? "far more" : String(product + 1)).", path: name)
    }
    guard rows <= Int(Int32.max) else {
      throw DataError(
        .unsupported, "the text has \(rows) windows of \(context); use a longer context, or a part of it.", path: name)
    }
    return Dataset(name: name, text: text, context: context)
  }

  /// This text with its characters numbered as in `vocabulary`, the one a model was trained on.
  ///
  /// - Throws: ``DataError`` if this is not text, or naming the first character that is not in the vocabulary.
  public func withVocabulary(_ vocabulary: Vocabulary) throws(DataError) -> Dataset {
    guard let text else { throw DataError(.unsupported, "\(name) is not text, but the model was trained on text.") }
    let (renumbered, unknown) = text.renumbered(by: vocabulary)
    guard let renumbered else {
      let place = text.place(of: unknown ?? 0)
      let character = text.vocabulary.scalars[Int(text[unknown ?? 0])]
      throw DataError(
        .countMismatch,
        "\(character.printableName) in column \(place.column) is not among the \(vocabulary.count) characters trained "
          + "on; remove it or train on a text that has it.", path: name, line: place.line)
    }
    return Dataset(name: name, text: renumbered, context: positionsPerRow)
  }

  /// Copies the tokens of `indices` one row after another into `output`; false, and nothing copied, if this is not
  /// text.
  ///
  /// - Parameters:
  ///   - indices: row numbers, each in 0 ..< ``rows``.
  ///   - output: at least `indices.count` × ``positionsPerRow`` elements.
  @discardableResult
  public func gatherTokens(
    _ indices: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Int32>
  ) -> Bool {
    gatherTokens(indices, into: output, ahead: 0)
  }

  /// The same, `ahead` tokens further on.
  func gatherTokens(
    _ indices: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Int32>, ahead: Int
  ) -> Bool {
    guard case .tokens(let text, let context) = features else { return false }
    check(indices, width: context, output: output.count)
    guard let destination = output.baseAddress else { return true }
    for (i, row) in indices.enumerated() {
      let start = Int(row) * context + ahead
      text.copy(start..<(start + context), to: destination + i * context)
    }
    return true
  }
}
