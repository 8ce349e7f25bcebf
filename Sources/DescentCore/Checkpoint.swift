/// A named array inside a checkpoint, as raw little-endian bytes with its element type and shape.
public struct CheckpointTensor: Sendable, Hashable {
  /// Element types, by the names safetensors uses.
  public enum Element: String, Sendable, Hashable, Codable {
    case float32 = "F32"
    case float64 = "F64"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case uint64 = "U64"
    case uint8 = "U8"

    /// Bytes of one element.
    public var size: Int {
      switch self {
      case .float32: 4
      case .float64, .int64, .uint64: 8
      case .bfloat16: 2
      case .uint8: 1
      }
    }
  }

  /// What the array is called; unique within a checkpoint.
  public var name: String
  /// What `bytes` holds.
  public var element: Element
  /// Sizes of the dimensions, row-major; their product is the number of elements.
  public var shape: [Int]
  /// The elements, little-endian, without gaps.
  public var bytes: [UInt8]

  public init(name: String, element: Element, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.element = element
    self.shape = shape
    self.bytes = bytes
  }

  /// An array of `F32`; a vector unless `shape` says otherwise.
  public init(_ name: String, _ values: [Float], shape: [Int]? = nil) {
    self.init(name: name, element: .float32, shape: shape ?? [values.count], bytes: littleEndianBytes(values))
  }

  /// An array of `F64`; a vector unless `shape` says otherwise.
  public init(_ name: String, _ values: [Double], shape: [Int]? = nil) {
    self.init(name: name, element: .float64, shape: shape ?? [values.count], bytes: littleEndianBytes(values))
  }

  /// An array of `U64`; a vector unless `shape` says otherwise.
  public init(_ name: String, _ values: [UInt64], shape: [Int]? = nil) {
    self.init(name: name, element: .uint64, shape: shape ?? [values.count], bytes: littleEndianBytes(values))
  }

  /// The values, if the element type is `F32`.
  public var floats: [Float]? { element == .float32 ? values(of: Float.self) : nil }
  /// The values, if the element type is `F64`.
  public var doubles: [Double]? { element == .float64 ? values(of: Double.self) : nil }
  /// The values, if the element type is `U64`.
  public var unsignedIntegers: [UInt64]? { element == .uint64 ? values(of: UInt64.self) : nil }

  private func values<T: BitwiseCopyable>(of type: T.Type) -> [T]? {
    let count = bytes.count / MemoryLayout<T>.size
    guard count * MemoryLayout<T>.size == bytes.count else { return nil }
    return bytes.withUnsafeBytes { raw in
      [T](unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: raw)
        initialized = count
      }
    }
  }
}

// Every platform Swift 6 supports is little-endian; the copy below relies on it.
private func littleEndianBytes<T: BitwiseCopyable>(_ values: [T]) -> [UInt8] {
  values.withUnsafeBytes { [UInt8]($0) }
}

/// Everything a run needs to continue bit for bit: tensors and a few strings.
public struct Checkpoint: Sendable, Hashable {
  /// Optimizer steps completed when this was taken.
  public var step: Int
  /// Parameters, optimizer state, position: names are unique.
  public var tensors: [CheckpointTensor]
  /// Short texts, by names of whoever keeps them.
  public var metadata: [String: String]

  public init(step: Int, tensors: [CheckpointTensor], metadata: [String: String] = [:]) {
    self.step = step
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The first tensor of that name.
  public subscript(name: String) -> CheckpointTensor? { tensors.first { $0.name == name } }
}
