import DescentCore
import Foundation

/// `run.json`: a ``RunDescription`` and whatever other members somebody put there, which are kept.
struct RunDescriptionFile {
  /// The newest format this code reads.
  static let version = 1

  var description: RunDescription
  /// Members not in `RunDescription`: names and JSON text.
  private(set) var others: [(name: String, json: [UInt8])] = []

  /// Names of the members that make up a description.
  private static let ownNames: Set<String> = {
    let whole = RunDescription(id: "", createdAt: "", processIdentifier: 0)
    return Set(((try? members(encode(whole))) ?? []).map(\.name))
  }()

  init(_ description: RunDescription) { self.description = description }

  init(reading path: String) throws(StoreError) {
    try self.init(try OpenFile.contents(of: path), path: path)
  }

  init(_ bytes: [UInt8], path: String) throws(StoreError) {
    let members: [(name: String, json: [UInt8])]
    do {
      members = try Self.members(bytes)
    } catch {
      let line = 1 + bytes[..<error.position].count { $0 == UInt8(ascii: "\n") }
      throw StoreError(.malformed, path, line: line, "is not a run description: \(error.reason)")
    }
    if let version = members.first(where: { $0.name == "version" }),
      let number = Int(String(decoding: version.json, as: UTF8.self)), number > Self.version
    {
      throw StoreError(
        .malformed, path, "has format \(number), and this version reads up to \(Self.version); use a newer Descent")
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy =
      .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      description = try decoder.decode(RunDescription.self, from: Data(bytes))
      others = members.filter { !Self.ownNames.contains($0.name) }
    } catch let error as DecodingError {
      throw StoreError(.malformed, path, "is not a run description: \(sentence(error))")
    } catch {
      throw StoreError(.malformed, path, "is not a run description: \(error)")
    }
  }

  func bytes() throws(StoreError) -> [UInt8] {
    var json: [UInt8] = [UInt8(ascii: "{")]
    do {
      for member in try Self.members(try Self.encode(description)) + others {
        json.append(ascii: json.count == 1 ? "\n  " : ",\n  ")
        json.append(json: member.name)
        json.append(ascii: ": ")
        json += member.json
      }
    } catch {
      throw StoreError(.invalid, "the run description cannot be written: \(error)")
    }
    json.append(ascii: "\n}\n")
    return json
  }

  func write(to path: String) throws(StoreError) {
    try OpenFile.replace(path, with: [try bytes()])
  }

  private static func encode(_ description: RunDescription) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy =
      .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return [UInt8](try encoder.encode(description))
  }

  private static func members(_ bytes: [UInt8]) throws(JSONFault) -> [(name: String, json: [UInt8])] {
    var scanner = JSONScanner(bytes)
    var members: [(name: String, json: [UInt8])] = []
    try scanner.beginObject()
    while let name = try scanner.nextKey() {
      members.append((name, Array(scanner.text(try scanner.skipValue()))))
    }
    try scanner.finish()
    return members
  }
}

private func sentence(_ error: DecodingError) -> String {
  func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
  switch error {
  case .keyNotFound(let key, _): return "\"\(key.stringValue)\" is missing"
  case .typeMismatch(_, let context), .valueNotFound(_, let context):
    return "\"\(place(context.codingPath))\" has the wrong type"
  case .dataCorrupted(let context): return "\"\(place(context.codingPath))\": \(context.debugDescription)"
  @unknown default: return "it cannot be decoded"
  }
}
