import Foundation

/// What the two output streams can show.
struct Terminal: Sendable {
  /// Standard output is a terminal a person reads.
  var outputIsTerminal: Bool
  /// Standard error is a terminal a person reads.
  var errorIsTerminal: Bool
  /// The error stream may be redrawn in place: a terminal that is not `dumb`.
  var canRedraw: Bool
  /// Colours may be used on standard error.
  var usesColor: Bool
  /// The locale shows Unicode: braille and block characters may be used.
  var usesUnicode: Bool
  /// Columns of the terminal; 80 where there is none.
  var width: Int
  /// Lines of the terminal; 24 where there is none.
  var height: Int

  static let current = Terminal(environment: ProcessInfo.processInfo.environment)

  init(environment: [String: String]) {
    outputIsTerminal = isatty(STDOUT_FILENO) == 1
    errorIsTerminal = isatty(STDERR_FILENO) == 1
    let dumb = environment["TERM"] == "dumb"
    canRedraw = errorIsTerminal && !dumb
    usesColor = canRedraw && (environment["NO_COLOR"] ?? "").isEmpty
    // The first of these that is set decides, as in the C library.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let encoding = locale.lowercased()
    usesUnicode = (encoding.contains("utf-8") || encoding.contains("utf8")) && !dumb && environment["TERM"] != "linux"
    let size = Self.size()
    width = size?.columns ?? environment["COLUMNS"].flatMap { Int($0) } ?? 80
    height = size?.lines ?? 24
  }

  private static func size() -> (columns: Int, lines: Int?)? {
    for stream in [STDERR_FILENO, STDOUT_FILENO] {
      var size = winsize()
      guard ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { continue }
      return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : nil)
    }
    return nil
  }
}
