/// A text as the numbers of its characters: one byte each where the vocabulary has at most 256 characters, else two.
public struct TokenSequence: Sendable, Hashable {
  enum Storage: Sendable, Hashable {
    case bytes([UInt8])
    case words([UInt16])
  }

  /// The most characters a vocabulary may have.
  static let mostCharacters = 65_536

  /// What the numbers stand for.
  public let vocabulary: Vocabulary
  let storage: Storage

  init(_ storage: Storage, vocabulary: Vocabulary) {
    self.storage = storage
    self.vocabulary = vocabulary
  }

  /// A text by the vocabulary of its own characters.
  ///
  /// - Throws: ``DataError`` (`unsupported`) if it has more than 65,536 different ones.
  public init(_ text: String) throws(DataError) {
    self = try TokenSequence(utf8: Array(text.utf8), name: "the text", path: nil)
  }

  /// Tokens of the whole text.
  public var count: Int {
    switch storage {
    case .bytes(let tokens): tokens.count
    case .words(let tokens): tokens.count
    }
  }

  /// The token at `index`, in 0 ..< ``count``.
  public subscript(index: Int) -> Int32 {
    switch storage {
    case .bytes(let tokens): Int32(tokens[index])
    case .words(let tokens): Int32(tokens[index])
    }
  }

  /// Copies the tokens of `range` to `output`, which has room for them.
  @inline(__always)
  func copy(_ range: Range<Int>, to output: UnsafeMutablePointer<Int32>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "tokens outside the text")
    switch storage {
    case .bytes(let tokens):
      tokens.withUnsafeBufferPointer { tokens in
        for i in 0..<range.count { output[i] = Int32(tokens[range.lowerBound + i]) }
      }
    case .words(let tokens):
      tokens.withUnsafeBufferPointer { tokens in
        for i in 0..<range.count { output[i] = Int32(tokens[range.lowerBound + i]) }
      }
    }
  }

  /// The same text by another vocabulary.
  ///
  /// - Returns: nil in place of the text, and the place of the first character the vocabulary does not have, if any.
  func renumbered(by vocabulary: Vocabulary) -> (text: TokenSequence?, unknown: Int?) {
    guard vocabulary != self.vocabulary else { return (self, nil) }
    let places = self.vocabulary.scalars.map { vocabulary.index(of: $0) }
    if places.contains(nil) {
      let unknown = (0..<count).first { places[Int(self[$0])] == nil }
      if let unknown { return (nil, unknown) }
    }
    let new = places.map { UInt16($0 ?? 0) }
    let storage: Storage =
      switch self.storage {
      case .bytes(let tokens):
        vocabulary.count <= 256
          ? .bytes(tokens.map { UInt8(new[Int($0)]) }) : .words(tokens.map { new[Int($0)] })
      case .words(let tokens):
        vocabulary.count <= 256
          ? .bytes(tokens.map { UInt8(new[Int($0)]) }) : .words(tokens.map { new[Int($0)] })
      }
    return (TokenSequence(storage, vocabulary: vocabulary), nil)
  }

  /// Line and column of the token at `index`, both from 1, the column in characters.
  func place(of index: Int) -> (line: Int, column: Int) {
    guard let newline = vocabulary.index(of: "\n") else { return (1, index + 1) }
    var (line, start) = (1, 0)
    for i in 0..<index where Int(self[i]) == newline {
      line += 1
      start = i + 1
    }
    return (line, index - start + 1)
  }
}
