internal import CDescentKernels

/// Row-major strides of a shape, in elements.
func strides(_ shape: [Int]) -> [Int] {
  var result = [Int](repeating: 1, count: shape.count)
  for i in shape.indices.dropLast().reversed() { result[i] = result[i + 1] * shape[i + 1] }
  return result
}

/// A strided copy.
struct Walk {
  var sizes: [Int]
  var source: [Int]
  var destination: [Int]

  /// The same copy in as few dimensions as possible: sizes 1 dropped, neighbours that run on joined.
  var merged: Walk {
    var result = Walk(sizes: [], source: [], destination: [])
    for i in sizes.indices where sizes[i] != 1 {
      if let last = result.sizes.indices.last, result.source[last] == source[i] * sizes[i],
        result.destination[last] == destination[i] * sizes[i]
      {
        result.sizes[last] *= sizes[i]
        result.source[last] = source[i]
        result.destination[last] = destination[i]
      } else {
        result.sizes.append(sizes[i])
        result.source.append(source[i])
        result.destination.append(destination[i])
      }
    }
    return result
  }

  var cValue: dk_walk {
    func six(_ values: [Int]) -> (Int64, Int64, Int64, Int64, Int64, Int64) {
      let v = (values + [Int](repeating: 0, count: 6 - values.count)).map(Int64.init)
      return (v[0], v[1], v[2], v[3], v[4], v[5])
    }
    return dk_walk(
      rank: Int32(sizes.count), sizes: six(sizes), source_strides: six(source),
      destination_strides: six(destination))
  }
}
