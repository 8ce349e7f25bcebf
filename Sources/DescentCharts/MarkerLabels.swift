/// Places the labels of vertical lines in rows above a plot so that no text meets another text or another line's leader.
///
/// A label is a flag beside the top of its leader, on its left or its right, and flies above every leader that it would
/// otherwise cross. The sides are chosen so that the labels stay inside and need the fewest rows.
package struct MarkerLabels {
  package struct Flag: Equatable {
    /// Index of the marker in the given order.
    package var index: Int
    package var from: Double
    package var to: Double
    /// 0 is the row next to the plot.
    package var row: Int
    /// Flies to the left.
    package var flipped: Bool
  }

  package let flags: [Flag]
  package var rows: Int { (flags.map(\.row).max() ?? -1) + 1 }

  /// - Parameters:
  ///   - markers: where each leader stands and how wide its text is (0: no label).
  ///   - inside: where labels should stay.
  ///   - gap: least distance between a text and another text or leader.
  package init(_ markers: [(at: Double, width: Double)], inside: ClosedRange<Double>, gap: Double) {
    let order = markers.indices.filter { markers[$0].width > 0 }.sorted {
      (markers[$0].at, $0) < (markers[$1].at, $1)
    }
    // From left to right: some fly right (off the left edge), some left, some right, some left (off the right edge).
    // A crowd has too many such ways and would win little: it is cut in the middle.
    let count = order.count
    let ways: [(Int, Int, Int)] =
      count > 12
      ? [(0, count / 2, count)]
      : (0...count).reversed().flatMap { a in (a...count).flatMap { b in (b...count).map { c in (a, b, c) } } }
    var best: (flags: [Flag], cost: (Int, Int, Int))?
    for (a, b, c) in ways {
      let flags = order.enumerated().map { place, index in
        let at = markers[index].at
        let flips = (a..<b).contains(place) || place >= c
        return Flag(
          index: index, from: flips ? at - markers[index].width : at, to: flips ? at : at + markers[index].width,
          row: 0, flipped: flips)
      }
      guard let raised = Self.raise(flags, gap) else { continue }
      let outside = raised.count { $0.from < inside.lowerBound || $0.to > inside.upperBound }
      let cost = (outside, raised.map(\.row).max() ?? 0, raised.reduce(0) { $0 + $1.row })
      if let best, best.cost <= cost { continue }
      best = (raised, cost)
    }
    flags = best?.flags ?? []
  }

  /// Gives each flag the lowest row above all flags whose leaders its text would cross, apart from texts it would touch.
  /// Nil if two flags would have to fly above each other.
  private static func raise(_ flags: [Flag], _ gap: Double) -> [Flag]? {
    let below = flags.map { flag in
      flags.indices.filter { j in
        let leader = flags[j].flipped ? flags[j].to : flags[j].from
        return flag.flipped
          ? leader >= flag.from - gap && leader < flag.to : leader > flag.from && leader <= flag.to + gap
      }
    }
    var rows = [Int?](repeating: nil, count: flags.count)
    for _ in flags {
      guard let next = flags.indices.first(where: { i in rows[i] == nil && below[i].allSatisfy { rows[$0] != nil } })
      else { return nil }
      let touching = flags.indices.filter {
        flags[$0].from - gap < flags[next].to && flags[next].from - gap < flags[$0].to
      }
      var row = (below[next].compactMap { rows[$0] }.max() ?? -1) + 1
      while touching.contains(where: { rows[$0] == row }) { row += 1 }
      rows[next] = row
    }
    return zip(flags, rows).map { flag, row in
      var flag = flag
      flag.row = row ?? 0
      return flag
    }
  }
}
