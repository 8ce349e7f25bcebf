import Foundation

/// Appends lines to a file, many at a time.
///
/// Lines reach the operating system (and so survive the end of this process) when 64 KiB or a second's worth have
/// gathered, and on ``flush()``.
final class LineWriter {
  private static let limit = 1 << 16
  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var lastFlush = monotonicSeconds()

  /// Opens the file at `path`, making it if need be, and removes a torn line at its end.
  init(_ path: String) throws(StoreError) {
    file = try OpenFile(path, O_RDWR | O_CREAT | O_APPEND)
    buffer.reserveCapacity(Self.limit + 4096)
    try repairEnd()
  }

  deinit { try? flush() }

  /// Lets `line` append a whole line, and writes if it is time to.
  func append(_ line: (inout [UInt8]) -> Void) throws(StoreError) {
    line(&buffer)
    if buffer.count >= Self.limit || monotonicSeconds() - lastFlush >= 1 { try flush() }
  }

  func flush() throws(StoreError) {
    lastFlush = monotonicSeconds()
    if buffer.isEmpty { return }
    // Forgotten even if the disk is full: half of it may be there, and writing it again would repeat lines.
    defer { buffer.removeAll(keepingCapacity: true) }
    try file.write(buffer)
  }

  /// Returns once every line is on the disk.
  func synchronize() throws(StoreError) {
    try flush()
    try file.synchronize()
  }

  /// Completes or cuts off a last line that has no line break.
  private func repairEnd() throws(StoreError) {
    let size = try file.size()
    var start = size
    var tail: [UInt8] = []
    while start > 0, tail.first != UInt8(ascii: "\n") {
      let previous = max(0, start - 4096)
      let piece = try file.read(start - previous, at: previous)
      let kept = piece.lastIndex(of: UInt8(ascii: "\n")) ?? 0
      start = previous + kept
      tail = piece[kept...] + tail
    }
    if tail.first == UInt8(ascii: "\n") { tail.removeFirst() }
    if tail.isEmpty { return }
    var scanner = JSONScanner(tail)
    if tail.first == UInt8(ascii: "{"), (try? scanner.skipValue()) != nil, (try? scanner.finish()) != nil {
      try file.write([UInt8(ascii: "\n")])
    } else {
      try file.truncate(to: size - tail.count)
    }
  }
}

private func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
