import DescentData
import Testing

@Suite struct GatherTests {
  private let floats = Dataset(
    name: "floats", featureShape: [2], features: .floats([0, 1, 10, 11, 20, 21]),
    targets: .values([5, 6, 7, 8, 9, 10], width: 2))
  private let bytes = Dataset(
    name: "bytes", featureShape: [1, 2], features: .bytes([0, 51, 102, 153, 204, 255], divisor: 255),
    targets: .classes([2, 0, 1], names: ["a", "b", "c"]))

  private func gather<T: Numeric>(
    _ dataset: Dataset, _ rows: [Int32], _ count: Int,
    _ body: (UnsafeBufferPointer<Int32>, UnsafeMutableBufferPointer<T>) -> Void
  ) -> [T] {
    var output = [T](repeating: 0, count: count)
    rows.withUnsafeBufferPointer { rows in output.withUnsafeMutableBufferPointer { body(rows, $0) } }
    return output
  }

  @Test func `rows come in the order asked for, also repeated`() {
    #expect(gather(floats, [2, 0, 2], 6) { floats.gather($0, into: $1) } as [Float] == [20, 21, 0, 1, 20, 21])
    #expect(gather(floats, [1], 2) { floats.gather($0, into: $1) } as [Double] == [10, 11])
  }

  @Test func `bytes are divided exactly`() {
    let expected: [Float] = [204.0 / 255, 1, 0, 51.0 / 255]
    #expect(gather(bytes, [2, 0], 4) { bytes.gather($0, into: $1) } as [Float] == expected)
    #expect(gather(bytes, [2, 0], 4) { bytes.gather($0, into: $1) } as [Double] == expected.map(Double.init))
  }

  @Test func `targets of either kind`() {
    #expect(gather(bytes, [2, 0], 2) { bytes.gatherClasses($0, into: $1) } as [Int32] == [1, 2])
    #expect(gather(floats, [2, 0], 4) { floats.gatherValues($0, into: $1) } as [Float] == [9, 10, 5, 6])
    #expect(gather(floats, [1], 2) { floats.gatherValues($0, into: $1) } as [Double] == [7, 8])
  }

  @Test func `targets of the other kind are not copied`() {
    let one = [Int32](repeating: 1, count: 1)
    var labels: [Int32] = [-1]
    var values: [Float] = [-1]
    one.withUnsafeBufferPointer { rows in
      let classes = labels.withUnsafeMutableBufferPointer { floats.gatherClasses(rows, into: $0) }
      let numbers = values.withUnsafeMutableBufferPointer { bytes.gatherValues(rows, into: $0) }
      #expect(!classes && !numbers)
    }
    #expect(labels == [-1] && values == [-1])
  }
}
