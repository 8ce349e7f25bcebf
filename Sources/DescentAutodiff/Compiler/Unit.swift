/// How an operand is read by an element-wise chain.
package enum Spread: UInt8, Sendable, Hashable {
  case full, scalar, row, column
  /// One element for each row, for members that have one themselves.
  case perRow
}

/// An operand of a unit: the node whose memory is read, and how.
package struct Operand: Sendable, Hashable {
  package var node: Int32
  package var spread: Spread
  /// Elements per row that a row or column operand asks of the chain; 0 for the others.
  package var columns: Int
}

/// One instruction to be: a single node, or element-wise nodes that run together.
///
/// A chain goes over rows × columns elements, tile by tile. Its members have an element for each place or one for each
/// row; between the two stand sums and maxima of rows, and broadcasts along them.
package struct Unit: Sendable {
  /// Node ids in order; the last is the root, at whose place in the graph the unit runs.
  package var members: [Int32]
  /// 0, or 1 if it depends on a repeated input.
  package var stage: Int
  /// Elements that the chain goes over.
  package var count: Int
  /// Elements per row of a chain; 0 if nothing asks for rows.
  package var columns = 0
  /// Whether some members have one element for each row, so that tiles must hold whole rows.
  package var hasRows = false

  /// Whether a node with this many elements has one for each row.
  package func isPerRow(_ nodeCount: Int) -> Bool { hasRows && nodeCount != count }
}
