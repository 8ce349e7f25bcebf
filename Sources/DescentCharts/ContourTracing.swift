extension Contours {
  /// The closed outlines of the set {value ≤ level} as points in grid units (column, row), by marching squares with
  /// linear interpolation along the edges.
  ///
  /// The grid is framed by infinitely high samples at the places of its border, so that every outline is closed (along
  /// the border where the set reaches it) and can be filled. A saddle is resolved by the mean of its four corners.
  /// - Source: Lorensen & Cline 1987, in two dimensions; ambiguity rule of the usual implementations.
  package func outlines(level: Double) -> [[PlotPoint]] {
    guard isDrawable else { return [] }
    let (wide, high) = (columns + 2, rows + 2)
    func value(_ i: Int, _ j: Int) -> Double {
      guard i > 0, j > 0, i <= columns, j <= rows else { return .infinity }
      let sample = values[(j - 1) * columns + i - 1]
      return sample.isNaN ? .infinity : sample
    }
    // Edge 2·(j·wide + i) runs from node (i, j) to (i + 1, j), the odd one after it to (i, j + 1). The set lies to the
    // left of every directed piece, so each crossed edge begins exactly one piece and ends exactly one.
    var next = [Int: Int]()
    for j in 0..<(high - 1) {
      for i in 0..<(wide - 1) {
        let corners = [value(i, j), value(i + 1, j), value(i + 1, j + 1), value(i, j + 1)]
        let inside = corners.map { $0 <= level }
        let code = (0..<4).reduce(0) { $0 | (inside[$1] ? 1 << $1 : 0) }
        guard code != 0, code != 15 else { continue }
        let edges = [
          2 * (j * wide + i), 2 * (j * wide + i + 1) + 1, 2 * ((j + 1) * wide + i), 2 * (j * wide + i) + 1,
        ]
        if code == 5 || code == 10 {
          let joined = corners.reduce(0, +) / 4 <= level
          let first = code == 5 ? 0 : 1
          for corner in [first, first + 2] {
            // Either each inside corner is cut off alone, or each outside corner is.
            let own = joined ? (corner + 1) % 4 : corner
            let (before, after) = (edges[(own + 3) % 4], edges[own])
            if joined { next[before] = after } else { next[after] = before }
          }
        } else {
          guard let enter = (0..<4).first(where: { inside[$0] && !inside[($0 + 1) % 4] }),
            let leave = (0..<4).first(where: { !inside[$0] && inside[($0 + 1) % 4] })
          else { continue }
          next[edges[enter]] = edges[leave]
        }
      }
    }
    func crossing(_ edge: Int) -> PlotPoint {
      let node = edge / 2
      let (i, j) = (node % wide, node / wide)
      let (k, l) = edge.isMultiple(of: 2) ? (i + 1, j) : (i, j + 1)
      let (a, b) = (value(i, j), value(k, l))
      // Towards an infinitely high node the crossing lies at the finite one.
      let t = a.isFinite ? (b.isFinite && b != a ? (level - a) / (b - a) : 0) : 1
      func clamp(_ node: Double, _ count: Int) -> Double { min(max(node - 1, 0), Double(count - 1)) }
      return PlotPoint(
        clamp(Double(i) + t * Double(k - i), columns), clamp(Double(j) + t * Double(l - j), rows))
    }
    var outlines: [[PlotPoint]] = []
    for start in next.keys.sorted() where next[start] != nil {
      var outline: [PlotPoint] = []
      var edge = start
      while let following = next.removeValue(forKey: edge) {
        outline.append(crossing(edge))
        edge = following
      }
      if outline.count > 2 { outlines.append(outline) }
    }
    return outlines
  }
}
