internal import CZlib
internal import Foundation

/// Reads a file front to back; gzip is recognised by its content and unpacked on the way.
struct ByteReader: ~Copyable {
  let path: String
  /// Bytes on disk.
  let fileSize: Int
  private let file: gzFile

  init(_ path: String) throws(DataError) {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DataError(.fileNotFound, "no such file.", path: path)
    }
    guard !isFolder.boolValue else { throw DataError(.unreadable, "this is a folder, not a file.", path: path) }
    guard let file = gzopen(path, "rb") else {
      throw DataError(.unreadable, "the file cannot be opened; check its permissions.", path: path)
    }
    gzbuffer(file, 1 << 17)
    self.file = file
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    fileSize = (attributes?[.size] as? Int) ?? 0
  }

  deinit { gzclose(file) }

  /// True if the file is packed.
  var isCompressed: Bool { gzdirect(file) == 0 }

  /// Fills `buffer` from the front as far as the file goes and returns how many bytes that were; 0 at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let wanted = UInt32(min(buffer.count - filled, 1 << 24))
      let count = gzread(file, buffer.baseAddress.map { $0 + filled }, wanted)
      if count < Int32(wanted) { try checkEnd() }
      guard count > 0 else { break }
      filled += Int(count)
    }
    return filled
  }

  /// The next `count` bytes.
  ///
  /// - Throws: ``DataError`` if the file ends before; `what` names the missing part.
  func bytes(_ count: Int, _ what: String) throws(DataError) -> [UInt8] {
    // No packing is denser than 1032 to 1, so a header that promises more is not believed.
    guard count / 1100 <= fileSize else { throw truncated(what) }
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(DataError) {
        initialized = try read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard bytes.count == count else { throw truncated(what) }
    return bytes
  }

  /// All bytes that are left.
  func rest() throws(DataError) -> [UInt8] {
    var bytes: [UInt8] = []
    if !isCompressed { bytes.reserveCapacity(fileSize) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try read(into: chunk)
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      if count < chunk.count { return bytes }
    }
  }

  /// Checks that nothing follows; reaching the end also checks the sum of packed data.
  func expectEnd() throws(DataError) {
    var byte: UInt8 = 0
    var failure: DataError?
    let count = withUnsafeMutableBytes(of: &byte) { buffer in
      do throws(DataError) {
        return try read(into: buffer)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    guard count == 0 else {
      throw DataError(.malformed, "the file holds more data than its header says.", path: path)
    }
  }

  private func truncated(_ what: String) -> DataError {
    DataError(.truncated, "the file ends inside its \(what); copy or download it again.", path: path)
  }

  // A short read is the end of the file, or of a gzip stream cut off in the middle.
  private func checkEnd() throws(DataError) {
    var code: Int32 = 0
    let text = gzerror(file, &code)
    if code == Z_BUF_ERROR {
      throw DataError(.truncated, "the gzip data ends too early; copy or download it again.", path: path)
    }
    if code != Z_OK && code != Z_STREAM_END {
      let reason = text.map { String(cString: $0) } ?? "error \(code)"
      throw DataError(.unreadable, "the gzip data is damaged (\(reason)).", path: path)
    }
  }
}
