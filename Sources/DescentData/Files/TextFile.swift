/// Reads `FILE.txt` or `FILE.txt.gz` as a text to predict character by character.
func loadText(_ path: String) throws(DataError) -> Dataset {
  let bytes = try ByteReader(path).rest()
  guard !bytes.isEmpty else { throw DataError(.empty, "the file is empty.", path: path) }
  let text = try TokenSequence(utf8: bytes, name: "the text", path: path)
  guard text.vocabulary.count > 1 else {
    let only = text.vocabulary.scalars.first.map { $0.printableName } ?? "no character"
    throw DataError(
      .unsupported, "the text holds nothing but \(only); there must be two different characters at least.", path: path)
  }
  guard text.count > Dataset.fewestWindows else {
    throw DataError(
      .tooShort,
      "the text has \(text.count) characters; \(Dataset.fewestWindows) windows of 1 need \(Dataset.fewestWindows + 1).",
      path: path)
  }
  let context = min(Dataset.defaultContext, (text.count - 1) / Dataset.fewestWindows)
  return Dataset(name: path, text: text, context: context)
}

extension TokenSequence {
  /// UTF-8 text by the vocabulary of its own characters; a byte-order mark at its beginning is left out.
  ///
  /// The bytes are read twice, once for the vocabulary and once for the tokens, which take the bytes' place where
  /// they are no longer than those.
  ///
  /// - Parameters:
  ///   - bytes: the text; given away, so that no copy of it is made.
  ///   - name: how messages call it.
  ///   - path: the file it is from.
  init(utf8 bytes: consuming [UInt8], name: String, path: String?) throws(DataError) {
    var bytes = bytes
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var seen = SeenScalars()
    var count = 0
    let end = bytes.withUnsafeBufferPointer { bytes in
      forEachScalar(of: bytes, from: start) { scalar in
        seen.insert(scalar)
        count += 1
      }
    }
    guard end == bytes.count else { throw Self.invalid(bytes, at: end, name: name, path: path) }
    let vocabulary = Vocabulary(seen.scalars)
    guard vocabulary.count <= Self.mostCharacters else {
      throw DataError(
        .unsupported,
        "\(name) has \(vocabulary.count) different characters; there may be \(Self.mostCharacters) at most.", path: path
      )
    }
    var places = [UInt16](repeating: 0, count: 1 + Int(vocabulary.scalars.last?.value ?? 0))
    for (place, scalar) in vocabulary.scalars.enumerated() { places[Int(scalar.value)] = UInt16(place) }
    guard vocabulary.count <= 256 else {
      let words = [UInt16](unsafeUninitializedCapacity: count) { words, initialized in
        _ = bytes.withUnsafeBufferPointer { bytes in
          forEachScalar(of: bytes, from: start) { scalar in
            words[initialized] = places[Int(scalar)]
            initialized += 1
          }
        }
      }
      self.init(.words(words), vocabulary: vocabulary)
      return
    }
    bytes.withUnsafeMutableBufferPointer { bytes in
      var written = 0
      // A character takes at least one byte, so a token never overwrites what is still to be read.
      _ = forEachScalar(of: UnsafeBufferPointer(bytes), from: start) { scalar in
        bytes[written] = UInt8(places[Int(scalar)])
        written += 1
      }
    }
    bytes.removeLast(bytes.count - count)
    self.init(.bytes(bytes), vocabulary: vocabulary)
  }

  private static func invalid(_ bytes: [UInt8], at offset: Int, name: String, path: String?) -> DataError {
    let line = 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
    let hex = String(bytes[offset], radix: 16, uppercase: true)
    return DataError(
      .malformed,
      "\(name) is not valid UTF-8 at byte \(offset) (0x\(hex)); save it as UTF-8.", path: path,
      line: path == nil ? nil : line)
  }
}

/// Which Unicode scalars occur, one bit each.
private struct SeenScalars {
  private var words = [UInt64](repeating: 0, count: 0x11_0000 / 64)

  @inline(__always)
  mutating func insert(_ scalar: UInt32) { words[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63) }

  /// In rising order.
  var scalars: [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for (place, word) in words.enumerated() where word != 0 {
      for bit in 0..<64 where word >> UInt64(bit) & 1 == 1 {
        if let scalar = Unicode.Scalar(UInt32(place * 64 + bit)) { result.append(scalar) }
      }
    }
    return result
  }
}

/// Calls `body` with the scalars of UTF-8 text one after another and returns where it stopped: the end, or the first
/// byte of what is not valid (overlong forms, surrogates, values above U+10FFFF, cut-off sequences).
///
/// - Source: The Unicode Standard, version 16, table 3-7.
@inline(__always)
private func forEachScalar(of bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (UInt32) -> Void) -> Int {
  var i = start
  while i < bytes.count {
    let first = UInt32(bytes[i])
    if first < 0x80 {
      i += 1
      body(first)
      continue
    }
    let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
    guard length > 0, i + length <= bytes.count else { return i }
    var scalar = first & (0xFF >> UInt32(length + 1))
    for k in 1..<length {
      let next = UInt32(bytes[i + k])
      guard next & 0xC0 == 0x80 else { return i }
      scalar = scalar << 6 | next & 0x3F
    }
    switch length {
    case 3: guard scalar >= 0x800, !(0xD800...0xDFFF).contains(scalar) else { return i }
    case 4: guard scalar >= 0x1_0000, scalar <= 0x10_FFFF else { return i }
    default: break
    }
    i += length
    body(scalar)
  }
  return i
}
