/// The places inside one segment at which its curve jumps or turns, rising: every `period` steps, and with a `middle`
/// also that many steps into each period. A collection that is counted, not stored: a long run may have very many.
struct Turns: RandomAccessCollection {
  private let period: Int
  private let middle: Int?
  let startIndex = 0
  let endIndex: Int

  /// The places in 1 ..< length.
  init(every period: Int, middle: Int? = nil, before length: Int) {
    self.period = period
    self.middle = middle
    let last = Swift.max(length - 1, 0)
    let feet = last / period
    if let middle { endIndex = 2 * feet + (last % period >= middle ? 1 : 0) } else { endIndex = feet }
  }

  /// No more than one place.
  init(at place: Int?) {
    period = place ?? 1
    middle = nil
    endIndex = place == nil ? 0 : 1
  }

  subscript(index: Int) -> Int {
    let turn = index + 1
    guard let middle else { return turn * period }
    return turn / 2 * period + (turn % 2 == 1 ? middle : 0)
  }
}
