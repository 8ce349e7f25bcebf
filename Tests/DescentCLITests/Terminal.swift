import Foundation

/// Runs the command with standard error (and, if asked, standard output) on a terminal, as a person would.
///
/// - Parameter interruptAt: text on the screen at which Ctrl-C is sent.
func descentOnTerminal(
  _ arguments: String..., output: Bool = false, interruptAt: String? = nil, environment: [String: String] = [:]
) throws -> Run {
  let scratch = try ScratchFolder()
  let terminal = try PseudoTerminal(columns: 100)
  let process = Process()
  process.executableURL = builtCommand
  process.arguments = arguments
  process.currentDirectoryURL = scratch.url
  process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm"].merging(environment) { $1 }
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = output ? terminal.inner : try scratch.file("stdout")
  process.standardError = terminal.inner
  try process.run()
  terminal.inner.closeFile()
  var screen = Data()
  var interrupted = false
  // Reading ends when the last writer has closed the terminal.
  while let bytes = terminal.read() {
    screen.append(bytes)
    if let interruptAt, !interrupted, String(decoding: screen, as: UTF8.self).contains(interruptAt) {
      interrupted = true
      process.interrupt()
    }
  }
  process.waitUntilExit()
  return Run(
    output: output ? "" : try scratch.text("stdout"), errors: String(decoding: screen, as: UTF8.self),
    status: process.terminationStatus)
}

/// A terminal with two ends: the process under test has the inner one.
private struct PseudoTerminal {
  let inner: FileHandle
  private let outer: Int32

  init(columns: UInt16) throws {
    var (outer, inner): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&outer, &inner, nil, nil, &size) == 0 else { throw CocoaError(.fileReadUnknown) }
    self.outer = outer
    self.inner = FileHandle(fileDescriptor: inner, closeOnDealloc: false)
  }

  /// What comes next on the screen; nil once nobody can write any more.
  func read() -> Data? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Foundation.read(outer, &buffer, buffer.count)
    guard count > 0 else {
      close(outer)
      return nil
    }
    return Data(buffer[..<count])
  }
}

#if os(Linux)
  // In the C library, but its header is not part of what Swift imports.
  @_silgen_name("openpty") private func openpty(
    _ outer: UnsafeMutablePointer<Int32>, _ inner: UnsafeMutablePointer<Int32>, _ name: UnsafeMutablePointer<CChar>?,
    _ attributes: UnsafePointer<termios>?, _ size: UnsafePointer<winsize>?
  ) -> Int32
#endif
