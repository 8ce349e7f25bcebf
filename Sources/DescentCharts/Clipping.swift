extension PlotPoint {
  var isFinite: Bool { x.isFinite && y.isFinite }
}

/// The visible pieces of a line whose points are given in fractions of the plot; nil entries are gaps.
///
/// Segments are cut at the edges of the unit square (Liang & Barsky 1984). A point between two gaps is a piece of its own.
package func visibleRuns(_ points: [PlotPoint?]) -> [[PlotPoint]] {
  var runs: [[PlotPoint]] = []
  var current: [PlotPoint] = []
  func inside(_ p: PlotPoint) -> Bool { (0...1).contains(p.x) && (0...1).contains(p.y) }
  func close() {
    if !current.isEmpty { runs.append(current) }
    current = []
  }
  var previous: PlotPoint?
  for (index, entry) in points.enumerated() {
    guard let point = entry else {
      close()
      previous = nil
      continue
    }
    if let last = previous {
      if let (from, to) = clippedSegment(last, point) {
        if current.last != from {
          close()
          current.append(from)
        }
        if to != from { current.append(to) }
      } else {
        close()
      }
    } else if inside(point) {
      let alone = index + 1 >= points.count || points[index + 1] == nil
      current = [point]
      if alone { close() }
    }
    previous = point
  }
  close()
  return runs
}

/// The part of a segment inside the unit square, or nil.
func clippedSegment(_ a: PlotPoint, _ b: PlotPoint) -> (PlotPoint, PlotPoint)? {
  let (dx, dy) = (b.x - a.x, b.y - a.y)
  var (enter, leave) = (0.0, 1.0)
  for (p, q) in [(-dx, a.x), (dx, 1 - a.x), (-dy, a.y), (dy, 1 - a.y)] {
    if p == 0 {
      if q < 0 { return nil }
    } else if p < 0 {
      enter = max(enter, q / p)
    } else {
      leave = min(leave, q / p)
    }
  }
  guard enter <= leave else { return nil }
  let from = enter == 0 ? a : PlotPoint(a.x + enter * dx, a.y + enter * dy)
  let to = leave == 1 ? b : PlotPoint(a.x + leave * dx, a.y + leave * dy)
  return (from, to)
}

/// Thins a long line that never goes back in x to at most four points in each of `columns` equal columns (first, lowest,
/// highest, last), which draws the same picture at that width: no spike is lost.
func thinned(_ run: [PlotPoint], columns: Int) -> [PlotPoint] {
  guard run.count > 4 * columns, zip(run, run.dropFirst()).allSatisfy({ $0.x <= $1.x }) else { return run }
  var kept: [PlotPoint] = []
  var start = 0
  while start < run.count {
    let column = Int(run[start].x * Double(columns))
    var end = start
    var (lowest, highest) = (start, start)
    while end < run.count, Int(run[end].x * Double(columns)) == column {
      if run[end].y < run[lowest].y { lowest = end }
      if run[end].y > run[highest].y { highest = end }
      end += 1
    }
    for index in Array(Set([start, lowest, highest, end - 1])).sorted() { kept.append(run[index]) }
    start = end
  }
  return kept
}
