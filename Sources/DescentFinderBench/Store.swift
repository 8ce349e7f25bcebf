import Foundation

/// A JSON file of results by cell, written after each cell, so that work cut off goes on where it was.
struct Store<Value: Codable> {
  let url: URL
  private(set) var values: [String: Value]

  /// What the file holds; nothing if there is none.
  init(_ path: String) throws {
    url = URL(fileURLWithPath: path)
    guard FileManager.default.fileExists(atPath: path) else {
      values = [:]
      return
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    values = try decoder.decode([String: Value].self, from: try Data(contentsOf: url))
  }

  subscript(name: String) -> Value? { values[name] }

  mutating func put(_ value: Value, for name: String) throws {
    values[name] = value
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // A line for each cell, so that a change of one is a change of one line.
    let lines = try values.sorted { $0.key < $1.key }.map { key, value in
      "\"\(key)\": " + String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    try Data(("{\n" + lines.joined(separator: ",\n") + "\n}\n").utf8).write(to: url, options: .atomic)
  }
}
