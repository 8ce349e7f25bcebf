import Foundation

/// An open file descriptor, closed when the last reference goes.
final class OpenFile {
  let path: String
  private let descriptor: Int32

  init(_ path: String, _ flags: Int32) throws(StoreError) {
    self.path = path
    descriptor = open(path, flags | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw systemError(path, "open") }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError(path, "write")
      }
      done += count
    }
  }

  /// Returns once the content is on the disk.
  func synchronize() throws(StoreError) {
    if fsync(descriptor) != 0 { throw systemError(path, "write") }
  }

  func size() throws(StoreError) -> Int {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw systemError(path, "read") }
    return Int(status.st_size)
  }

  /// `count` bytes from `offset` on, fewer only at the end of the file.
  func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let got = pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
        if got < 0 && errno == EINTR { continue }
        failed = got < 0
        if got <= 0 { break }
        done += got
      }
    }
    if failed { throw systemError(path, "read") }
    return bytes
  }

  func truncate(to size: Int) throws(StoreError) {
    if ftruncate(descriptor, off_t(size)) != 0 { throw systemError(path, "write") }
  }

  /// Takes an advisory lock without waiting; false if another open file holds one that excludes it.
  ///
  /// The kernel releases it when the descriptor is closed, however the process ends.
  func lock(exclusive: Bool) throws(StoreError) -> Bool {
    while flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw systemError(path, "lock") }
    }
    return true
  }

  /// The whole content of the file at `path`.
  static func contents(of path: String) throws(StoreError) -> [UInt8] {
    let file = try OpenFile(path, O_RDONLY)
    return try file.read(try file.size(), at: 0)
  }

  /// Ending of the files that ``replace(_:with:)`` has not finished.
  static let temporarySuffix = ".tmp"

  /// Writes `parts` one after the other to a temporary file beside `path` and renames it, so that a reader finds the
  /// old content or the new one and nothing else, whenever the process or the machine stops.
  static func replace(_ path: String, with parts: [[UInt8]]) throws(StoreError) {
    let temporary = path + temporarySuffix
    do {
      let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC)
      for part in parts { try file.write(part) }
      try file.synchronize()
    } catch {
      unlink(temporary)
      throw error
    }
    if rename(temporary, path) != 0 { throw systemError(path, "write") }
    // The new name is on the disk only once its folder is.
    let parent = split(path).folder
    try OpenFile(parent.isEmpty ? "." : parent, O_RDONLY).synchronize()
  }
}

/// The last system call's failure as a sentence.
func systemError(_ path: String, _ verb: String) -> StoreError {
  StoreError(.file, path, "cannot \(verb): \(String(cString: strerror(errno)))")
}
