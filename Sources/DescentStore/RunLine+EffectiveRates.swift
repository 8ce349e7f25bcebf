import DescentCore

// A line of `effective-rates.jsonl`.
extension RunLine {
  /// Appends `row` as a line.
  static func append(_ row: EffectiveRateRow, to bytes: inout [UInt8]) {
    begin(attempt: row.attempt, step: row.step, &bytes)
    bytes.append(ascii: ",\"tensor\":")
    bytes.append(json: row.tensor)
    for (name, path) in numbers {
      bytes.append(UInt8(ascii: ","))
      bytes.append(json: name)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(json: row[keyPath: path])
    }
    bytes.append(ascii: ",\"factors\":{")
    for (index, factor) in row.factors.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(json: factor.key)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(json: factor.value)
    }
    bytes.append(ascii: "}}\n")
  }

  /// Reads a row of effective rates; members it does not know are left alone.
  static func effectiveRates(_ scanner: consuming JSONScanner) throws(JSONFault) -> EffectiveRateRow {
    var row = EffectiveRateRow(
      attempt: 0, step: 0, tensor: "", requested: .nan, minimum: .nan, tenth: .nan, median: .nan, ninetieth: .nan,
      maximum: .nan)
    var seen: Set<String> = []
    try scanner.beginObject()
    while let name = try scanner.nextKey() {
      seen.insert(name)
      switch name {
      case "attempt": row.attempt = try scanner.integer()
      case "step": row.step = try scanner.integer()
      case "tensor": row.tensor = try scanner.string()
      case "factors":
        try scanner.beginObject()
        while let factor = try scanner.nextKey() {
          if let value = try measurement(&scanner) { row.factors[factor] = value }
        }
      default:
        if let value = try measurement(&scanner), let path = numbers.first(where: { $0.name == name })?.path {
          row[keyPath: path] = value
        }
      }
    }
    try scanner.finish()
    guard seen.isSuperset(of: ["attempt", "step", "tensor"]) else {
      throw scanner.fault("a row of effective rates needs \"attempt\", \"step\" and \"tensor\"")
    }
    return row
  }

  private typealias Path = any WritableKeyPath<EffectiveRateRow, Double> & Sendable
  private static let numbers: [(name: String, path: Path)] = [
    ("requested", \.requested), ("minimum", \.minimum), ("tenth", \.tenth), ("median", \.median),
    ("ninetieth", \.ninetieth), ("maximum", \.maximum),
  ]
}
