import DescentData
import Testing

@Suite struct StandardizationTests {
  private let table = Dataset(
    name: "test", featureShape: [3], features: .floats([1, 1e6 + 1, 7, 3, 1e6 + 3, 7, 5, 1e6 + 8, 7, 100, -5, 9]),
    targets: .values([10, 20, 60, 1000], width: 1))

  @Test func `numbers come from the given rows only`() {
    let scaling = Standardization.ofFeatures(table, rows: [0, 1, 2])
    #expect(scaling.mean == [3, 1e6 + 4, 7])
    #expect(abs(scaling.scale[0] - (8.0 / 3).squareRoot()) < 1e-15)
    #expect(abs(scaling.scale[1] - (26.0 / 3).squareRoot()) < 1e-9)
    #expect(scaling.scale[2] == 1)
  }

  @Test func `a constant column of an inexact number has the scale 1`() {
    let values = [Float](repeating: 0.1, count: 977)
    let dataset = Dataset(name: "t", featureShape: [1], features: .floats(values), targets: .values(values, width: 1))
    #expect(Standardization.ofFeatures(dataset, rows: Array(0..<977)).scale == [1])
  }

  @Test func `all rows are standardised in place and the targets come back in their unit`() {
    var dataset = table
    let rows: [Int32] = [0, 1, 2]
    let targets = Standardization.ofTargets(dataset, rows: rows)
    dataset.standardize(features: .ofFeatures(dataset, rows: rows), targets: targets)
    let x = dataset.gather([0, 1, 2, 3])
    for column in 0..<2 {
      let values = (0..<3).map { Double(x[$0 * 3 + column]) }
      #expect(abs(values.reduce(0, +)) < 1e-6)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 3) < 1e-5)
    }
    #expect([x[2], x[5], x[8], x[11]] == [0, 0, 0, 2])
    #expect(abs(x[9] - 97 / (8 / 3 as Float).squareRoot()) < 1e-4)
    guard case .values(let z, 1) = dataset.targets, let targets else {
      Issue.record("values stay values")
      return
    }
    for (z, y) in zip(z, [10.0, 20, 60, 1000]) { #expect(abs(targets.original(Double(z), column: 0) - y) < 1e-3) }
    #expect(table.gather([3]) == [100, -5, 9], "the copy it came from is untouched")
  }

  @Test func `classes have no target scaling`() {
    var digits = Dataset.digits()
    let rows = DataSplit(of: digits).train
    #expect(Standardization.ofTargets(digits, rows: rows) == nil)
    let scaling = Standardization.ofFeatures(digits, rows: rows)
    #expect(scaling.scale[0] == 1, "the first pixel is always 0")
    digits.standardize(features: scaling, targets: nil)
    let column = digits.gather(rows).enumerated().filter { $0.offset % 64 == 20 }.map { Double($0.element) }
    #expect(abs(column.reduce(0, +) / Double(rows.count)) < 1e-6)
    #expect(abs(column.reduce(0) { $0 + $1 * $1 } / Double(rows.count) - 1) < 1e-5)
  }

  @Test func `bytes become floats`() {
    var dataset = Dataset(
      name: "t", featureShape: [1], features: .bytes([0, 10, 20], divisor: 10),
      targets: .classes([0, 1, 0], names: ["a", "b"]))
    dataset.standardize(features: Standardization(mean: [1], scale: [0.5]), targets: nil)
    #expect(dataset.features == .floats([-2, 0, 2]))
  }
}
