/// A file named in a data specification, with what follows it: `FILE.csv:price:regression`.
struct FileSpecification {
  enum Kind: String, CaseIterable {
    case csv = ".csv"
    case compressedCSV = ".csv.gz"
    case npy = ".npy"
    case text = ".txt"
    case compressedText = ".txt.gz"
  }

  var kind: Kind
  var path: String
  /// What stands after the colon, if anything does.
  var target: String?
  var purpose: TargetPurpose?

  /// Nil if no file name with a known ending begins the text.
  init?(_ text: String) {
    // The ending closest to the beginning, so that names.csv:x.npy is a CSV file.
    var found: (kind: Kind, end: String.Index)?
    for kind in Kind.allCases {
      for range in text.ranges(ofIgnoringCase: kind.rawValue) {
        guard range.upperBound == text.endIndex || text[range.upperBound] == ":" else { continue }
        if range.upperBound < found?.end ?? text.endIndex || found == nil { found = (kind, range.upperBound) }
        break
      }
    }
    guard let found, found.end > text.startIndex else { return nil }
    kind = found.kind
    path = String(text[..<found.end])
    guard found.end < text.endIndex else { return }
    var rest = String(text[text.index(after: found.end)...])
    for purpose in TargetPurpose.allCases where rest == purpose.rawValue || rest.hasSuffix(":" + purpose.rawValue) {
      self.purpose = purpose
      rest = String(rest.dropLast(purpose.rawValue.count + (rest == purpose.rawValue ? 0 : 1)))
    }
    target = rest.isEmpty ? nil : rest
  }

  func load() throws(DataError) -> Dataset {
    switch kind {
    case .csv, .compressedCSV: return try loadCSV(path, target: target, purpose: purpose)
    case .npy: return try loadNPY(path, targetPath: target, purpose: purpose)
    case .text, .compressedText:
      guard target == nil, purpose == nil else {
        throw DataError(
          .invalidSpecification,
          "A text has no target column: its characters are what is predicted; give \(path) alone.")
      }
      return try loadText(path)
    }
  }
}

/// What a numeric target is for, where the rule of ``TargetColumn`` is not to decide.
enum TargetPurpose: String, CaseIterable {
  case classification
  case regression
}

extension String {
  fileprivate func ranges(ofIgnoringCase ending: String) -> [Range<Index>] {
    let lowered = Array(lowercased().utf8)
    let wanted = Array(ending.utf8)
    // Lowercasing keeps the length of ASCII; for other text fall back to the exact spelling.
    let bytes = lowered.count == utf8.count ? lowered : Array(utf8)
    guard bytes.count >= wanted.count else { return [] }
    return (0...(bytes.count - wanted.count)).compactMap { start in
      guard bytes[start..<(start + wanted.count)].elementsEqual(wanted) else { return nil }
      let lower = utf8.index(utf8.startIndex, offsetBy: start)
      return lower..<utf8.index(lower, offsetBy: wanted.count)
    }
  }
}
