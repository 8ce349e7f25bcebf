/// Elements of another node's memory as a tensor: an offset and a stride for each dimension.
struct View: Sendable, Hashable {
  /// The node whose memory it is.
  var node: Int32
  var offset = 0
  var shape: [Int]
  var strides: [Int]

  /// All of a node's memory, row-major.
  init(all node: Int32, shape: [Int]) {
    self.node = node
    self.shape = shape
    strides = DescentAutodiff.strides(shape)
  }

  func transposed(_ permutation: [Int]) -> View {
    var result = self
    result.shape = permutation.map { shape[$0] }
    result.strides = permutation.map { strides[$0] }
    return result
  }

  /// The block of `size` that begins at `start`.
  func block(at start: [Int], size: [Int]) -> View {
    var result = self
    result.offset += zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 }
    result.shape = size
    return result
  }

  /// The same elements in the same order in another shape; nil if no strides give that.
  func reshaped(to target: [Int]) -> View? {
    var result = self
    result.shape = target
    result.strides = [Int](repeating: 0, count: target.count)
    let old = shape.indices.filter { shape[$0] != 1 }
    let new = target.indices.filter { target[$0] != 1 }
    var (i, j) = (0, 0)
    while i < old.count, j < new.count {
      // The fewest neighbouring dimensions on either side that hold equally many elements.
      var (lastOld, lastNew) = (i, j)
      var (oldCount, newCount) = (shape[old[i]], target[new[j]])
      while oldCount != newCount {
        if oldCount < newCount {
          lastOld += 1
          guard lastOld < old.count else { return nil }
          oldCount *= shape[old[lastOld]]
        } else {
          lastNew += 1
          guard lastNew < new.count else { return nil }
          newCount *= target[new[lastNew]]
        }
      }
      for d in i..<lastOld where strides[old[d]] != strides[old[d + 1]] * shape[old[d + 1]] { return nil }
      var stride = strides[old[lastOld]]
      for d in (j...lastNew).reversed() {
        result.strides[new[d]] = stride
        stride *= target[new[d]]
      }
      (i, j) = (lastOld + 1, lastNew + 1)
    }
    return result
  }
}
