import DescentSpecs
import Foundation

/// A JSON5 file whose keys are the names of options; flags on the command line win over it.
struct ConfigFile {
  /// The file's name, as given.
  let path: String
  private let settings: [(key: String, value: Setting)]

  /// Reads the file.
  ///
  /// - Throws: ``Failure`` for a file that is not there or is no JSON5 object.
  init(path: String) throws(Failure) {
    self.path = path
    let data = try readFile(path)
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      settings = try decoder.decode([String: Setting].self, from: data).sorted { $0.key < $1.key }
        .map { (key: $0.key, value: $0.value) }
    } catch {
      throw Failure(
        "bad-config", "\(path):\(Self.brokenLine(in: data, by: decoder)): this is not a JSON5 object of options",
        hint: "write it as { lr: 1e-3, steps: 1000 }")
    }
  }

  /// The settings as arguments, without those a flag has `given` already.
  ///
  /// - Throws: ``Failure`` for a key that is no option of the command, and for a value no option can have.
  func arguments(for walk: ArgumentWalk) throws(Failure) -> [String] {
    let options = walk.options.filter { !["config", "help", "version"].contains($0.key) }
    var arguments: [String] = []
    for (key, value) in settings {
      guard let option = options.first(where: { $0.isKey(key) }), let name = option.key else {
        throw Failure(
          "unknown-key", "\(path): \(walk.commandName) has no option \"\(key)\"",
          hint: flattened(suggestion(for: key, among: options.compactMap(\.key))))
      }
      if !walk.given.contains(name) { arguments += try value.arguments(for: option, key: name, path: path) }
    }
    return arguments
  }

  /// A failure about an option, told of this file if the option's value came from it.
  func located(_ failure: Failure, given: Set<String>) -> Failure {
    guard let key = settings.first(where: { failure.message.hasPrefix("--\($0.key) ") })?.key, !given.contains(key)
    else { return failure }
    var failure = failure
    failure.message = "\(path): " + failure.message.dropFirst(2)
    return failure
  }

  /// The line where the text stops being an object: the first that no beginning of the file, closed, reads beyond.
  private static func brokenLine(in data: Data, by decoder: JSONDecoder) -> Int {
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let sound = lines.indices.last { count in
      let beginning = lines[..<count].joined(separator: "\n") + "\n}"
      return (try? decoder.decode([String: Setting].self, from: Data(beginning.utf8))) != nil
    }
    return (sound ?? 0) + 1
  }
}

/// A value of a config file.
private enum Setting: Decodable {
  case flag(Bool)
  case text(String)
  case none
  case unusable

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .text(String(value))
    } else if let value = try? container.decode(Double.self) {
      self = .text(decimal(value))
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let values = try? container.decode([Setting].self) {
      let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
      self = texts.count == values.count ? .text(texts.joined(separator: ",")) : .unusable
    } else {
      self = .unusable
    }
  }

  func arguments(for option: OptionCatalog.Argument, key: String, path: String) throws(Failure) -> [String] {
    switch (self, option.kind) {
    case (.none, _), (.flag(false), .flag): return []
    case (.flag(true), .flag): return ["--\(key)"]
    case (.text(let text), .option): return ["--\(key)=\(text)"]
    case (.flag(let value), .option): return ["--\(key)=\(value)"]
    case (_, .flag): throw Failure("bad-config", "\(path): \"\(key)\" must be true or false")
    default: throw Failure("bad-config", "\(path): \"\(key)\" must be a number or a text, or a list of them")
    }
  }
}
