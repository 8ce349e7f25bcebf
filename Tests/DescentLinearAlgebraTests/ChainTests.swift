import CDescentKernels
import Testing

/// A chain with operations between rows and one element for each row, and what it is by the definition.
private struct RowChain<Element: ArrayElement> {
  let rows: Int
  let columns: Int
  private let x: [Element]
  private let scalar: [Element]
  private let row: [Element]
  private let column: [Element]
  private let perRow: [Element]

  /// Small whole numbers, whose sums are exact in every order; or fractions, whose are not.
  init(rows: Int, columns: Int, isWhole: Bool = true) {
    self.rows = rows
    self.columns = columns
    var lottery = Lottery(rows * 5000 + columns)
    func draw(_ count: Int) -> [Element] { isWhole ? lottery.whole(count) : lottery.fractions(count) }
    x = draw(rows * columns)
    scalar = draw(1)
    row = draw(columns)
    column = draw(rows)
    perRow = draw(rows)
  }

  /// Outputs: z = x·row + column and the rows' sums of it; then z·scalar − largest of x + sum·perRow.
  var chain: ChainCase<Element> {
    ChainCase(
      rows: rows, columns: columns, wholeRows: true,
      operations: [
        dk_chain_op(DK_MULTIPLY, 8, 0, 2),
        dk_chain_op(DK_ADD, 5, 8, 3),
        dk_chain_op(DK_ROW_SUM, 6, 5),
        dk_chain_op(DK_MULTIPLY, 9, 6, 4, perRow: true),
        dk_chain_op(DK_ROW_MAXIMUM, 10, 0),
        dk_chain_op(DK_SUBTRACT, 9, 9, 10, perRow: true),
        dk_chain_op(DK_ROW_REPEAT, 8, 9),
        dk_chain_op(DK_MULTIPLY, 11, 5, 1),
        dk_chain_op(DK_ADD, 7, 11, 8),
      ],
      inputs: [(DK_FULL, x), (DK_SCALAR, scalar), (DK_ROW, row), (DK_COLUMN, column), (DK_PER_ROW, perRow)],
      outputs: [DK_FULL, DK_PER_ROW, DK_FULL], scratch: 4)
  }

  var expected: [[Element]] {
    var (z, sums, result) = (x, perRow, x)
    for r in 0..<rows {
      let range = (r * columns)..<((r + 1) * columns)
      for (c, i) in range.enumerated() { z[i] = x[i] * row[c] + column[r] }
      sums[r] = z[range].reduce(0, +)
      let largest = x[range].max() ?? 0
      for i in range { result[i] = z[i] * scalar[0] + (sums[r] * perRow[r] - largest) }
    }
    return [z, sums, result]
  }
}

@Suite struct ChainTests {
  /// Columns around the lengths of vectors, of running sums, of half a tile and of a tile, and the longest row.
  static let columns = [2, 3, 7, 15, 16, 17, 33, 100, 255, 256, 257, 511, 512, 513, 1000, 4095, 4096]

  private func agrees<Element: ArrayElement>(_ type: Element.Type, columns: Int) {
    for rows in [1, 2, 5, 37, 600] where rows * columns <= 20_000 {
      let test = RowChain<Element>(rows: rows, columns: columns)
      let expected = test.expected
      for path in paths {
        for cuts in [[], [0.3, 0.8]] {
          #expect(test.chain.run(path, cuts: cuts) == expected, "\(rows) rows, cut at \(cuts)")
        }
      }
    }
  }

  @Test(arguments: columns)
  func `sums, maxima and repeats of rows agree with the definition, divided anyhow`(columns: Int) {
    agrees(Float.self, columns: columns)
    agrees(Double.self, columns: columns)
  }

  private func sumsAreReductions<Element: ArrayElement>(_ type: Element.Type, columns: Int) {
    let rows = 9
    var lottery = Lottery(columns)
    var x: [Element] = lottery.fractions(rows * columns)
    x[3 * columns] = .nan
    x[4 * columns + columns / 2] = .infinity
    x[5 * columns + columns - 1] = -.infinity
    for path in paths {
      for (op, takesMaximum) in [(DK_ROW_SUM, Int32(0)), (DK_ROW_MAXIMUM, 1)] {
        let chain = ChainCase(
          rows: rows, columns: columns, wholeRows: true, operations: [dk_chain_op(op, 1, 0)], inputs: [(DK_FULL, x)],
          outputs: [DK_PER_ROW])
        var reduced = [Element](repeating: 7, count: rows)
        Element.reduce(path, takesMaximum, Int64(columns), 1, 0, Int64(rows), x, &reduced)
        #expect(same(chain.run(path)[0], reduced))
        #expect(reduced.map(\.isNaN) == (0..<rows).map { $0 == 3 })
      }
    }
  }

  @Test(arguments: columns)
  func `sums and maxima of rows have the bits of the same reduction, NaN and infinities too`(columns: Int) {
    sumsAreReductions(Float.self, columns: columns)
    sumsAreReductions(Double.self, columns: columns)
  }

  @Test(arguments: columns)
  func `every instruction set adds rows up to the same bits`(columns: Int) {
    var lottery = Lottery(columns)
    let x: [Float] = lottery.fractions(5 * columns)
    let chain = ChainCase(
      rows: 5, columns: columns, wholeRows: true, operations: [dk_chain_op(DK_ROW_SUM, 1, 0)], inputs: [(DK_FULL, x)],
      outputs: [DK_PER_ROW])
    let sums = chain.run(DK_PORTABLE)
    for path in paths { #expect(chain.run(path) == sums) }
    let exact = (0..<5).map { r in x[(r * columns)..<((r + 1) * columns)].reduce(0.0) { $0 + Double($1) } }
    #expect(zip(sums[0], exact).allSatisfy { abs(Double($0) - $1) <= 0x1p-23 * max(1, abs($1)) })
  }

  @Test(arguments: columns)
  func `fractions divided anyhow give the same bits`(columns: Int) {
    for path in paths {
      let chain = RowChain<Float>(rows: 40, columns: columns, isWhole: false).chain
      let whole = chain.run(path)
      for cuts in [[0.5], [0.1, 0.2, 0.9]] { #expect(chain.run(path, cuts: cuts) == whole) }
    }
  }

  @Test func `a chain without rows or columns has no tiles`() {
    for (rows, columns) in [(0, 5), (5, 0), (0, 0)] {
      let chain = ChainCase<Float>(
        rows: rows, columns: columns, wholeRows: true, operations: [dk_chain_op(DK_NEGATE, 1, 0)],
        inputs: [(DK_FULL, [])], outputs: [DK_FULL])
      #expect(chain.run(DK_PORTABLE) == [[]])
    }
  }
}
