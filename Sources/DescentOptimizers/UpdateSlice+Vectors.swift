internal import CDescentKernels

/// Where a formula is: a vector's first element, and how many of its elements there are.
public struct VectorPlace {
  @usableFromInline let start: Int
  /// Below the width only at the end of a slice.
  @usableFromInline let count: Int

  @inline(__always)
  init(start: Int, count: Int) {
    self.start = start
    self.count = count
  }
}

/// A flat array read and written a vector at a time.
public struct VectorArray<Scalar: UpdateScalar> {
  public let base: UnsafeMutablePointer<Scalar>

  @inline(__always)
  public init(_ base: UnsafeMutablePointer<Scalar>) { self.base = base }

  /// The elements at a place; those past the end read as 0 and are not written.
  @inline(__always)
  public subscript(place: VectorPlace) -> Scalar.Vector {
    get { Self.load(UnsafePointer(base + place.start), place.count) }
    nonmutating set {
      if place.count == Scalar.Vector.width { return newValue.store(to: base + place.start) }
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Scalar.Vector.width) { buffer in
        guard let padded = buffer.baseAddress else { return }
        newValue.store(to: padded)
        (base + place.start).update(from: padded, count: place.count)
      }
    }
  }

  @inline(__always)
  static func load(_ base: UnsafePointer<Scalar>, _ count: Int) -> Scalar.Vector {
    if count == Scalar.Vector.width { return Scalar.Vector(loading: base) }
    return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Scalar.Vector.width) { buffer in
      guard let padded = buffer.baseAddress else { return Scalar.Vector(repeating: 0) }
      padded.update(repeating: 0, count: Scalar.Vector.width)
      padded.update(from: base, count: count)
      return Scalar.Vector(loading: padded)
    }
  }
}

extension UpdateSlice {
  // A tile's vectors stay in the nearest cache between the formula and the sums.
  private static var tile: Int { 2048 }

  /// An array of the parameters' type by its index in the rule's `states`, which must be one that the present settings
  /// keep.
  @inline(__always)
  public func vectors(_ index: Int) -> VectorArray<Scalar> {
    guard let base = state(index) else { preconditionFailure("a rule used an array it does not keep") }
    return VectorArray(base)
  }

  /// Calls `body` with each place, the treated gradient there and the parameters; keeps the sums and the average. What
  /// element-wise formulas are written in, once for both kinds of number.
  ///
  /// The formula must use nothing of other elements: it is run for vectors, in any order, on any thread.
  @inline(__always)
  public func forEachVector(
    _ body: (_ place: VectorPlace, _ gradient: Scalar.Vector, _ parameters: inout Scalar.Vector) -> Void
  ) {
    forEachChunk { range, sums in
      (sums[0], sums[1]) = (0, 0)
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(range.upperBound, start + Self.tile)
        // Treated before the formula, so that the formula's own loop stands in the program only once.
        let source = treatment.isIdentity ? gradient : Scalar.treated(gradient + start, end - start, treatment) - start
        let width = Scalar.Vector.width
        var i = start
        while i + width <= end {
          var w = Scalar.Vector(loading: parameters + i)
          body(VectorPlace(start: i, count: width), Scalar.Vector(loading: source + i), &w)
          w.store(to: parameters + i)
          i += width
        }
        if i < end { tail(VectorPlace(start: i, count: end - i), source, body) }
        Scalar.finish(self, start..<end, sums)
        start = end
      }
    }
  }

  @inline(__always)
  private func tail(
    _ place: VectorPlace, _ source: UnsafePointer<Scalar>,
    _ body: (_ place: VectorPlace, _ gradient: Scalar.Vector, _ parameters: inout Scalar.Vector) -> Void
  ) {
    var w = VectorArray<Scalar>.load(parameters + place.start, place.count)
    body(place, VectorArray<Scalar>.load(source + place.start, place.count), &w)
    VectorArray(parameters)[place] = w
  }

  /// Σ over the slice of what `body` gives, in double precision and a fixed order, whatever the threads.
  @inline(__always)
  public func sum(
    _ body: (_ place: VectorPlace, _ gradient: Scalar.Vector, _ parameters: Scalar.Vector) -> Scalar.Vector
  ) -> Double {
    forEachChunk { range, sums in
      let width = Scalar.Vector.width
      var total = Scalar.Vector.zeroTotal
      var i = range.lowerBound
      while i + width <= range.upperBound {
        let g = Scalar.Vector(loading: gradient + i)
        body(VectorPlace(start: i, count: width), g, Scalar.Vector(loading: parameters + i)).add(to: &total)
        i += width
      }
      sums[0] = Scalar.Vector.sum(of: total)
      if i < range.upperBound {
        let place = VectorPlace(start: i, count: range.upperBound - i)
        let g = VectorArray<Scalar>.load(gradient + i, place.count)
        let term = body(place, g, VectorArray<Scalar>.load(parameters + i, place.count))
        sums[0] += Self.sum(term, first: place.count)
      }
    }
    var total = 0.0
    for c in 0..<Self.chunks(of: count) { total += sums[2 * c] }
    return total
  }

  // A padded element may be anything: only those that exist count.
  private static func sum(_ vector: Scalar.Vector, first count: Int) -> Double {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Scalar.Vector.width) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      vector.store(to: base)
      var total = 0.0
      for i in 0..<count { total += Double(base[i]) }
      return total
    }
  }

  /// ‖p‖₂.
  public func parameterNorm() -> Double { sum { _, _, w in w * w }.squareRoot() }

  /// ‖g‖₂.
  public func gradientNorm() -> Double { sum { _, g, _ in g * g }.squareRoot() }
}

extension VectorArray {
  /// Calls `body` with the places of a range, in order: for rows and columns of a matrix.
  @inline(__always)
  public static func forEachPlace(in range: Range<Int>, _ body: (VectorPlace) -> Void) {
    let width = Scalar.Vector.width
    var i = range.lowerBound
    while i + width <= range.upperBound {
      body(VectorPlace(start: i, count: width))
      i += width
    }
    if i < range.upperBound { body(VectorPlace(start: i, count: range.upperBound - i)) }
  }

  /// Σ x² over a range, in double precision.
  @inline(__always)
  public func squares(in range: Range<Int>) -> Double {
    let width = Scalar.Vector.width
    var total = Scalar.Vector.zeroTotal
    var i = range.lowerBound
    while i + width <= range.upperBound {
      let x = Scalar.Vector(loading: base + i)
      (x * x).add(to: &total)
      i += width
    }
    var rest = Scalar.Vector.sum(of: total)
    while i < range.upperBound {
      rest += Double(base[i]) * Double(base[i])
      i += 1
    }
    return rest
  }
}

extension VectorPlace {
  /// The same elements counted from elsewhere: a column's place within a row.
  @inline(__always)
  public func moved(by distance: Int) -> VectorPlace { VectorPlace(start: start + distance, count: count) }
}
