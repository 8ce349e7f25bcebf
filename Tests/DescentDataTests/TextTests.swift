import DescentData
import Foundation
import Testing

@Suite struct TextTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func text(_ content: String, context: Int? = nil) throws -> Dataset {
    let dataset = try loadDataset(folder.write("text.txt", content))
    return try context.map { context throws(DataError) in try dataset.withContext(context) } ?? dataset
  }

  private func gather(
    _ count: Int, _ rows: [Int32], _ body: (UnsafeBufferPointer<Int32>, UnsafeMutableBufferPointer<Int32>) -> Bool
  ) -> [Int32]? {
    var output = [Int32](repeating: -1, count: count)
    let isCopied = rows.withUnsafeBufferPointer { rows in output.withUnsafeMutableBufferPointer { body(rows, $0) } }
    return isCopied ? output : nil
  }

  private func tokens(_ data: Dataset, _ rows: [Int32]) -> [Int32]? {
    gather(rows.count * data.positionsPerRow, rows) { data.gatherTokens($0, into: $1) }
  }

  private func labels(_ data: Dataset, _ rows: [Int32]) -> [Int32]? {
    gather(rows.count * data.positionsPerRow, rows) { data.gatherClasses($0, into: $1) }
  }

  // MARK: Windows

  @Test func `a row is a window, its labels the same window one token on`() throws {
    let data = try text("abcabdabcab", context: 3)
    // 11 characters: windows at 0, 3 and 6; the one at 9 has no label for its last place.
    #expect(data.rows == 3)
    #expect(data.featureShape == [3] && data.positionsPerRow == 3)
    #expect(data.classNames == ["a", "b", "c", "d"])
    #expect(data.classCount == 4 && data.outputCount == 4)
    #expect(tokens(data, [0, 2, 1]) == [0, 1, 2, 0, 1, 2, 0, 1, 3])
    #expect(labels(data, [0, 2, 1]) == [1, 2, 0, 1, 2, 0, 1, 3, 0])
    #expect(data.gather([1]) == [0, 1, 3])
  }

  @Test(arguments: [(9, 3, 2), (10, 3, 3), (12, 3, 3), (13, 3, 4), (4, 1, 3)])
  func `there are ⌊(tokens − 1) ÷ context⌋ rows`(count: Int, context: Int, rows: Int) throws {
    let content = String(repeating: "ab", count: 10).prefix(count)
    let data = try loadDataset(folder.write("text.txt", String(content))).withContext(context, atLeast: 1)
    #expect(data.rows == rows)
    #expect(labels(data, [Int32(rows - 1)])?.count == context)
  }

  @Test func `another context sees the same tokens`() throws {
    let data = try text("the quick brown fox jumps over the lazy dog")
    let wide = try data.withContext(7)
    #expect(wide.rows == 6)
    #expect(tokens(wide, [5]) == (35..<42).compactMap { data.text?[$0] })
    #expect(try wide.withContext(1).rows == 42)
    #expect(try tokens(wide.withContext(1), [41]) == labels(wide.withContext(1), [40]))
  }

  @Test func `numbers are not given for tokens, nor tokens for numbers`() throws {
    let data = try text("abcabcabc", context: 2)
    var floats = [Float](repeating: -1, count: 2)
    let isCopied = [Int32](repeating: 0, count: 1).withUnsafeBufferPointer { rows in
      floats.withUnsafeMutableBufferPointer { data.gather(rows, into: $0) }
    }
    #expect(!isCopied && floats == [-1, -1])
    #expect(tokens(Dataset.digits(), [0]) == nil)
    #expect(Dataset.digits().positionsPerRow == 1)
  }

  // MARK: Characters

  @Test func `characters are Unicode scalars in rising order, kept as they are`() throws {
    let content = "\u{FEFF}e\u{301}é\r\n\u{1F600}\tZ z\u{FEFF}é\u{212B}\u{C5}"
    let data = try text(content)
    // The byte-order mark at the beginning is none of them, a later one is.
    let expected: [Unicode.Scalar] = [
      "\t", "\n", "\r", " ", "Z", "e", "z", "\u{C5}", "\u{E9}", "\u{301}", "\u{212B}", "\u{FEFF}", "\u{1F600}",
    ]
    #expect(data.text?.vocabulary.scalars == expected)
    let text = try #require(data.text)
    let read = text.vocabulary.text((0..<text.count).map { text[$0] })
    #expect(Array(read.unicodeScalars) == Array(content.unicodeScalars.dropFirst()))
  }

  @Test(arguments: [4, 255, 256, 257, 2000])
  func `any number of different characters reads back`(different: Int) throws {
    // From U+0021 on, past the two- and three-byte boundaries, and one of four bytes.
    let scalars = (0..<different - 1).compactMap { Unicode.Scalar(0x21 + UInt32($0)) } + ["\u{10FFFF}"]
    var content = String.UnicodeScalarView()
    for i in 0..<(3 * different) { content.append(scalars[(i * 7) % different]) }
    let data = try text(String(content), context: 3)
    let text = try #require(data.text)
    #expect(text.vocabulary.count == different && text.count == 3 * different)
    #expect((0..<text.count).allSatisfy { Int(text[$0]) == $0 * 7 % different })
    #expect(tokens(data, [1]) == [3, 4, 5].map { Int32($0 * 7 % different) })
    #expect(labels(data, [1]) == [4, 5, 6].map { Int32($0 * 7 % different) })
  }

  @Test func `packed text is the same`() throws {
    let content = String(repeating: "so it goes\n", count: 300_000)
    let plain = try loadDataset(folder.write("a.txt", content))
    let packed = try loadDataset(folder.writeCompressed("a.txt.gz", Array(content.utf8)))
    #expect(packed.text == plain.text)
    #expect(plain.text?.count == 3_300_000)
    #expect(plain.featureShape == [Dataset.defaultContext])
  }

  // MARK: Mistakes

  @Test(
    arguments: [
      ([0x61, 0x0A, 0x62, 0xFF, 0x63], "text.txt:2: the text is not valid UTF-8 at byte 3 (0xFF); save it as UTF-8."),
      ([0x61, 0x80], "at byte 1 (0x80)"), ([0x61, 0xC1, 0xBF], "at byte 1 (0xC1)"),
      ([0xC3], "at byte 0 (0xC3)"), ([0x61, 0xE2, 0x82], "at byte 1 (0xE2)"), ([0xE2, 0x28, 0xA1], "at byte 0"),
      ([0xE0, 0x80, 0x80], "at byte 0"), ([0xE0, 0x9F, 0xBF], "at byte 0"), ([0xED, 0xA0, 0x80], "at byte 0"),
      ([0xED, 0xBF, 0xBF], "at byte 0"), ([0xF0, 0x8F, 0xBF, 0xBF], "at byte 0"),
      ([0x61, 0xF4, 0x90, 0x80, 0x80], "at byte 1"), ([0xF5, 0x80, 0x80, 0x80], "at byte 0"), ([0xFE], "0xFE"),
    ] as [([UInt8], String)])
  func `invalid UTF-8 is told with its place`(bytes: [UInt8], says: String) throws {
    let path = try folder.write("text.txt", bytes)
    let error = try #require(throws: DataError.self) { try loadDataset(path) }
    #expect(error.code == .malformed && error.path == path)
    #expect(error.description.contains(says), "\(error)")
  }

  @Test func `the edges of every length of UTF-8 are valid`() throws {
    let edges: [UInt32] = [0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x1_0000, 0x10_FFFF]
    var content = String.UnicodeScalarView()
    content.append(contentsOf: edges.compactMap { Unicode.Scalar($0) })
    #expect(try text(String(content)).text?.vocabulary.scalars.map(\.value) == edges)
  }

  @Test(arguments: [
    ("", DataError.Code.empty, "the file is empty."),
    ("abc", .tooShort, "the text has 3 characters; 3 windows of 1 need 4."),
    ("\n\n\n\n\n", .unsupported, "the text holds nothing but newline; there must be two different characters"),
    ("\u{FEFF}", .unsupported, "the text holds nothing but no character"),
  ])
  func `a text too small is refused`(content: String, code: DataError.Code, says: String) throws {
    let path = try folder.write("text.txt", content)
    let error = try #require(throws: DataError.self) { try loadDataset(path) }
    #expect(error.code == code)
    #expect(error.description.contains(says), "\(error)")
  }

  @Test func `a context the text is too short for is refused`() throws {
    let data = try text(String(repeating: "ab", count: 50))
    #expect(data.featureShape == [33])
    let error = try #require(throws: DataError.self) { try data.withContext(34) }
    #expect(error.code == .tooShort)
    #expect(error.description.hasSuffix("text.txt: the text has 100 characters; 3 windows of 34 need 103."))
    #expect(try data.withContext(99, atLeast: 1).rows == 1)
    #expect(throws: DataError.self) { try data.withContext(100, atLeast: 1) }
    #expect(throws: DataError.self) { try data.withContext(0) }
    #expect(throws: DataError.self) { try data.withContext(.max) }
    #expect(throws: DataError.self) { try Dataset.digits().withContext(8) }
  }

  @Test func `a text has no target column`() throws {
    let path = try folder.write("text.txt", "abcdefg")
    for ending in [":a", ":classification"] {
      let error = try #require(throws: DataError.self) { try loadDataset(path + ending) }
      #expect(error.isArgumentError && error.description.contains("no target column"))
    }
    #expect(throws: DataError.self) { try loadDataset(path).withClasses(["a"]) }
    #expect(throws: DataError.self) { try loadDataset(path).withValues() }
  }

  // MARK: Other texts

  @Test func `another text is numbered by the first one's vocabulary`() throws {
    let vocabulary = try #require(text("abcde\n").text?.vocabulary)
    let data = try text("ebb\nebb", context: 2).withVocabulary(vocabulary)
    #expect(data.classNames == ["\n", "a", "b", "c", "d", "e"])
    #expect(tokens(data, [0, 1]) == [5, 2, 2, 0])
    #expect(labels(data, [0, 1]) == [2, 2, 0, 5])
    let wide = Vocabulary((0..<300).compactMap { Unicode.Scalar(0x40 + UInt32($0)) })
    let words = try text("ABBA CABBA", context: 2).withVocabulary(Vocabulary(Array(wide.scalars) + [" "]))
    #expect(tokens(words, [0]) == [2, 3])
    #expect(words.classCount == 301)
  }

  @Test(arguments: [
    ("abc\nab\u{7}c\n", "text.txt:2: U+0007 in column 3 is not among the 4 characters trained on;"),
    ("abc\n\nabé", "text.txt:3: \"é\" (U+00E9) in column 3 "), ("aZ\nabc", "text.txt:1: \"Z\" in column 2 "),
    ("a b", "text.txt:1: space in column 2 "), ("ab\t\n", "text.txt:1: tab in column 3 "),
    ("ab\r\nab", "text.txt:1: carriage return in column 3 "), ("abe\u{301}", "\"e\" in column 3"),
    ("ab\u{301}c", "U+0301 in column 3"),
  ])
  func `the first unknown character is told with its place`(content: String, says: String) throws {
    let vocabulary = try #require(text("abc\nabc").text?.vocabulary)
    let other = try text(content + "abcabc")
    let error = try #require(throws: DataError.self) { try other.withVocabulary(vocabulary) }
    #expect(error.description.contains(says), "\(error)")
  }

  @Test func `a vocabulary is coded as one string, and only a proper one is read`() throws {
    let vocabulary = Vocabulary("hello\n\u{212B}\u{C5}\"".unicodeScalars)
    let json = try JSONEncoder().encode([vocabulary])
    #expect(try JSONDecoder().decode([Vocabulary].self, from: json) == [vocabulary])
    #expect(vocabulary.count == 8)
    for (place, scalar) in vocabulary.scalars.enumerated() { #expect(vocabulary.index(of: scalar) == place) }
    #expect(vocabulary.index(of: "z") == nil && vocabulary.index(of: "\0") == nil)
    for wrong in ["[\"ba\"]", "[\"aa\"]"] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode([Vocabulary].self, from: Data(wrong.utf8)) }
    }
    // Canonically equal strings are different characters all the same.
    #expect(Vocabulary(["\u{212B}"]) != Vocabulary(["\u{C5}"]))
  }

  // MARK: Parts

  @Test(arguments: [(3, 1, 1, 1), (10, 6, 2, 2), (100, 70, 15, 15), (97, 67, 15, 15), (2, 2, 0, 0)])
  func `a text is cut into a beginning, a middle and an end`(rows: Int, train: Int, validation: Int, test: Int) throws {
    let content = String(repeating: "ab", count: rows) + "a"
    let data = try loadDataset(folder.write("text.txt", content)).withContext(2, atLeast: 1)
    let split = DataSplit(of: data, seed: 5)
    #expect(data.rows == rows)
    #expect(split.train == Array(0..<Int32(train)))
    #expect(split.validation == Array(Int32(train)..<Int32(train + validation)))
    #expect(split.test == Array(Int32(train + validation)..<Int32(rows)))
    #expect(split.test.count == test)
  }

  // MARK: Unigram

  @Test func `the unigram's perplexity is that of the training part's frequencies plus one`() throws {
    // Labels of the training rows: b, c, a, b; of the other row: c, d.
    let data = try text("abcabcd", context: 2)
    let loss = try #require(data.unigramLoss(on: [2], from: [0, 1]))
    // p(c) = (1 + 1)/(4 + 4), p(d) = (0 + 1)/8.
    #expect(abs(loss + (log(2.0 / 8) + log(1.0 / 8)) / 2) < 1e-15)
    let perplexity = try #require(data.unigramPerplexity(on: [2], from: [0, 1]))
    #expect(abs(perplexity - 32.0.squareRoot()) < 1e-14)
    #expect(data.unigramLoss(on: [], from: [0]) == nil)
    #expect(
      Dataset(name: "x", featureShape: [1], features: .floats([1]), targets: .values([1], width: 1))
        .unigramLoss(on: [0], from: [0]) == nil)
    // Of equally frequent classes it is their number.
    let digits = Dataset(
      name: "x", featureShape: [0], features: .floats([]),
      targets: .classes([0, 1, 2, 2, 1, 0], names: ["a", "b", "c"]))
    let even = try #require(digits.unigramPerplexity(on: [3], from: [0, 1, 2, 3, 4, 5]))
    #expect(abs(even - 3) < 1e-14)
  }

  static let shakespeare = "../shared/data/text/tinyshakespeare.txt"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: shakespeare), "needs \(shakespeare)"))
  func `Shakespeare has 65 characters and a unigram perplexity of 27`() throws {
    let data = try loadDataset(Self.shakespeare)
    #expect(data.text?.count == 1_115_394)
    #expect(data.classCount == 65)
    #expect(data.rows == 17_428)
    #expect(data.text?.vocabulary.text(Array(tokens(data, [0]) ?? []).prefix(14)) == "First Citizen:")
    let split = DataSplit(of: data)
    // By Python's collections.Counter.
    let expected = [(split.validation, 27.082976037055225), (split.test, 27.983520339792364)]
    for (part, value) in expected {
      let perplexity = try #require(data.unigramPerplexity(on: part, from: split.train))
      #expect(abs(perplexity - value) < 1e-9)
    }
  }
}
