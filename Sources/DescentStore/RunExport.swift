public import DescentCore

extension RunRecord {
  /// The rows of measurements as CSV (RFC 4180): `step`, `attempt`, then every measurement in order of appearance.
  ///
  /// A measurement not taken at a step leaves an empty field; what is not finite is `nan`, `inf` or `-inf`; numbers
  /// read back as exactly what they were.
  public func csv() -> String {
    var names: [String] = []
    var columns: [String: Int] = [:]
    for row in metrics {
      for (name, _) in row.values where columns.updateValue(columns[name] ?? names.count, forKey: name) == nil {
        names.append(name)
      }
    }
    var lines = [(["step", "attempt"] + names.map(csvField)).joined(separator: ",")]
    for row in metrics {
      var fields = [String](repeating: "", count: names.count)
      for (name, value) in row.values {
        if let column = columns[name] { fields[column] = value.description }
      }
      lines.append(([String(row.step), String(row.attempt)] + fields).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The effective rates as CSV: `step`, `attempt`, `tensor`, `requested`, the five quantiles, then every factor in the
  /// order of the alphabet under `factor/` and its name, empty where a tensor has none.
  public func effectiveRatesCSV() -> String {
    let factors = Set(effectiveRates.flatMap(\.factors.keys)).sorted()
    let quantiles = ["minimum", "tenth", "median", "ninetieth", "maximum"]
    let header = ["step", "attempt", "tensor", "requested"] + quantiles + factors.map { csvField("factor/" + $0) }
    let lines = effectiveRates.map { row -> [String] in
      let numbers = [row.requested, row.minimum, row.tenth, row.median, row.ninetieth, row.maximum]
      return [String(row.step), String(row.attempt), csvField(row.tensor)] + numbers.map(\.description)
        + factors.map { row.factors[$0]?.description ?? "" }
    }
    return ([header] + lines).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  /// One JSON object: `run` (as in `run.json`), `metrics`, `events` and `effectiveRates` (as in the lines of their
  /// files).
  public func json() throws(StoreError) -> String {
    var json: [UInt8] = []
    json.append(ascii: "{\"run\": ")
    json += try RunDescriptionFile(description).bytes()
    json.append(ascii: ",\"metrics\": [")
    join(metrics, &json) { RunLine.append($0, to: &$1) }
    json.append(ascii: "],\"events\": [")
    join(events, &json) { RunLine.append($0, to: &$1) }
    json.append(ascii: "],\"effectiveRates\": [")
    join(effectiveRates, &json) { RunLine.append($0, to: &$1) }
    json.append(ascii: "]}\n")
    return String(decoding: json, as: UTF8.self)
  }

  private func join<Item>(_ items: [Item], _ json: inout [UInt8], _ append: (Item, inout [UInt8]) -> Void) {
    for (i, item) in items.enumerated() {
      json.append(ascii: i == 0 ? "\n" : ",\n")
      append(item, &json)
      json.removeLast()  // the line break
    }
  }
}

extension RunDescription {
  /// The description as one JSON object, as in `run.json`.
  public func json() throws(StoreError) -> String {
    String(decoding: try RunDescriptionFile(self).bytes(), as: UTF8.self)
  }
}

private func csvField(_ text: String) -> String {
  guard text.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else { return text }
  return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
