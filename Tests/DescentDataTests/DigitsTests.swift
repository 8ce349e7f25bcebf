import DescentData
import Testing

@Suite struct DigitsTests {
  @Test func `the embedded digits are the source's, scaled to 0…1`() {
    let digits = Dataset.digits()
    #expect(digits.rows == 1797)
    #expect(digits.featureShape == [8, 8])
    #expect(digits.classCount == 10)
    #expect(digits.outputCount == 10)
    #expect(!digits.wantsStandardization)
    #expect(digits.attribution?.contains("CC BY 4.0") == true)
    // Rows 1, 2 and the last of digits.csv.
    let rows: [(row: Int32, label: Int32, pixels: [Float])] = [
      (
        0, 0,
        [
          0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0,
          0, 3, 15, 2, 0, 11, 8, 0, 0, 4, 12, 0, 0, 8, 8, 0,
          0, 5, 8, 0, 0, 9, 8, 0, 0, 4, 11, 0, 1, 12, 7, 0,
          0, 2, 14, 5, 10, 12, 0, 0, 0, 0, 6, 13, 10, 0, 0, 0,
        ]
      ),
      (
        1, 1,
        [
          0, 0, 0, 12, 13, 5, 0, 0, 0, 0, 0, 11, 16, 9, 0, 0,
          0, 0, 3, 15, 16, 6, 0, 0, 0, 7, 15, 16, 16, 2, 0, 0,
          0, 0, 1, 16, 16, 3, 0, 0, 0, 0, 1, 16, 16, 6, 0, 0,
          0, 0, 1, 16, 16, 6, 0, 0, 0, 0, 0, 11, 16, 10, 0, 0,
        ]
      ),
      (
        1796, 8,
        [
          0, 0, 10, 14, 8, 1, 0, 0, 0, 2, 16, 14, 6, 1, 0, 0,
          0, 0, 15, 15, 8, 15, 0, 0, 0, 0, 5, 16, 16, 10, 0, 0,
          0, 0, 12, 15, 15, 12, 0, 0, 0, 4, 16, 6, 4, 16, 6, 0,
          0, 8, 16, 10, 8, 16, 8, 0, 0, 1, 8, 12, 14, 12, 1, 0,
        ]
      ),
    ]
    guard case .classes(let labels, let names) = digits.targets else {
      Issue.record("digits are classes")
      return
    }
    #expect(names == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    for (row, label, pixels) in rows {
      #expect(labels[Int(row)] == label)
      #expect(digits.gather([row]) == pixels.map { $0 / 16 })
    }
  }

  @Test func `sums over all pixels and labels are the source's`() {
    let digits = Dataset.digits()
    let sum = digits.gather(Array(0..<1797)).reduce(0.0) { $0 + Double($1) } * 16
    #expect(sum == 561718)
    guard case .classes(let labels, _) = digits.targets else { return }
    let counts = labels.reduce(into: [Int](repeating: 0, count: 10)) { $0[Int($1)] += 1 }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }
}
