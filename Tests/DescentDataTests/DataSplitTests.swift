import DescentData
import Testing

@Suite struct DataSplitTests {
  private func classes(_ counts: [Int], reserved: Range<Int>? = nil) -> Dataset {
    // Classes interleaved as far as they go.
    var labels: [Int32] = []
    var left = counts
    while left.contains(where: { $0 > 0 }) {
      for c in left.indices where left[c] > 0 {
        labels.append(Int32(c))
        left[c] -= 1
      }
    }
    return Dataset(
      name: "test", featureShape: [1], features: .floats(labels.map { Float($0) }),
      targets: .classes(labels, names: counts.indices.map(String.init)), reservedTestRows: reserved)
  }

  private func regression(_ rows: Int) -> Dataset {
    let x = (0..<rows).map { Float($0) }
    return Dataset(name: "test", featureShape: [1], features: .floats(x), targets: .values(x, width: 1))
  }

  private func count(_ dataset: Dataset, _ rows: [Int32]) -> [Int] {
    guard case .classes(let labels, let names) = dataset.targets else { return [] }
    return rows.reduce(into: [Int](repeating: 0, count: names.count)) { $0[Int(labels[Int($1)])] += 1 }
  }

  @Test(arguments: [[20], [3, 3, 3], [1, 2, 30], [700, 200, 100], [2, 2]], [0, 7] as [UInt64])
  func `the parts hold every row once, in rising order`(counts: [Int], seed: UInt64) {
    let dataset = classes(counts)
    let split = DataSplit(of: dataset, seed: seed)
    #expect((split.train + split.validation + split.test).sorted() == Array(0..<Int32(dataset.rows)))
    for part in [split.train, split.validation, split.test] { #expect(part == part.sorted()) }
  }

  @Test func `every class is divided 70 to 15 to 15`() {
    let dataset = classes([700, 200, 101, 10, 3, 2, 1])
    let split = DataSplit(of: dataset)
    #expect(count(dataset, split.validation) == [105, 30, 15, 2, 1, 0, 0])
    #expect(count(dataset, split.test) == [105, 30, 15, 2, 1, 0, 0])
    #expect(count(dataset, split.train) == [490, 140, 71, 6, 1, 2, 1])
  }

  @Test(arguments: [(20, 3), (1000, 150), (3, 1), (2, 0), (1, 0)])
  func `regression is divided plainly, tiny sets as documented`(rows: Int, held: Int) {
    let split = DataSplit(of: regression(rows))
    #expect(split.validation.count == held)
    #expect(split.test.count == held)
    #expect(split.train.count == rows - 2 * held)
  }

  @Test func `classes too small to divide are divided together`() {
    let split = DataSplit(of: classes([2, 2, 2, 2]))
    #expect(split.validation.count == 1)
    #expect(split.test.count == 1)
  }

  @Test func `reserved rows are the test part`() {
    let dataset = classes([500, 500], reserved: 850..<1000)
    let split = DataSplit(of: dataset)
    #expect(split.test == Array(850..<1000))
    #expect(count(dataset, split.validation) == [75, 75])
    #expect(split.train.count == 700)
  }

  @Test func `the split is shuffled, frozen, and another seed gives another`() {
    let digits = Dataset.digits()
    let split = DataSplit(of: digits)
    #expect(split == DataSplit(of: digits, seed: 0))
    #expect(split.test != DataSplit(of: digits, seed: 1).test)
    #expect(split.train.prefix(8) == [0, 1, 4, 5, 6, 9, 10, 11])
    #expect(split.validation.prefix(8) == [19, 24, 26, 32, 39, 47, 55, 62])
    #expect(split.test.prefix(8) == [2, 3, 7, 8, 12, 20, 25, 28])
    #expect([split.train.count, split.validation.count, split.test.count] == [1259, 269, 269])
  }

  @Test func `all rows can be for training`() {
    let split = DataSplit.all(of: regression(5))
    #expect(split == DataSplit(train: [0, 1, 2, 3, 4]))
  }
}
