internal import Foundation

/// Reads a folder in MNIST's layout: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k`,
/// plain or `.gz`, the last hyphen also as a full stop.
///
/// With both pairs, the rows of `t10k` come last and are reserved for testing; one pair alone is divided like any data.
/// Pixels are scaled to 0…1.
///
/// - Source: http://yann.lecun.com/exdb/mnist, "The IDX file format".
func loadIDXFolder(_ folder: String) throws(DataError) -> Dataset {
  let train = try IDXPair(folder: folder, prefix: "train")
  let test = try IDXPair(folder: folder, prefix: "t10k")
  guard var pair = train ?? test else {
    throw DataError(
      .fileNotFound,
      """
      the folder holds no IDX files; there must be train-images-idx3-ubyte and train-labels-idx1-ubyte (or t10k-…), \
      plain or .gz.
      """, path: folder)
  }
  var reserved: Range<Int>?
  if train != nil, let test {
    guard pair.shape == test.shape else {
      throw DataError(
        .countMismatch, "the train images are of shape \(pair.shape), the t10k images of \(test.shape).", path: folder)
    }
    reserved = pair.labels.count..<(pair.labels.count + test.labels.count)
    pair.pixels += test.pixels
    pair.labels += test.labels
  }
  let classes = 1 + Int(pair.labels.max() ?? 0)
  return Dataset(
    name: folder, featureShape: pair.shape, features: .bytes(pair.pixels, divisor: 255),
    targets: .classes(pair.labels.map { Int32($0) }, names: (0..<classes).map(String.init)), reservedTestRows: reserved)
}

/// Images and their labels.
private struct IDXPair {
  var pixels: [UInt8]
  var labels: [UInt8]
  var shape: [Int]

  /// Nil if the folder has neither file.
  init?(folder: String, prefix: String) throws(DataError) {
    let imagePath = Self.find(folder, prefix, "images", "idx3")
    let labelPath = Self.find(folder, prefix, "labels", "idx1")
    guard imagePath != nil || labelPath != nil else { return nil }
    guard let imagePath, let labelPath else {
      let missing = imagePath == nil ? "images-idx3" : "labels-idx1"
      throw DataError(.fileNotFound, "\(prefix)-\(missing)-ubyte is missing, its counterpart is there.", path: folder)
    }
    let images = try IDXFile(imagePath, dimensions: 3)
    let labels = try IDXFile(labelPath, dimensions: 1)
    guard images.shape[0] == labels.shape[0] else {
      throw DataError(
        .countMismatch, "there are \(images.shape[0]) images but \(labels.shape[0]) labels in \(labelPath).",
        path: imagePath)
    }
    guard images.shape[0] > 0, !images.bytes.isEmpty else {
      throw DataError(.empty, "the file holds no images.", path: imagePath)
    }
    pixels = images.bytes
    self.labels = labels.bytes
    shape = Array(images.shape.dropFirst())
  }

  private static func find(_ folder: String, _ prefix: String, _ what: String, _ kind: String) -> String? {
    for separator in ["-", "."] {
      for ending in ["", ".gz"] {
        let path = "\(folder)/\(prefix)-\(what)\(separator)\(kind)-ubyte\(ending)"
        if FileManager.default.fileExists(atPath: path) { return path }
      }
    }
    return nil
  }
}

/// An IDX file of unsigned bytes: two zero bytes, 0x08, the number of dimensions, each size as four bytes (big-endian).
private struct IDXFile {
  let shape: [Int]
  let bytes: [UInt8]

  init(_ path: String, dimensions: Int) throws(DataError) {
    let reader = try ByteReader(path)
    guard reader.fileSize > 0 else { throw DataError(.empty, "the file is empty.", path: path) }
    let header = try reader.bytes(4, "header")
    guard header == [0, 0, 8, UInt8(dimensions)] else {
      let found = header.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      throw DataError(
        .malformed, "the magic number is 0x\(found); an IDX file of this kind begins with 0x0000080\(dimensions).",
        path: path)
    }
    let sizes = try reader.bytes(4 * dimensions, "header")
    shape = (0..<dimensions).map { k in sizes[(4 * k)..<(4 * k + 4)].reduce(0) { $0 << 8 | Int($1) } }
    guard let count = product(shape) else {
      throw DataError(.malformed, "the sizes \(shape) are too large.", path: path)
    }
    bytes = try reader.bytes(count, "data")
    try reader.expectEnd()
  }
}

/// The product, or nil if it overflows.
func product(_ sizes: [Int]) -> Int? {
  var result = 1
  for size in sizes {
    let (value, overflow) = result.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    result = value
  }
  return result
}
