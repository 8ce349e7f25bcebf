public import DescentCore
import Foundation

extension Safetensors {
  /// The checkpoint in the file at `path`.
  ///
  /// - Throws: ``StoreError``: `file` if it cannot be read, `malformed` if anything in it is not as the format demands.
  public static func read(_ path: String) throws(StoreError) -> Checkpoint {
    let file = try OpenFile(path, O_RDONLY)
    return try read(path, size: try file.size()) { offset, count throws(StoreError) in
      try file.read(count, at: offset)
    }
  }

  /// The checkpoint in `bytes`; `name` stands for the file in errors.
  public static func decode(_ bytes: [UInt8], name: String = "checkpoint") throws(StoreError) -> Checkpoint {
    try read(name, size: bytes.count) { offset, count throws(StoreError) in
      Array(bytes[offset..<offset + count])
    }
  }

  private static func read(
    _ path: String, size: Int, fetch: (_ offset: Int, _ count: Int) throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> Checkpoint {
    func malformed(_ message: String) -> StoreError { StoreError(.malformed, path, message) }
    guard size >= 8 else { throw malformed("is cut short: \(size) bytes are too few for a safetensors file") }
    let length = try fetch(0, 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= longestHeader else {
      throw malformed("claims a header of \(length) bytes; it is no safetensors file, or is damaged")
    }
    let start = 8 + Int(length)
    guard start <= size else {
      throw malformed("is cut short: its header takes \(length) bytes, and \(size - 8) follow")
    }
    var header: Header
    do {
      header = try Header(JSONScanner(try fetch(8, Int(length))))
    } catch let fault as JSONFault {
      throw malformed("bad header at byte \(8 + fault.position): \(fault.reason)")
    } catch let error as StoreError {
      throw error
    } catch {
      throw malformed("bad header")
    }
    if let reason = header.gap(dataCount: size - start) { throw malformed(reason) }
    guard let step = header.metadata.removeValue(forKey: "step").flatMap({ Int($0) }), step >= 0 else {
      throw malformed("its metadata has no \"step\" that is a whole number of 0 or more; it is no checkpoint")
    }
    var tensors: [CheckpointTensor] = []
    for entry in header.entries {
      let bytes = try fetch(start + entry.begin, entry.end - entry.begin)
      guard bytes.count == entry.end - entry.begin else { throw malformed("became shorter while it was read") }
      tensors.append(CheckpointTensor(name: entry.name, element: entry.element, shape: entry.shape, bytes: bytes))
    }
    return Checkpoint(step: step, tensors: tensors, metadata: header.metadata)
  }

  /// What the header says, each entry valid by itself.
  private struct Header {
    struct Entry {
      var name: String
      var element: CheckpointTensor.Element
      var shape: [Int]
      var begin: Int
      var end: Int
    }

    var metadata: [String: String] = [:]
    var entries: [Entry] = []

    init(_ scanner: consuming JSONScanner) throws(JSONFault) {
      var names: Set<String> = []
      try scanner.beginObject()
      while let name = try scanner.nextKey() {
        guard names.insert(name).inserted else { throw scanner.fault("the name \"\(name)\" stands there twice") }
        if name == "__metadata__" {
          try scanner.beginObject()
          while let key = try scanner.nextKey() {
            guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
              throw scanner.fault("the metadata \"\(key)\" stands there twice")
            }
          }
        } else {
          entries.append(try Self.entry(name, &scanner))
        }
      }
      try scanner.finish()
    }

    private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(JSONFault) -> Entry {
      var type: String?
      var shape: [Int]?
      var offsets: [Int]?
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "dtype" where type == nil: type = try scanner.string()
        case "shape" where shape == nil: shape = try integers(&scanner)
        case "data_offsets" where offsets == nil: offsets = try integers(&scanner)
        default: throw scanner.fault("unexpected or repeated \"\(key)\" in tensor \"\(name)\"")
        }
      }
      guard let type, let shape, let offsets else {
        throw scanner.fault("tensor \"\(name)\" needs dtype, shape and data_offsets")
      }
      guard let element = CheckpointTensor.Element(rawValue: type) else {
        throw scanner.fault("tensor \"\(name)\" has elements \"\(type)\"; F32, F64, I64, U64 and U8 can be read")
      }
      guard let size = byteCount(element, shape) else {
        throw scanner.fault("tensor \"\(name)\" has the impossible shape \(shape)")
      }
      guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0] else {
        throw scanner.fault("tensor \"\(name)\" has the impossible data_offsets \(offsets)")
      }
      guard offsets[1] - offsets[0] == size else {
        throw scanner.fault(
          "tensor \"\(name)\" has \(offsets[1] - offsets[0]) bytes; \(type) of shape \(shape) takes \(size)")
      }
      return Entry(name: name, element: element, shape: shape, begin: offsets[0], end: offsets[1])
    }

    private static func integers(_ scanner: inout JSONScanner) throws(JSONFault) -> [Int] {
      var values: [Int] = []
      try scanner.beginArray()
      while try scanner.hasElement() { values.append(try scanner.integer()) }
      return values
    }

    /// What keeps the tensors from filling `dataCount` bytes exactly and without overlap, if anything.
    func gap(dataCount: Int) -> String? {
      var end = 0
      for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
        guard entry.begin == end else {
          return "tensor \"\(entry.name)\" \(entry.begin < end ? "overlaps another" : "leaves a gap before it")"
        }
        guard entry.end <= dataCount else {
          return "is cut short: tensor \"\(entry.name)\" ends at byte \(entry.end) of the data, which has \(dataCount)"
        }
        end = entry.end
      }
      return end == dataCount ? nil : "\(dataCount - end) bytes after the last tensor belong to none"
    }
  }
}
