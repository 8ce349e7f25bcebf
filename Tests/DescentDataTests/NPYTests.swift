import DescentData
import Testing

@Suite struct NPYTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A file as `numpy.save` writes it.
  private func npy(_ type: String, _ shape: String, _ data: [UInt8], order: String = "False", version: UInt8 = 1)
    -> [UInt8]
  {
    let descr = type.hasPrefix("[") ? type : "'\(type)'"
    var header = "{'descr': \(descr), 'fortran_order': \(order), 'shape': (\(shape)), }"
    let fixed = version == 1 ? 10 : 12
    while (fixed + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    let count = UInt32(header.utf8.count)
    let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * UInt32($0))) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8) + data
  }

  private func bytes<T: BitwiseCopyable>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  @Test func `the last column of a table is the target`() throws {
    let path = try folder.write("x.npy", npy("<f4", "2, 3", bytes([1, 2, 0.5, 3, 4, 1.5] as [Float])))
    let dataset = try loadDataset(path)
    #expect(dataset.gather([0, 1]) == [1, 2, 3, 4])
    #expect(dataset.targets == .values([0.5, 1.5], width: 1))
    #expect(dataset.featureShape == [2])
    #expect(dataset.wantsStandardization)
  }

  @Test func `every element type, versions 1 and 2`() throws {
    let numbers: [(String, [UInt8])] = [
      ("<f4", bytes([1, 2, 7, 3, 4, 0] as [Float])), ("<f8", bytes([1, 2, 7, 3, 4, 0] as [Double])),
      ("<i4", bytes([1, 2, 7, 3, 4, 0] as [Int32])), ("<i8", bytes([1, 2, 7, 3, 4, 0] as [Int64])),
      ("|u1", [1, 2, 7, 3, 4, 0]),
    ]
    for (type, data) in numbers {
      for version: UInt8 in [1, 2] {
        let path = try folder.write("x.npy", npy(type, "2, 3", data, version: version))
        let dataset = try loadDataset(path)
        #expect(dataset.gather([0, 1]) == [1, 2, 3, 4])
        #expect(dataset.targets == .values([7, 0], width: 1))
      }
    }
  }

  @Test func `targets in a file of their own, as classes or values`() throws {
    let x = try folder.write("x.npy", npy("<f4", "4,", bytes([1, 2, 3, 4] as [Float])))
    let y = try folder.write("y.npy", npy("<i8", "4,", bytes([5, 3, 3, 5] as [Int64])))
    let dataset = try loadDataset(x + ":" + y)
    #expect(dataset.featureShape == [1])
    #expect(dataset.targets == .classes([1, 0, 0, 1], names: ["3", "5"]))
    #expect(try loadDataset(x + ":" + y + ":regression").targets == .values([5, 3, 3, 5], width: 1))
    let wide = try folder.write("y.npy", npy("<f8", "4, 2", bytes([0, 1, 2, 3, 4, 5, 6, 7] as [Double])))
    #expect(try loadDataset(x + ":" + wide).targets == .values([0, 1, 2, 3, 4, 5, 6, 7], width: 2))
  }

  @Test func `bytes of two dimensions per row are pictures`() throws {
    let x = try folder.write("x.npy", npy("|u1", "2, 1, 2", [0, 51, 102, 255]))
    let y = try folder.write("y.npy", npy("<f4", "2,", bytes([0.5, 1] as [Float])))
    let dataset = try loadDataset(x + ":" + y)
    #expect(dataset.featureShape == [1, 2])
    #expect(dataset.gather([0, 1]) == [0, 0.2, 0.4, 1])
    #expect(!dataset.wantsStandardization)
  }

  @Test func `an array longer than one portion`() throws {
    let x = (0..<60_000).map { Double($0) / 4 }
    let path = try folder.write("x.npy", npy("<f8", "20000, 3", bytes(x)))
    let dataset = try loadDataset(path)
    #expect(dataset.gather([0, 19_999]) == [0, 0.25, 14_999.25, 14_999.5])
    guard case .values(let y, 1) = dataset.targets else {
      Issue.record("values")
      return
    }
    let expected = (0..<20_000).map { Float($0 * 3 + 2) / 4 }
    #expect(y == expected)
  }

  @Test func `faulty files are refused`() throws {
    let six = bytes([1, 2, 3, 4, 5, 6] as [Float])
    let cases: [([UInt8], DataError.Code, String)] = [
      ([], .empty, "empty"),
      (Array("PK nothing of the sort".utf8), .malformed, "not a NumPy file"),
      ([0x93, 0x4E], .truncated, "header"),
      (npy("<f4", "2, 3", Array(six.dropLast())), .truncated, "inside its data"),
      (npy("<f4", "2000000000, 2000000000", six), .truncated, "more data than"),
      (npy("<f4", "99999999999999999999, 3", six), .malformed, "shape"),
      (npy("<f4", "4000000000, 4000000000", six), .malformed, "shape"),
      (npy("<f4", "2, -3", six), .malformed, "shape"),
      (npy("<f4", "2, 3", six, order: "True"), .unsupported, "ascontiguousarray"),
      (npy("<f4", "2, 3", six + [0]), .malformed, "more data than"),
      (npy(">f4", "2, 3", six), .unsupported, ">f4"),
      (npy("[('a', '<f4')]", "2, 3", six), .unsupported, "(record)"),
      (npy("|O", "2, 3", six), .unsupported, "|O"),
      (npy("<f4", "", Array(six.prefix(4))), .malformed, "axis 0"),
      (npy("<f4", "0, 3", []), .empty, "no elements"),
      (npy("<f4", "6,", six), .unsupported, "TARGETS.npy"),
      (npy("<f4", "3, 2, 1", six), .unsupported, "TARGETS.npy"),
      (npy("<f4", "2, 3", bytes([1, 2, 3, 4, .nan, 6] as [Float])), .notFinite, "row 1, column 1"),
      (npy("<f8", "1, 2", bytes([1, 1e300] as [Double])), .notFinite, "row 0, column 1"),
    ]
    for (content, code, says) in cases {
      let path = try folder.write("x.npy", content)
      let error = try #require(throws: DataError.self) { try loadDataset(path) }
      #expect(error.code == code, "\(error)")
      #expect(error.description.contains(says), "\(error)")
    }
  }

  @Test func `as many targets as rows`() throws {
    let x = try folder.write("x.npy", npy("<f4", "2, 2", bytes([1, 2, 3, 4] as [Float])))
    let y = try folder.write("y.npy", npy("<f4", "3,", bytes([1, 2, 3] as [Float])))
    let error = try #require(throws: DataError.self) { try loadDataset(x + ":" + y) }
    #expect(error.code == .countMismatch)
    #expect(throws: DataError.self) { try loadDataset(x + ":" + folder.path + "/none.npy") }
  }
}
