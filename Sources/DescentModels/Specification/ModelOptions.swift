internal import DescentSpecs

/// The settings of a model specification: `name=value` joined by commas.
struct ModelOptions {
  private let text: String
  private var values: [String: String] = [:]

  /// - Parameters:
  ///   - parts: the settings' texts.
  ///   - allowed: the names that the model has.
  ///   - text: the whole specification, for messages.
  init(_ parts: some Sequence<Substring>, allowed: [String], in text: String) throws(ModelError) {
    self.text = text
    for part in parts {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, !pair[1].isEmpty else {
        throw ModelError("The model \"\(text)\" has \"\(part)\" where a setting is expected, as in \(allowed[0])=4.")
      }
      guard allowed.contains(pair[0]) else {
        throw ModelError(
          "The model \"\(text)\" has no setting \"\(pair[0])\"; \(suggestion(for: pair[0], among: allowed))")
      }
      guard values.updateValue(pair[1], forKey: pair[0]) == nil else {
        throw ModelError("The model \"\(text)\" has \(pair[0]) twice.")
      }
    }
  }

  /// A whole number in `range`.
  func number(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(ModelError) -> Int {
    guard let value = values[name] else { return fallback }
    guard let number = Int(value), range.contains(number) else {
      throw ModelError(
        "\(name)=\(value) in the model \"\(text)\" must be a whole number from \(range.lowerBound) to \(range.upperBound)."
      )
    }
    return number
  }

  /// A probability to drop, from 0 to below 1.
  func rate(_ name: String) throws(ModelError) -> Double {
    guard let value = values[name] else { return 0 }
    guard let number = Double(value), number >= 0, number < 1 else {
      throw ModelError("\(name)=\(value) in the model \"\(text)\" must be a number from 0 to below 1.")
    }
    return number
  }

  /// One of some words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, default fallback: Word
  ) throws(ModelError) -> Word where Word.RawValue == String {
    guard let value = values[name] else { return fallback }
    guard let word = Word(rawValue: value) else {
      throw ModelError(
        "\(name)=\(value) in the model \"\(text)\": \(suggestion(for: value, among: Word.allCases.map(\.rawValue)))")
    }
    return word
  }

  /// Whole numbers joined by "-".
  func widths(_ name: String, default fallback: [Int]) throws(ModelError) -> [Int] {
    guard let value = values[name] else { return fallback }
    guard let widths = parsedWidths(value) else {
      throw ModelError("\(name)=\(value) in the model \"\(text)\" must be whole numbers joined by \"-\", as in 16-32.")
    }
    return widths
  }
}

/// Whole numbers from 1 to 1,000,000 joined by "-"; nil for anything else.
func parsedWidths(_ text: some StringProtocol) -> [Int]? {
  let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
  let widths = parts.compactMap(\.self)
  guard widths.count == parts.count, widths.allSatisfy({ (1...1_000_000).contains($0) }) else { return nil }
  return widths
}
