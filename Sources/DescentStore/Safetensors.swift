public import DescentCore
import Foundation

/// Checkpoints as safetensors files, which Python's `safetensors` and others read and write.
///
/// A file is the length of a header (8 bytes, little-endian), the header (JSON, padded with spaces to a multiple of
/// 8), then the tensors' bytes without gaps. The checkpoint's step and strings stand in `__metadata__`.
///
/// - Source: https://github.com/huggingface/safetensors (format, and the limits its reader sets).
public enum Safetensors {
  /// The longest header accepted, in bytes, as in the reference implementation.
  static let longestHeader = 100_000_000

  /// The file's bytes for `checkpoint`; equal checkpoints give equal bytes.
  ///
  /// - Throws: ``StoreError`` (`invalid`) for a repeated or reserved name or a shape that does not fit its bytes.
  public static func encode(_ checkpoint: Checkpoint) throws(StoreError) -> [UInt8] {
    Array(try parts(of: checkpoint).joined())
  }

  /// Writes `checkpoint` to `path` by way of a temporary file, so that a stop at any time leaves no half file there.
  public static func write(_ checkpoint: Checkpoint, to path: String) throws(StoreError) {
    try OpenFile.replace(path, with: try parts(of: checkpoint))
  }

  /// Header, then the tensors' own arrays, so that a large checkpoint is written without a second copy of it.
  private static func parts(of checkpoint: Checkpoint) throws(StoreError) -> [[UInt8]] {
    let tensors = checkpoint.tensors
    var names: Set<String> = ["__metadata__"]
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else {
        throw StoreError(.invalid, "the tensor name \"\(tensor.name)\" is taken; names must differ")
      }
      guard byteCount(tensor.element, tensor.shape) == tensor.bytes.count else {
        throw StoreError(
          .invalid,
          "tensor \"\(tensor.name)\" has \(tensor.bytes.count) bytes, which do not fit its shape \(tensor.shape)")
      }
    }
    guard checkpoint.metadata["step"] == nil, checkpoint.step >= 0 else {
      throw StoreError(.invalid, "\"step\" is not free as metadata, and the step must be 0 or more")
    }
    // Gaps are not allowed, so the largest elements come first: then each tensor is aligned to its own element.
    let order = tensors.indices.sorted {
      (-tensors[$0].element.size, tensors[$0].name) < (-tensors[$1].element.size, tensors[$1].name)
    }
    var offsets = [Range<Int>](repeating: 0..<0, count: tensors.count)
    var end = 0
    for i in order {
      offsets[i] = end..<(end + tensors[i].bytes.count)
      end = offsets[i].upperBound
    }
    return [header(checkpoint, offsets)] + order.map { tensors[$0].bytes }
  }

  /// The header lists the tensors in the checkpoint's own order, which is so kept.
  private static func header(_ checkpoint: Checkpoint, _ offsets: [Range<Int>]) -> [UInt8] {
    var json: [UInt8] = []
    json.append(ascii: "{\"__metadata__\":{\"step\":")
    json.append(json: String(checkpoint.step))
    for (key, value) in checkpoint.metadata.sorted(by: { $0.key < $1.key }) {
      json.append(ascii: ",")
      json.append(json: key)
      json.append(ascii: ":")
      json.append(json: value)
    }
    json.append(ascii: "}")
    for (tensor, offset) in zip(checkpoint.tensors, offsets) {
      json.append(ascii: ",")
      json.append(json: tensor.name)
      json.append(ascii: ":{\"dtype\":")
      json.append(json: tensor.element.rawValue)
      json.append(ascii: ",\"shape\":[")
      json.append(contentsOf: tensor.shape.map(String.init).joined(separator: ",").utf8)
      json.append(ascii: "],\"data_offsets\":[")
      json.append(contentsOf: "\(offset.lowerBound),\(offset.upperBound)]}".utf8)
    }
    json.append(ascii: "}")
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -json.count & 7))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) } + json
  }

  /// Bytes of a tensor, or nil if a dimension is negative or the product too large.
  static func byteCount(_ element: CheckpointTensor.Element, _ shape: [Int]) -> Int? {
    var count = element.size
    // A zero anywhere makes the tensor empty, whatever the others' product.
    if shape.contains(0), shape.allSatisfy({ $0 >= 0 }) { return 0 }
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      if overflow || dimension < 0 { return nil }
      count = product
    }
    return count
  }
}
