import DescentData
import Testing

@Suite struct BatchOrderTests {
  private let rows: [Int32] = (0..<10).map { $0 * 3 }

  @Test func `an epoch shows rows at most once and every batch has the same size`() {
    var order = BatchOrder(rows: rows, batchSize: 3, seed: 1)
    #expect(order.stepsPerEpoch == 3)
    for epoch in 0..<4 {
      let seen = (0..<3).flatMap { order.indices(forStep: epoch * 3 + $0) }
      #expect(seen.count == 9)
      #expect(Set(seen).count == 9)
      #expect(Set(seen).isSubset(of: rows))
    }
  }

  @Test func `the rows left over change from epoch to epoch`() {
    var order = BatchOrder(rows: rows, batchSize: 3, seed: 1)
    let skipped = (0..<30).map { epoch in
      Set(rows).subtracting((0..<3).flatMap { order.indices(forStep: epoch * 3 + $0) })
    }
    #expect(Set(skipped).count > 5)
  }

  @Test func `any step can be asked for in any order`() {
    var forward = BatchOrder(rows: rows, batchSize: 4, seed: 5)
    let expected = (0..<12).map { forward.indices(forStep: $0) }
    var resumed = BatchOrder(rows: rows, batchSize: 4, seed: 5)
    for step in (0..<12).reversed() { #expect(resumed.indices(forStep: step) == expected[step]) }
    var copy = resumed
    #expect(copy.indices(forStep: 11) == expected[11])
    #expect(resumed.indices(forStep: 0) == expected[0])
  }

  @Test func `the order is frozen and follows the seed`() {
    var order = BatchOrder(rows: rows, batchSize: 5, seed: 0)
    let expected: [[Int32]] = [[21, 24, 9, 18, 15], [27, 0, 3, 12, 6], [18, 15, 27, 21, 3]]
    #expect([0, 1, 2].map { order.indices(forStep: $0) } == expected)
    var other = BatchOrder(rows: rows, batchSize: 5, seed: 1)
    #expect(other.indices(forStep: 0) != order.indices(forStep: 0))
  }

  @Test(arguments: [nil, 10, 11, 1000])
  func `a batch of all rows keeps their order`(size: Int?) {
    var order = BatchOrder(rows: rows, batchSize: size, seed: 3)
    #expect(order.isFullBatch)
    #expect(order.batchSize == 10)
    #expect(order.stepsPerEpoch == 1)
    #expect(order.indices(forStep: 0) == rows)
    #expect(order.indices(forStep: 17) == rows)
  }

  @Test func `indices can be copied into a buffer`() {
    var order = BatchOrder(rows: rows, batchSize: 4, seed: 5)
    let expected = order.indices(forStep: 6)
    var buffer = [Int32](repeating: -1, count: 4)
    buffer.withUnsafeMutableBufferPointer { order.indices(forStep: 6, into: $0) }
    #expect(buffer == expected)
  }
}
