extension Tensor {
  /// The same elements in another shape of the same count.
  public func reshaped(_ shape: [Int]) -> Tensor {
    guard shape.reduce(1, *) == count else {
      return tape.fail("reshape", "\(self.shape) has \(count) elements, \(shape) has another number", shape: shape)
    }
    return tape.record(.reshape, [self], shape: shape)
  }

  /// Repeats dimensions of size 1, and adds leading ones, to reach `target`.
  public func broadcast(to target: [Int]) -> Tensor {
    if shape == target { return self }
    guard broadcastShape([shape, target]) == target else {
      return tape.fail("broadcast", "\(shape) does not spread to \(target)", shape: target)
    }
    let aligned = reshaped([Int](repeating: 1, count: target.count - rank) + shape)
    return tape.record(.expand, [aligned], shape: target)
  }

  /// Result dimension i is dimension `permutation[i]`.
  public func transposed(_ permutation: [Int]) -> Tensor {
    guard permutation.sorted() == Array(shape.indices) else {
      return tape.fail("transpose", "\(permutation) is no permutation of the dimensions of \(shape)", shape: shape)
    }
    return tape.record(.transpose(permutation: permutation), [self], shape: permutation.map { shape[$0] })
  }

  /// The last two dimensions swapped.
  public func transposed() -> Tensor {
    guard rank >= 2 else {
      return tape.fail("transpose", "\(shape) has fewer than two dimensions", shape: shape)
    }
    return transposed(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// The block of these ranges, one for each dimension.
  public func sliced(_ ranges: [Range<Int>]) -> Tensor {
    guard ranges.count == rank, zip(ranges, shape).allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= $1 }) else {
      return tape.fail("slice", "\(ranges) does not lie inside \(shape)", shape: shape)
    }
    return tape.record(.slice(start: ranges.map(\.lowerBound)), [self], shape: ranges.map(\.count))
  }

  /// Zeros of `shape` with this tensor's first element at `start`.
  public func padded(to target: [Int], at start: [Int]) -> Tensor {
    guard target.count == rank, start.count == rank,
      (0..<rank).allSatisfy({ start[$0] >= 0 && start[$0] + shape[$0] <= target[$0] })
    else { return tape.fail("pad", "\(shape) at \(start) does not lie inside \(target)", shape: target) }
    return tape.record(.pad(starts: [start]), [self], shape: target)
  }

  /// Tensors, at least one, one after another along a dimension; the others have equal sizes.
  public static func concatenated(_ parts: [Tensor], along dimension: Int) -> Tensor {
    let first = parts[0]
    guard first.shape.indices.contains(dimension),
      parts.allSatisfy({ part in
        part.rank == first.rank
          && part.shape.indices.allSatisfy { $0 == dimension || part.shape[$0] == first.shape[$0] }
      })
    else {
      return first.tape.fail(
        "concatenate", "\(parts.map(\.shape)) do not fit along dimension \(dimension)", shape: first.shape)
    }
    var starts: [[Int]] = []
    var shape = first.shape
    shape[dimension] = 0
    for part in parts {
      starts.append(first.shape.indices.map { $0 == dimension ? shape[dimension] : 0 })
      shape[dimension] += part.shape[dimension]
    }
    return first.tape.record(.pad(starts: starts), parts, shape: shape)
  }
}
