/// The target column of a table while it is read: numbers, or names of classes.
///
/// The first row decides between numbers and text. Numbers are classes if all of them are whole, there are 2 to 20
/// different ones, and on average at least two rows of each; otherwise they are values to predict. The specification
/// overrides this with `:regression` or `:classification`. Classes are numbered in rising order of their numbers, or
/// of their names by Unicode scalars.
struct TargetColumn {
  private static let mostClasses = 1000

  private let purpose: TargetPurpose?
  private let label: String
  private let path: String
  private var numbers: [Float] = []
  private var classes: [Int32] = []
  private var names: [String] = []
  private var numberOfName: [String: Int32] = [:]
  private var isText = false

  /// - Parameter label: the column as messages call it.
  init(label: String, purpose: TargetPurpose?, path: String) {
    self.label = label
    self.purpose = purpose
    self.path = path
    isText = purpose == .classification
  }

  mutating func append(_ field: CSVRecords.Field, in bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(DataError) {
    let content = NumberField(field, in: bytes)
    if case .text = content, numbers.isEmpty, purpose == nil { isText = true }
    if isText, content != .missing {
      classes.append(try number(ofName: CSVRecords.text(field, in: bytes), line: line))
    } else {
      numbers.append(try content.float(label, CSVRecords.text(field, in: bytes), path, line))
    }
  }

  private mutating func number(ofName name: String, line: Int) throws(DataError) -> Int32 {
    if let number = numberOfName[name] { return number }
    guard names.count < Self.mostClasses else {
      throw DataError(
        .unsupported, "\(label) has more than \(Self.mostClasses) classes; is it the target?", path: path, line: line)
    }
    numberOfName[name] = Int32(names.count)
    names.append(name)
    return Int32(names.count - 1)
  }

  /// The whole column.
  func targets() throws(DataError) -> Dataset.Targets {
    guard isText else {
      return purpose == nil ? Self.targets(numbers, width: 1) : .values(numbers, width: 1)
    }
    guard names.count > 1 else {
      throw DataError(
        .unsupported, "\(label) holds the single class \"\(names.first ?? "")\"; there must be two at least.",
        path: path)
    }
    // By number only if every name is one; a mixed rule would not be an order ("9" < "10" < "1a" < "9").
    let values = names.compactMap { Double($0) }
    let order = names.indices.sorted { a, b in
      if values.count == names.count, values[a] != values[b] { return values[a] < values[b] }
      return names[a].unicodeScalars.lexicographicallyPrecedes(names[b].unicodeScalars)
    }
    var place = [Int32](repeating: 0, count: names.count)
    for (new, old) in order.enumerated() { place[old] = Int32(new) }
    return .classes(classes.map { place[Int($0)] }, names: order.map { names[$0] })
  }

  /// Numbers as classes or values by the rule above.
  static func targets(_ numbers: [Float], width: Int) -> Dataset.Targets {
    var distinct: Set<Float> = []
    for number in numbers {
      guard width == 1, number == number.rounded(), abs(number) < 1e9 else { return .values(numbers, width: width) }
      if distinct.insert(number).inserted, distinct.count > 20 { return .values(numbers, width: width) }
    }
    guard distinct.count > 1, numbers.count >= 2 * distinct.count else { return .values(numbers, width: width) }
    return classes(numbers, distinct)
  }

  /// Numbers as classes in rising order.
  static func classes(_ numbers: [Float], _ distinct: Set<Float>) -> Dataset.Targets {
    let order = distinct.sorted()
    let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, Int32($0)) })
    return .classes(
      numbers.map { place[$0] ?? 0 }, names: order.map(className))
  }
}

extension NumberField {
  /// The number as Float, or the error that says why there is none.
  func float(_ column: String, _ text: @autoclosure () -> String, _ path: String, _ line: Int) throws(DataError)
    -> Float
  {
    switch self {
    case .number(let number):
      let value = Float(number)
      guard value.isFinite else { fallthrough }
      return value
    case .infinite:
      throw DataError(
        .notFinite, "\(column) holds \(text()), which is not a finite 32-bit number.", path: path, line: line)
    case .missing:
      let found = text()
      throw DataError(
        .missingValue, "\(column) has no value\(found.isEmpty ? "" : " (\(found))"); fill it in or remove the row.",
        path: path, line: line)
    case .text:
      throw DataError(
        .notANumber, "\(column) holds \"\(text())\", which is not a number; only the target may be text.", path: path,
        line: line)
    }
  }
}
