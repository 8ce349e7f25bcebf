/// A stretch of a plain run with one curve, on a clock of its own: what a library's own schedule may be able to say.
struct NamedPiece: Sendable {
  var start: Int
  /// nil: for ever.
  var length: Int?
  var curve: Curve
  /// Where on the curve its first step is.
  var shift: Double
  var isReversed: Bool

  /// The one level.
  var level: Double? { if case .flat(let rate) = curve { rate } else { nil } }

  /// A straight way of this many steps and its ends, which are met on steps: `length` is 0 for a single step.
  var line: (from: Double, to: Double, length: Int)? {
    guard case .line(let line) = curve, !isReversed, let length, length > 0 else { return nil }
    // Read at the steps' ends it comes to its goal at its last step, else one step later.
    let way = shift > 0 ? length - 1 : length
    return (line.value(shift), line.value(shift + Double(way)), way)
  }

  /// The curve from its beginning.
  var whole: Curve? { shift == 0 && !isReversed ? curve : nil }
}

extension ResolvedSchedule {
  /// The pieces of a run that is one track on the run's own clock; nil of others.
  var namedPieces: [NamedPiece]? {
    if let dressing {
      guard dressing.factors.isEmpty, dressing.noise == nil, !dressing.changesTime else { return nil }
    }
    var pieces: [NamedPiece] = []
    let segments = track.segments
    for (index, segment) in segments.enumerated() {
      let next = index + 1 < segments.count ? segments[index + 1].start : nil
      if let next, next <= segment.start { continue }
      if let last = pieces.last, let level = last.level, segment.curve == .flat(level) {
        pieces[pieces.count - 1].length = next.map { $0 - last.start }
        continue
      }
      pieces.append(
        NamedPiece(
          start: segment.start, length: next.map { $0 - segment.start }, curve: segment.curve,
          shift: segment.origin + segment.direction * segment.edge, isReversed: segment.direction < 0))
    }
    return pieces.count <= 12 ? pieces : nil
  }

  /// The best of a library's calls, and what to say of one that comes near.
  func best(of calls: [NamedCall], _ library: Library) -> (call: NamedCall?, note: String?) {
    // The other side's own functions are not rounded alike everywhere: half of what is allowed is left to them.
    let limit = tolerance(library) * (library.isSinglePrecision ? 0.5 : 1)
    var nearest: (call: NamedCall, difference: NamedDifference)?
    for call in calls {
      guard let difference = difference(to: call, of: library) else { continue }
      if difference.within <= limit, difference.after <= limit {
        // A shorter one may do, if the run is all there is.
        return (call, nearest.flatMap { note($0.call, $0.difference, library, limit, onlySame: true) })
      }
      if nearest.map({ Self.isNearer(difference, $0.difference, limit) }) ?? true { nearest = (call, difference) }
    }
    return (nil, nearest.flatMap { note($0.call, $0.difference, library, limit, onlySame: false) })
  }

  /// What to say of a call that is not used.
  private func note(
    _ call: NamedCall, _ difference: NamedDifference, _ library: Library, _ limit: Double, onlySame: Bool
  ) -> String? {
    let text = call.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      .replacingOccurrences(of: "( ", with: "(").replacingOccurrences(of: ", )", with: ")")
      .replacingOccurrences(of: "[ ", with: "[").replacingOccurrences(of: ", ]", with: "]")
    if difference.within <= limit {
      return "\(text) gives the same rates too, but only up to the end of the run; after it, it goes elsewhere."
    }
    guard !onlySame, difference.within <= 0.25 * highestTried else { return nil }
    return
      "\(library.rawValue)'s own \(text) comes near: it differs by up to \(short(difference.within)), at step "
      + "\(difference.step)."
  }

  private static func isNearer(_ a: NamedDifference, _ b: NamedDifference, _ limit: Double) -> Bool {
    max(a.within, limit) == max(b.within, limit) ? a.after < b.after : a.within < b.within
  }
}

/// Three digits.
func short(_ value: Double) -> String {
  guard value > 0, value.isFinite else { return number(value) }
  var scale = 1.0
  while value * scale < 100 { scale *= 10 }
  let rounded = (value * scale).rounded() / scale
  return number(rounded)
}

extension String {
  /// Every `old` replaced by `new`, without Foundation.
  func replacingOccurrences(of old: String, with new: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(old) {
        result += new
        rest.removeFirst(old.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
