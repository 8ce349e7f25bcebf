import DescentRandom
import Testing

@Suite struct ShuffleTests {
  @Test(arguments: [0, 1, 2, 100])
  func `a permutation holds every number once`(count: Int) {
    var sequence = RandomSequence(seed: 2, stream: .shuffling)
    #expect(sequence.permutation(of: count).sorted() == Array(0..<Int32(count)))
  }

  @Test func `all orders of four are equally likely`() {
    var sequence = RandomSequence(seed: 2, stream: .shuffling, index: 1)
    var counts: [[Int32]: Int] = [:]
    for _ in 0..<12_000 { counts[sequence.permutation(of: 4), default: 0] += 1 }
    #expect(counts.count == 24)
    let chiSquared = counts.values.reduce(0.0) { $0 + Double(($1 - 500) * ($1 - 500)) / 500 }
    #expect(chiSquared < 49.7)  // 99.9 % of χ² with 23 degrees of freedom
  }

  @Test func `the order is frozen`() {
    var sequence = RandomSequence(seed: 1, stream: .shuffling, index: 3)
    #expect(sequence.permutation(of: 12) == [10, 3, 2, 7, 0, 1, 11, 8, 6, 9, 4, 5])
  }

  @Test func `shuffling an array keeps its elements`() {
    var sequence = RandomSequence(seed: 2, stream: .shuffling, index: 2)
    var elements: [Int32] = [5, 5, 7, 9, -1]
    sequence.shuffle(&elements)
    #expect(elements.sorted() == [-1, 5, 5, 7, 9])
  }
}
