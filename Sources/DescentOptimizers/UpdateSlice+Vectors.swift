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
      if place.count == Scalar.Vector.width {
        newValue.store(to: base + place.start)
      } else {
        Self.storePart(newValue, base + place.start, place.count)
      }
    }
  }

  @inline(__always)
  static func load(_ base: UnsafePointer<Scalar>, _ count: Int) -> Scalar.Vector {
    count == Scalar.Vector.width ? Scalar.Vector(loading: base) : loadPart(base, count)
  }

  // Apart, so that a formula stays short enough to be put into its loop, where the count is known.
  @inline(never)
  private static func loadPart(_ base: UnsafePointer<Scalar>, _ count: Int) -> Scalar.Vector {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Scalar.Vector.width) { buffer in
      guard let padded = buffer.baseAddress else { return Scalar.Vector(repeating: 0) }
      padded.update(repeating: 0, count: Scalar.Vector.width)
      padded.update(from: base, count: count)
      return Scalar.Vector(loading: padded)
    }
  }

  @inline(never)
  private static func storePart(_ vector: Scalar.Vector, _ base: UnsafeMutablePointer<Scalar>, _ count: Int) {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Scalar.Vector.width) { buffer in
      guard let padded = buffer.baseAddress else { return }
      vector.store(to: padded)
      base.update(from: padded, count: count)
    }
  }
}

/// A few thousand elements of a slice, which stay in the nearest cache while a formula passes over them: a sequence of
/// the places of its vectors.
public struct UpdateTile<Scalar: UpdateScalar>: Sequence {
  public let parameters: VectorArray<Scalar>
  /// Treated: scaled and clipped.
  public let gradient: VectorArray<Scalar>
  let range: Range<Int>

  init(parameters: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, range: Range<Int>) {
    self.parameters = VectorArray(parameters)
    self.gradient = VectorArray(UnsafeMutablePointer(mutating: gradient))
    self.range = range
  }

  @inline(__always)
  public func makeIterator() -> VectorPlaces<Scalar> { VectorPlaces(range) }
}

/// The places of the vectors of a range, in order; the last may be short.
public struct VectorPlaces<Scalar: UpdateScalar>: Sequence, IteratorProtocol {
  private var start: Int
  private let end: Int

  @inline(__always)
  public init(_ range: Range<Int>) {
    start = range.lowerBound
    end = range.upperBound
  }

  @inline(__always)
  public mutating func next() -> VectorPlace? {
    guard start < end else { return nil }
    defer { start += Scalar.Vector.width }
    return VectorPlace(start: start, count: Swift.min(Scalar.Vector.width, end - start))
  }
}

/// A sum over elements in double precision and a fixed order.
public struct VectorSum<Scalar: UpdateScalar> {
  private var total = Scalar.Vector.zeroTotal
  private var rest = 0.0

  @inline(__always)
  public init() {}

  /// Adds the elements of a vector that exist at its place; a padded one may be anything.
  @inline(__always)
  public mutating func add(_ vector: Scalar.Vector, at place: VectorPlace) {
    if place.count == Scalar.Vector.width {
      vector.add(to: &total)
    } else {
      rest += Self.sum(vector, first: place.count)
    }
  }

  public var value: Double { Scalar.Vector.sum(of: total) + rest }

  @inline(never)
  private static func sum(_ vector: Scalar.Vector, first count: Int) -> Double {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Scalar.Vector.width) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      vector.store(to: base)
      var total = 0.0
      for i in 0..<count { total += Double(base[i]) }
      return total
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

  /// Calls `body` with each tile; keeps the sums and the average. What element-wise formulas are written in, once for
  /// both kinds of number:
  ///
  /// ```swift
  /// slice.forEachTile { tile in
  ///   for i in tile {
  ///     tile.parameters[i] = tile.parameters[i] - rate * tile.gradient[i]
  ///   }
  /// }
  /// ```
  /// Tiles are run in any order, on any thread. The loop stands in the closure, because the compiler puts a loop round a
  /// formula but not, for its length, a formula into a loop: that was measured three times slower.
  @inline(__always)
  public func forEachTile(_ body: (UpdateTile<Scalar>) -> Void) {
    forEachChunk { range, sums in
      (sums[0], sums[1]) = (0, 0)
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(range.upperBound, start + Self.tile)
        let source = treatment.isIdentity ? gradient : Scalar.treated(gradient + start, end - start, treatment) - start
        body(UpdateTile(parameters: parameters, gradient: source, range: start..<end))
        Scalar.finish(self, start..<end, sums)
        start = end
      }
    }
  }

  /// Σ over the slice of what `body` gives for each tile, in double precision and a fixed order, whatever the threads.
  ///
  /// ```swift
  /// let squares = slice.sum { tile in
  ///   var sum = VectorSum<S>()
  ///   for i in tile { sum.add(tile.gradient[i] * tile.gradient[i], at: i) }
  ///   return sum.value
  /// }
  /// ```
  @inline(__always)
  public func sum(_ body: (UpdateTile<Scalar>) -> Double) -> Double {
    forEachChunk { range, sums in
      sums[0] = 0
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(range.upperBound, start + Self.tile)
        sums[0] += body(UpdateTile(parameters: parameters, gradient: gradient, range: start..<end))
        start = end
      }
    }
    var total = 0.0
    for c in 0..<Self.chunks(of: count) { total += sums[2 * c] }
    return total
  }

  /// ‖p‖₂.
  public func parameterNorm() -> Double { sum { tile in tile.parameters.squares(in: tile.range) }.squareRoot() }

  /// ‖g‖₂.
  public func gradientNorm() -> Double { sum { tile in tile.gradient.squares(in: tile.range) }.squareRoot() }
}

extension VectorArray {
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

  /// Σ x·y over a range, in double precision.
  @inline(__always)
  public func product(_ other: VectorArray, in range: Range<Int>) -> Double {
    let width = Scalar.Vector.width
    var total = Scalar.Vector.zeroTotal
    var i = range.lowerBound
    while i + width <= range.upperBound {
      (Scalar.Vector(loading: base + i) * Scalar.Vector(loading: other.base + i)).add(to: &total)
      i += width
    }
    var rest = Scalar.Vector.sum(of: total)
    while i < range.upperBound {
      rest += Double(base[i]) * Double(other.base[i])
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
