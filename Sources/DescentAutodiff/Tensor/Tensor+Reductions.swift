extension Tensor {
  /// The sum of all elements, a scalar.
  public func sum() -> Tensor { sum(Array(shape.indices)).reshaped([]) }

  /// The mean of all elements, a scalar.
  public func mean() -> Tensor { sum() * (1 / Double(Swift.max(1, count))) }

  /// Sums over `dimensions`, which stay with size 1.
  public func sum(_ dimensions: [Int]) -> Tensor { reduced(dimensions, "sum") { .sum(dimensions: $0) } }

  /// Means over `dimensions`, which stay with size 1.
  public func mean(_ dimensions: [Int]) -> Tensor {
    let result = sum(dimensions)
    return result * (Double(result.count) / Double(Swift.max(1, count)))
  }

  /// Maxima over `dimensions`, which stay with size 1; at ties the derivative is shared equally.
  public func largest(_ dimensions: [Int]) -> Tensor { reduced(dimensions, "maximum") { .largest(dimensions: $0) } }

  // Kernels reduce neighbouring dimensions; others are done one group after another, the last first.
  private func reduced(_ dimensions: [Int], _ name: String, _ primitive: (Range<Int>) -> Primitive) -> Tensor {
    let wanted = Set(dimensions)
    guard wanted.allSatisfy(shape.indices.contains) else {
      return tape.fail(name, "dimensions \(dimensions) are not all among those of \(shape)", shape: shape)
    }
    var result = self
    var end = rank
    while end > 0 {
      guard wanted.contains(end - 1) else {
        end -= 1
        continue
      }
      var begin = end - 1
      while begin > 0, wanted.contains(begin - 1) { begin -= 1 }
      result = result.reduced(begin..<end, primitive)
      end = begin
    }
    return result
  }

  // Long sums of few results are done in parts that threads can share.
  private func reduced(_ dimensions: Range<Int>, _ primitive: (Range<Int>) -> Primitive) -> Tensor {
    var sizes = shape
    for i in dimensions { sizes[i] = 1 }
    let (length, results) = (shape[dimensions].reduce(1, *), sizes.reduce(1, *))
    let parts = Self.parts
    guard length >= parts * 64, length.isMultiple(of: parts), length * results >= 1 << 16,
      dimensions.upperBound < rank, rank - dimensions.count < 5, results <= 256
    else { return tape.record(primitive(dimensions), [self], shape: sizes) }
    let outer = Array(shape[..<dimensions.lowerBound])
    let inner = Array(shape[dimensions.upperBound...])
    let divided = reshaped(outer + [parts, length / parts] + inner)
    let middle = outer.count + 1
    let first = tape.record(primitive(middle..<(middle + 1)), [divided], shape: outer + [parts, 1] + inner)
    return tape.record(primitive((middle - 1)..<middle), [first], shape: outer + [1, 1] + inner).reshaped(sizes)
  }

  private static var parts: Int { 16 }
}
