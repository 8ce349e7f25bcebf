/// Places the labels of vertical lines in rows above a plot so that no text meets another text or another line's leader.
///
/// A label is a flag beside the top of its leader and flies above every leader that it would otherwise cross. The first
/// so many markers from the left fly to the left, the others to the right; the split that keeps all labels inside in the
/// fewest rows is chosen.
struct MarkerLabels {
  struct Flag: Equatable {
    /// Index of the marker in the given order.
    var index: Int
    var from: Double
    var to: Double
    /// 0 is the row next to the plot.
    var row: Int
    /// Flies to the left.
    var flipped: Bool
  }

  let flags: [Flag]
  var rows: Int { (flags.map(\.row).max() ?? -1) + 1 }

  /// - Parameters:
  ///   - markers: where each leader stands and how wide its text is (0: no label).
  ///   - inside: where labels should stay.
  ///   - gap: least distance between a text and another text or leader.
  init(_ markers: [(at: Double, width: Double)], inside: ClosedRange<Double>, gap: Double) {
    let order = markers.indices.filter { markers[$0].width > 0 }.sorted {
      (markers[$0].at, $0) < (markers[$1].at, $1)
    }
    // All ways to split a crowd would take long and win nothing; a crowd is cut in the middle.
    let splits = order.count > 40 ? [order.count / 2] : Array(0...order.count)
    let choices = splits.map { split in
      Self.raise(
        order.prefix(split).map { index in
          let at = markers[index].at
          return Flag(index: index, from: at - markers[index].width, to: at, row: 0, flipped: true)
        }, gap)
        + Self.raise(
          order.dropFirst(split).reversed().map { index in
            let at = markers[index].at
            return Flag(index: index, from: at, to: at + markers[index].width, row: 0, flipped: false)
          }, gap)
    }
    func cost(_ flags: [Flag]) -> (Int, Int) {
      let outside = flags.count { $0.from < inside.lowerBound || $0.to > inside.upperBound }
      return (outside, flags.map(\.row).max() ?? 0)
    }
    flags = choices.min { cost($0) < cost($1) } ?? []
  }

  /// Gives each flag the lowest row above all flags before it whose leaders it crosses.
  private static func raise(_ flags: [Flag], _ gap: Double) -> [Flag] {
    var raised: [Flag] = []
    for var flag in flags {
      let crossed = raised.filter { other in
        let leader = other.flipped ? other.to : other.from
        return leader >= flag.from - gap && leader <= flag.to + gap
      }
      flag.row = (crossed.map(\.row).max() ?? -1) + 1
      raised.append(flag)
    }
    return raised
  }
}
