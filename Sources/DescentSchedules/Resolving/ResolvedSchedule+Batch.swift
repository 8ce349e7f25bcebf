extension ResolvedSchedule {
  /// The rates of the updates in `range`, the same bits as one by one.
  public func rates(in range: Range<Int>) -> [Double] {
    var rates = [Double](repeating: 0, count: range.count)
    self.rates(in: range, into: &rates)
    return rates
  }

  /// The rates of the updates in `range` into the first places of `buffer`, without allocating.
  ///
  /// - Precondition: `buffer` has at least as many places as `range`.
  public func rates(in range: Range<Int>, into buffer: inout [Double]) {
    precondition(buffer.count >= range.count, "the buffer is too small")
    buffer.withUnsafeMutableBufferPointer {
      fill(range, UnsafeMutableBufferPointer(rebasing: $0[..<range.count]))
    }
  }

  private func fill(_ range: Range<Int>, _ buffer: UnsafeMutableBufferPointer<Double>) {
    guard range.lowerBound >= 0, dressing?.changesTime != true else {
      for (index, step) in range.enumerated() { buffer[index] = rate(at: step) }
      return
    }
    track.fill(range, buffer) { $1 }
    guard let dressing else { return }
    for factor in dressing.factors { factor.fill(range, buffer) { $0 * $1 } }
    for index in buffer.indices {
      buffer[index] = dressing.finished(buffer[index], step: range.lowerBound + index)
    }
  }
}

extension Factor {
  /// `combine(what is there, rate)` for every step, one segment after another.
  fileprivate func fill(
    _ range: Range<Int>, _ buffer: UnsafeMutableBufferPointer<Double>, _ combine: (Double, Double) -> Double
  ) {
    var step = range.lowerBound
    var index = self.index(at: Double(step))
    while step < range.upperBound {
      while index + 1 < segments.count, segments[index + 1].start <= step { index += 1 }
      let segment = segments[index]
      let end = index + 1 < segments.count ? min(segments[index + 1].start, range.upperBound) : range.upperBound
      while step < end {
        let place = step - range.lowerBound
        buffer[place] = combine(buffer[place], segment.value(Double(step - segment.start) + segment.edge))
        step += 1
      }
    }
  }
}
