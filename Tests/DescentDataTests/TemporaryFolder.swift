import CZlib
import Foundation

/// A folder that goes away with this value's last use.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("descent-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  /// Writes a gzip file, without its last `cut` bytes.
  func writeCompressed(_ name: String, _ bytes: [UInt8], cut: Int = 0) throws -> String {
    let file = path + "/" + name
    let stream = gzopen(file, "wb")
    bytes.withUnsafeBytes { _ = gzwrite(stream, $0.baseAddress, UInt32($0.count)) }
    gzclose(stream)
    if cut > 0 {
      let data = try Data(contentsOf: URL(fileURLWithPath: file))
      try data.dropLast(cut).write(to: URL(fileURLWithPath: file))
    }
    return file
  }
}
