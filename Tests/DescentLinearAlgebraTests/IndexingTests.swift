import CDescentKernels
import Testing

@Suite struct IndexingTests {
  private func agrees<Element: ArrayElement>(_ type: Element.Type, seed: Int) {
    var lottery = Lottery(seed)
    let rows = lottery.next(1...9)
    let columns = lottery.next(of: [1, 2, 3, 7, 8, 15, 16, 17, 33, 64])
    let count = lottery.next(of: [0, 1, 2, 5, 40])
    let indices = (0..<count).map { _ in
      Int32(
        lottery.next(of: [lottery.next(0...(rows - 1)), lottery.next(-2...(rows + 1)), Int(Int32.max), Int(Int32.min)]))
    }
    let table: [Element] = lottery.fractions(rows * columns)
    let values: [Element] = lottery.fractions(count * columns)
    var gathered = [Element](repeating: .nan, count: count * columns)
    var scattered = [Element](repeating: 0, count: rows * columns)
    for (i, index) in indices.enumerated() where (0..<Int32(rows)).contains(index) {
      for c in 0..<columns {
        gathered[i * columns + c] = table[Int(index) * columns + c]
        scattered[Int(index) * columns + c] += values[i * columns + c]
      }
    }
    let cuts = (0..<2).map { _ in (lottery.next(0...count), lottery.next(0...columns)) }
    for path in paths {
      for cuts in [[], cuts] {
        var result = [Element](repeating: 7, count: count * columns)
        inParts(of: count, cuts: cuts.map(\.0)) {
          Element.gather(path, Int64(rows), Int64(columns), $0, $1, table, indices, &result)
        }
        #expect(same(result, gathered))
        result = [Element](repeating: .nan, count: rows * columns)
        inParts(of: columns, cuts: cuts.map(\.1)) {
          Element.scatter(path, Int64(rows), Int64(columns), Int64(count), $0, $1, indices, values, &result)
        }
        // The sums' order is part of what is promised, so every bit is the definition's.
        #expect(result == scattered)
      }
    }
  }

  @Test(arguments: 0..<60)
  func `rows are gathered and added up by their numbers, those outside as NaN and not at all`(seed: Int) {
    agrees(Float.self, seed: seed)
    agrees(Double.self, seed: seed)
  }
}
