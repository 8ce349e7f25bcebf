import Foundation

/// One line on standard error with how far a loop has come, its rate and the time left.
///
/// Shown only on a terminal that can be redrawn, at most ten times a second, and erased when it ends.
struct ProgressBar: ~Copyable {
  private let label: String
  /// Steps in all; may move while the loop goes on.
  var total: Int
  private let first: Int
  private let shows: Bool
  private let terminal: Terminal
  private let start = ContinuousClock.now
  private var drawn: ContinuousClock.Instant?

  /// - Parameter first: what was done before, so that a resumed loop's rate is its own.
  init(_ label: String, total: Int, from first: Int = 0, shows: Bool, terminal: Terminal = .current) {
    self.label = label
    self.total = max(total, 1)
    self.first = first
    self.shows = shows && terminal.canRedraw
    self.terminal = terminal
  }

  /// Tells how many steps are done; `detail` (the loss, say) is asked for only when the line is drawn.
  mutating func update(_ done: Int, detail: () -> String = { "" }) {
    guard shows else { return }
    let now = ContinuousClock.now
    if let drawn, now - drawn < .milliseconds(100) { return }
    // Nothing flashes up for work that is over at once.
    if drawn == nil, now - start < .milliseconds(200) { return }
    drawn = now
    let seconds = (now - start) / .seconds(1)
    Console.notice("\r\u{1B}[K" + line(done: done, seconds: seconds, detail: detail()))
  }

  /// Erases the line.
  mutating func finish() {
    if drawn != nil { Console.notice("\r\u{1B}[K") }
    drawn = nil
  }

  // An error's way out erases it too.
  deinit {
    if drawn != nil { Console.notice("\r\u{1B}[K") }
  }

  private func line(done: Int, seconds: Double, detail: String) -> String {
    let total = max(total, done)
    let share = min(1, Double(done) / Double(total))
    let rate = Double(done - first) / max(seconds, 1e-9)
    let left = rate > 0 ? Double(total - done) / rate : .infinity
    let head = " \(label)  \(done)/\(total) "
    let tail = "  \(Self.figure(rate)) steps/s  ETA \(Self.clock(left))" + (detail.isEmpty ? "" : "  \(detail)")
    let room = min(30, terminal.width - head.count - tail.count - 3)
    guard room >= 5 else { return String((head + tail).prefix(terminal.width - 1)) }
    let filled = Int((share * Double(room)).rounded(.down))
    let bar =
      terminal.usesUnicode
      ? "▕" + String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled) + "▏"
      : "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: room - filled) + "]"
    return head + bar + tail
  }

  private static func figure(_ rate: Double) -> String {
    rate >= 10 ? String(Int(rate.rounded())) : String(format: "%.1f", rate)
  }

  private static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 360_000 else { return "–" }
    let whole = Int(seconds.rounded(.up))
    let minutes = String(format: "%d:%02d", whole / 60 % 60, whole % 60)
    return whole < 3600 ? minutes : "\(whole / 3600):" + String(format: "%02d:%02d", whole / 60 % 60, whole % 60)
  }
}
