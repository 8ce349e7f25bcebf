import DescentCharts

/// A picture on standard error that is drawn again in its place while a loop runs, at most four times a second.
///
/// Shown only on a terminal that can be redrawn and is high enough; erased when the loop ends.
struct LiveView: ~Copyable {
  /// Whether anything is ever drawn.
  let isShown: Bool
  private let height: Int
  private let start = ContinuousClock.now
  private var drawn: ContinuousClock.Instant?
  private var lines = 0

  init(_ session: Session) {
    height = min(24, session.terminal.height - 2)
    isShown = session.showsPictures && session.terminal.canRedraw && height >= 14
  }

  /// Draws the chart; it is asked for, with the number of lines it may take, only when it is time to.
  mutating func update(_ session: Session, _ picture: (Int) -> (chart: Chart, height: Int)) {
    let height = height
    update {
      let (chart, height) = picture(height)
      return session.drawn(chart, height: height)
    }
  }

  /// Draws lines of text; they are asked for only when it is time to. Nil leaves what stands.
  mutating func update(_ text: () -> String?) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if let drawn, now - drawn < .milliseconds(250) { return }
    // Nothing flashes up for work that is over at once.
    if drawn == nil, now - start < .milliseconds(300) { return }
    drawn = now
    guard let text = text() else { return }
    Console.notice(erasure + text + "\n")
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
  }

  /// Erases the picture.
  mutating func finish() {
    if lines > 0 { Console.notice(erasure) }
    lines = 0
  }

  // An error's way out erases it too.
  deinit {
    if lines > 0 { Console.notice(erasure) }
  }

  /// Back to where the picture begins, and all below it cleared.
  private var erasure: String { lines > 0 ? "\r\u{1B}[\(lines)A\u{1B}[J" : "" }
}
