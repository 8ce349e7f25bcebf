import DescentData
import Foundation
import Testing

@Suite struct IDXTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func images(_ count: Int, _ height: Int = 2, _ width: Int = 3) -> [UInt8] {
    [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, UInt8(height), 0, 0, 0, UInt8(width)]
      + (0..<(count * height * width)).map { UInt8($0 * 5 % 256) }
  }

  private func labels(_ values: [UInt8]) -> [UInt8] { [0, 0, 8, 1, 0, 0, 0, UInt8(values.count)] + values }

  @Test func `one pair, plain, is divided like any data`() throws {
    _ = try folder.write("train-images-idx3-ubyte", images(4))
    _ = try folder.write("train-labels-idx1-ubyte", labels([2, 0, 1, 2]))
    let dataset = try loadDataset(folder.path)
    #expect(dataset.featureShape == [2, 3])
    #expect(dataset.targets == .classes([2, 0, 1, 2], names: ["0", "1", "2"]))
    let pixels: [Float] = [30, 35, 40, 45, 50, 55]
    #expect(dataset.gather([1]) == pixels.map { $0 / 255 })
    #expect(dataset.reservedTestRows == nil)
    #expect(!dataset.wantsStandardization)
  }

  @Test func `both pairs, packed, reserve t10k for testing`() throws {
    _ = try folder.writeCompressed("train-images-idx3-ubyte.gz", images(6))
    _ = try folder.writeCompressed("train-labels-idx1-ubyte.gz", labels([0, 0, 0, 1, 1, 1]))
    _ = try folder.writeCompressed("t10k-images.idx3-ubyte.gz", images(2))
    _ = try folder.write("t10k-labels.idx1-ubyte", labels([1, 0]))
    let dataset = try loadDataset(folder.path)
    #expect(dataset.rows == 8)
    #expect(dataset.reservedTestRows == 6..<8)
    #expect(dataset.gather([6]) == dataset.gather([0]))
    #expect(dataset.targets == .classes([0, 0, 0, 1, 1, 1, 1, 0], names: ["0", "1"]))
    let split = DataSplit(of: dataset)
    #expect(split.test == [6, 7])
    #expect(split.validation.count == 2)
  }

  @Test(arguments: [
    ("magic", DataError.Code.malformed, "magic number is 0x00000d03"),
    ("swapped", .malformed, "0x00000801"),
    ("short", .truncated, "inside its data"),
    ("header", .truncated, "inside its header"),
    ("huge", .truncated, "inside its data"),
    ("overflow", .malformed, "too large"),
    ("long", .malformed, "more data"),
    ("empty", .empty, "empty"),
    ("none", .empty, "no images"),
    ("count", .countMismatch, "4 images but 3 labels"),
    ("missing", .fileNotFound, "labels-idx1-ubyte is missing"),
    ("cut", .truncated, "gzip data ends too early"),
    ("damaged", .unreadable, "damaged"),
    ("shapes", .countMismatch, "[2, 3]"),
  ])
  func `faulty files are refused`(fault: String, code: DataError.Code, says: String) throws {
    var (x, y) = (images(4), labels([2, 0, 1, 2]))
    switch fault {
    case "magic": x[2] = 0x0D
    case "swapped": swap(&x, &y)
    case "short": x.removeLast()
    case "long": x.append(0)
    case "header": x = Array(x.prefix(9))
    case "huge": x[4] = 0x7F
    case "overflow": for i in 4..<16 { x[i] = 0xFF }
    case "empty": x = []
    case "none":
      x = images(0)
      y = labels([])
    case "count": y = labels([2, 0, 1])
    case "shapes":
      _ = try folder.write("t10k-images-idx3-ubyte", images(1, 3, 2))
      _ = try folder.write("t10k-labels-idx1-ubyte", labels([1]))
    default: break
    }
    switch fault {
    case "cut": _ = try folder.writeCompressed("train-images-idx3-ubyte.gz", x, cut: 6)
    case "damaged":
      let path = try folder.writeCompressed("train-images-idx3-ubyte.gz", images(200))
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for i in 20..<60 { bytes[i] ^= 0x5A }
      _ = try folder.write("train-images-idx3-ubyte.gz", bytes)
    default: _ = try folder.write("train-images-idx3-ubyte", x)
    }
    if fault != "missing" { _ = try folder.write("train-labels-idx1-ubyte", y) }
    let error = try #require(throws: DataError.self) { try loadDataset(folder.path) }
    #expect(error.code == code, "\(error)")
    #expect(error.description.contains(says), "\(error)")
    #expect(error.path?.hasPrefix(folder.path) == true)
  }

  static let mnist = "../shared/data/mnist-t10k"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: mnist), "needs \(mnist)"))
  func `the ten thousand test images of MNIST`() throws {
    let dataset = try loadDataset(Self.mnist)
    #expect(dataset.rows == 10_000)
    #expect(dataset.featureShape == [28, 28])
    #expect(dataset.classCount == 10)
    guard case .classes(let labels, _) = dataset.targets else { return }
    #expect(labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    #expect(labels.count { $0 == 1 } == 1135)
    // The sum over the last thousand images as the file has them.
    guard case .bytes(let pixels, 255) = dataset.features else { return }
    #expect(pixels.suffix(784_000).reduce(0) { $0 + Int($1) } == 27210963)
  }
}
