extension RandomSequence {
  /// Puts the elements into a random order, every order equally likely.
  ///
  /// Fisher–Yates from the last element down: element i changes places with element `integer(below: i + 1)`. The
  /// standard library's `shuffle(using:)` may change its algorithm; this one does not.
  ///
  /// - Source: Durstenfeld, "Algorithm 235: Random permutation", CACM 7 (1964).
  public mutating func shuffle(_ elements: UnsafeMutableBufferPointer<Int32>) {
    var i = elements.count - 1
    while i > 0 {
      elements.swapAt(i, integer(below: i + 1))
      i -= 1
    }
  }

  /// Puts the elements into a random order, every order equally likely.
  public mutating func shuffle(_ elements: inout [Int32]) {
    elements.withUnsafeMutableBufferPointer { shuffle($0) }
  }

  /// The numbers 0 ..< `count` in random order.
  ///
  /// - Parameter count: 0 … 2³¹ − 1.
  public mutating func permutation(of count: Int) -> [Int32] {
    var order = [Int32](0..<Int32(count))
    shuffle(&order)
    return order
  }
}
