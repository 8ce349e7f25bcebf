/// The header of a NumPy array file.
///
/// - Source: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays", versions 1.0 to 3.0.
struct NPYHeader {
  /// Element types that can be read.
  enum Element: String, CaseIterable {
    case float32 = "<f4"
    case float64 = "<f8"
    case int32 = "<i4"
    case int64 = "<i8"
    case uint8 = "|u1"
    case boolean = "|b1"

    var size: Int {
      switch self {
      case .float32, .int32: 4
      case .float64, .int64: 8
      case .uint8, .boolean: 1
      }
    }
  }

  var element: Element
  var shape: [Int]
  /// Product of the shape.
  var count: Int

  init(_ reader: borrowing ByteReader) throws(DataError) {
    let path = reader.path
    guard reader.fileSize > 0 else { throw DataError(.empty, "the file is empty.", path: path) }
    let magic = try reader.bytes(8, "header")
    guard magic.prefix(6) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], (1...3).contains(magic[6]) else {
      throw DataError(.malformed, "this is not a NumPy file; write it with numpy.save.", path: path)
    }
    let sizeBytes = try reader.bytes(magic[6] == 1 ? 2 : 4, "header")
    let size = sizeBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let text = String(decoding: try reader.bytes(size, "header"), as: UTF8.self)
    guard
      let type = Self.value("descr", in: text), let order = Self.value("fortran_order", in: text),
      let dimensions = Self.value("shape", in: text), dimensions.hasPrefix("("),
      let close = dimensions.firstIndex(of: ")")
    else { throw DataError(.malformed, "the header does not read: \(text.prefix(200))", path: path) }
    let sizes = dimensions[..<close].dropFirst().split(separator: ",").map { $0.filter { $0 != " " } }
    shape = sizes.compactMap { Int($0) }
    guard shape.count == sizes.filter({ !$0.isEmpty }).count, shape.allSatisfy({ $0 >= 0 }), let count = product(shape)
    else { throw DataError(.malformed, "the shape does not read: \(dimensions.prefix(200))", path: path) }
    self.count = count
    let isRecord = type.hasPrefix("[")
    let name = isRecord ? "(record)" : String(type.dropFirst().prefix { $0 != "'" && $0 != "\"" })
    guard let element = Element(rawValue: name) else {
      throw DataError(
        .unsupported,
        "elements of type \(name) cannot be read; save the array as float32, float64, int32, "
          + "int64 or uint8.", path: path)
    }
    self.element = element
    // Believed only as far as the file can hold it, so that nothing is allocated on a header's word.
    let room =
      reader.isCompressed ? reader.fileSize.multipliedReportingOverflow(by: 1100).partialValue : reader.fileSize
    guard let bytes = product([count, element.size]), bytes <= room, shape.first ?? 0 <= Int(Int32.max) else {
      throw DataError(.truncated, "the shape \(shape) needs more data than the file holds.", path: path)
    }
    guard !order.hasPrefix("True") || shape.count < 2 else {
      throw DataError(
        .unsupported, "the array is in Fortran order; save numpy.ascontiguousarray(x).", path: path)
    }
  }

  /// What follows `'key':`.
  private static func value(_ key: String, in text: String) -> Substring? {
    for quote in ["'", "\""] {
      if let range = text.firstRange(of: quote + key + quote + ":") {
        return text[range.upperBound...].drop { $0 == " " }
      }
    }
    return nil
  }
}
