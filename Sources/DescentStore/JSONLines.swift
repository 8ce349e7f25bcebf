public import DescentCore
import Foundation
import Synchronization

/// A file of JSON lines in a run's folder beside its measurements, which several threads may append to.
///
/// A line reaches the operating system before ``append(_:)`` returns, so that it survives the end of this process.
public final class JSONLines: Sendable {
  private let writer: Mutex<LineWriter>

  /// Opens the file, making it if need be, and removes a torn line at its end.
  ///
  /// - Parameters:
  ///   - name: without its ending, `.jsonl`.
  ///   - folder: the run's.
  /// - Throws: ``StoreError`` if it cannot be opened.
  public init(_ name: String, in folder: RunFolder) throws(StoreError) {
    writer = Mutex(try LineWriter("\(folder.path)/\(name).jsonl"))
  }

  /// Appends a line.
  ///
  /// - Parameter line: one JSON object without line breaks.
  public func append(_ line: some Sequence<UInt8> & Sendable) throws {
    try writer.withLock { writer in
      try writer.append { buffer in
        buffer += line
        buffer.append(UInt8(ascii: "\n"))
      }
      try writer.flush()
    }
  }

  /// The whole lines of such a file, in order; none if there is no file. A torn last line is left out.
  ///
  /// - Parameters:
  ///   - name: without its ending, `.jsonl`.
  ///   - folder: the run's.
  /// - Throws: ``StoreError`` if it cannot be read.
  public static func lines(_ name: String, in folder: RunFolder) throws(StoreError) -> [[UInt8]] {
    let path = "\(folder.path)/\(name).jsonl"
    guard exists(path) else { return [] }
    let bytes = try OpenFile.contents(of: path)
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    return bytes[..<end].split(separator: UInt8(ascii: "\n")).map(Array.init)
  }
}
