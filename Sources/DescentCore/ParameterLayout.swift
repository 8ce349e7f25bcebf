/// How one flat vector is divided into named slices.
///
/// The trainable region (what an ``Objective`` sees and an optimizer moves) comes first; a region of buffers that are
/// kept but not trained (batch-norm statistics) follows.
public struct ParameterLayout: Sendable, Hashable, Codable {
  /// One named slice, row-major.
  public struct Slice: Sendable, Hashable, Codable {
    /// Dot-separated, as in `layer0.weight`.
    public var name: String
    /// Sizes of the dimensions.
    public var shape: [Int]
    /// First element, counted from the start of the whole vector.
    public var offset: Int
    /// Elements of the slice.
    public var count: Int { shape.reduce(1, *) }
    /// Where its elements stand in the whole vector.
    public var range: Range<Int> { offset..<(offset + count) }
  }

  /// Slices that are trained, in order, without gaps.
  public private(set) var trainable: [Slice] = []
  /// Slices that are kept but not trained, in order, after the trainable ones.
  public private(set) var buffers: [Slice] = []
  /// Elements in the trainable region.
  public private(set) var trainableCount = 0
  /// Elements in the region of buffers.
  public private(set) var bufferCount = 0

  /// An empty layout.
  public init() {}

  /// Elements of the whole vector.
  public var count: Int { trainableCount + bufferCount }

  /// Appends a trainable slice and returns its offset. Buffers must not have been added yet.
  @discardableResult
  public mutating func addTrainable(_ name: String, shape: [Int]) -> Int {
    precondition(buffers.isEmpty, "trainable slices come before buffers")
    let slice = Slice(name: name, shape: shape, offset: trainableCount)
    trainable.append(slice)
    trainableCount += slice.count
    return slice.offset
  }

  /// Appends a buffer and returns its offset.
  @discardableResult
  public mutating func addBuffer(_ name: String, shape: [Int]) -> Int {
    let slice = Slice(name: name, shape: shape, offset: count)
    buffers.append(slice)
    bufferCount += slice.count
    return slice.offset
  }
}
