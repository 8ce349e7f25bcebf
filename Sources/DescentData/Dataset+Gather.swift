// The training hot path: one copy per row, nothing allocated.
extension Dataset {
  /// Copies the features of `indices` one after another into `output`; false, and nothing copied, if they are tokens.
  ///
  /// - Parameters:
  ///   - indices: row numbers, each in 0 ..< ``rows``.
  ///   - output: at least `indices.count` × ``featureCount`` elements.
  @discardableResult
  public func gather(_ indices: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Float>) -> Bool {
    let width = featureCount
    check(indices, width: width, output: output.count)
    guard width > 0, let destination = output.baseAddress else { return true }
    switch features {
    case .tokens: return false
    case .floats(let values):
      values.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for (i, row) in indices.enumerated() {
          (destination + i * width).update(from: source + Int(row) * width, count: width)
        }
      }
    case .bytes(let values, let divisor):
      values.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for (i, row) in indices.enumerated() {
          let (from, to) = (source + Int(row) * width, destination + i * width)
          for j in 0..<width { to[j] = Float(from[j]) / divisor }
        }
      }
    }
    return true
  }

  /// Copies the features of `indices` one after another into `output`, widened from the same Float values; false, and
  /// nothing copied, if they are tokens.
  @discardableResult
  public func gather(_ indices: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Double>) -> Bool {
    let width = featureCount
    check(indices, width: width, output: output.count)
    guard width > 0, let destination = output.baseAddress else { return true }
    switch features {
    case .tokens: return false
    case .floats(let values):
      values.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for (i, row) in indices.enumerated() {
          let (from, to) = (source + Int(row) * width, destination + i * width)
          for j in 0..<width { to[j] = Double(from[j]) }
        }
      }
    case .bytes(let values, let divisor):
      values.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for (i, row) in indices.enumerated() {
          let (from, to) = (source + Int(row) * width, destination + i * width)
          for j in 0..<width { to[j] = Double(Float(from[j]) / divisor) }
        }
      }
    }
    return true
  }

  /// Copies the classes of `indices` into `output`, ``positionsPerRow`` per row; false, and nothing copied, if the
  /// targets are values.
  @discardableResult
  public func gatherClasses(
    _ indices: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Int32>
  ) -> Bool {
    switch targets {
    case .values: return false
    case .nextTokens: return gatherTokens(indices, into: output, ahead: 1)
    case .classes(let labels, _):
      check(indices, width: 1, output: output.count)
      for (i, row) in indices.enumerated() { output[i] = labels[Int(row)] }
      return true
    }
  }

  /// Copies the target values of `indices` into `output`; false, and nothing copied, if the targets are classes.
  @discardableResult
  public func gatherValues(
    _ indices: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard case .values(let values, let width) = targets else { return false }
    check(indices, width: width, output: output.count)
    for (i, row) in indices.enumerated() {
      for j in 0..<width { output[i * width + j] = values[Int(row) * width + j] }
    }
    return true
  }

  /// Copies the target values of `indices` into `output`; false, and nothing copied, if the targets are classes.
  @discardableResult
  public func gatherValues(
    _ indices: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    guard case .values(let values, let width) = targets else { return false }
    check(indices, width: width, output: output.count)
    for (i, row) in indices.enumerated() {
      for j in 0..<width { output[i * width + j] = Double(values[Int(row) * width + j]) }
    }
    return true
  }

  /// The features of some rows (of a text the tokens' numbers), for looking at them; training uses the calls over
  /// buffers.
  public func gather(_ indices: [Int32]) -> [Float] {
    var values = [Float](repeating: 0, count: indices.count * featureCount)
    var tokens = [Int32](repeating: 0, count: text == nil ? 0 : values.count)
    indices.withUnsafeBufferPointer { indices in
      let areTokens = tokens.withUnsafeMutableBufferPointer { gatherTokens(indices, into: $0) }
      if areTokens { return values = tokens.map { Float($0) } }
      _ = values.withUnsafeMutableBufferPointer { gather(indices, into: $0) }
    }
    return values
  }

  // Row numbers come from our own splits; a wrong one would read foreign memory, so it stops here.
  @inline(__always)
  func check(_ indices: UnsafeBufferPointer<Int32>, width: Int, output: Int) {
    precondition(output >= indices.count * width, "the output is too small for the rows asked for")
    for row in indices { precondition(row >= 0 && Int(row) < rows, "row number out of range") }
  }
}
