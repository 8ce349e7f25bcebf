/// What the process tells its caller; scripts rely on these numbers.
enum ExitStatus: Int32, Sendable {
  /// It ran and all is well.
  case fine = 0
  /// It failed on files or data.
  case failed = 1
  /// It ran, the result is printed, and the news is bad: diverged, no usable rate, lint found errors.
  case badNews = 3
  /// Something is wrong in an argument or a spec string.
  case usage = 64
  /// Stopped by Ctrl-C; what was begun can be resumed.
  case interrupted = 130
}
