import Foundation

/// The two output streams: results to standard output, everything meant for a person's eyes to standard error.
enum Console {
  /// Writes a result to standard output.
  ///
  /// - Throws: ``Failure`` if the stream cannot take it, say because the disk is full. A reader that has gone away
  ///   (`descent … | head -1`) is no failure.
  static func result(_ text: String) throws(Failure) {
    let code = write(text, to: STDOUT_FILENO)
    guard code == 0 || code == EPIPE else {
      throw Failure("output", "standard output cannot be written: \(String(cString: strerror(code)))", status: .failed)
    }
  }

  /// Writes to standard error; what cannot be written there is lost, for nobody is left to be told.
  static func notice(_ text: String) {
    _ = write(text, to: STDERR_FILENO)
  }

  /// Writes all of it; returns 0 or the error number.
  private static func write(_ text: String, to stream: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let start = rest.baseAddress, !rest.isEmpty {
        let count = Foundation.write(stream, start, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno != EINTR && errno != EAGAIN {
          return errno
        }
      }
      return 0
    }
  }
}

/// Ends the process.
func exitProcess(_ status: ExitStatus) -> Never { exit(status.rawValue) }
