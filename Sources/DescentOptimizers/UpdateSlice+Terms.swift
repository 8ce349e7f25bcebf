extension UpdateSlice {
  /// Σ over the slice of a short formula of gradient and parameters at a place, as ``sum(_:)`` adds tiles up.
  @inline(__always)
  public func sum(
    _ body: (_ place: VectorPlace, _ gradient: Scalar.Vector, _ parameters: Scalar.Vector) -> Scalar.Vector
  ) -> Double {
    sum { tile in
      var sum = VectorSum<Scalar>()
      for i in tile { sum.add(body(i, tile.gradient[i], tile.parameters[i]), at: i) }
      return sum.value
    }
  }

  /// Σ over the slice of the two things `body` gives, in double precision and a fixed order, whatever the threads; in one
  /// pass over memory, in which `body` may also write arrays and parameters at its place.
  @inline(__always)
  public func sums(
    _ body: (_ place: VectorPlace, _ gradient: Scalar.Vector, _ parameters: Scalar.Vector) -> (
      Scalar.Vector, Scalar.Vector
    )
  ) -> (Double, Double) {
    forEachChunk { range, sums in
      let width = Scalar.Vector.width
      var (first, second) = (Scalar.Vector.zeroTotal, Scalar.Vector.zeroTotal)
      var i = range.lowerBound
      while i + width <= range.upperBound {
        let place = VectorPlace(start: i, count: width)
        let terms = body(place, Scalar.Vector(loading: gradient + i), Scalar.Vector(loading: parameters + i))
        terms.0.add(to: &first)
        terms.1.add(to: &second)
        i += width
      }
      (sums[0], sums[1]) = (Scalar.Vector.sum(of: first), Scalar.Vector.sum(of: second))
      guard i < range.upperBound else { return }
      let place = VectorPlace(start: i, count: range.upperBound - i)
      let g = VectorArray<Scalar>.load(gradient + i, place.count)
      let terms = body(place, g, VectorArray<Scalar>.load(parameters + i, place.count))
      sums[0] += terms.0.sum(first: place.count)
      sums[1] += terms.1.sum(first: place.count)
    }
    var total = (0.0, 0.0)
    for c in 0..<Self.chunks(of: count) {
      total.0 += sums[2 * c]
      total.1 += sums[2 * c + 1]
    }
    return total
  }

  /// An array over the whole vector, such as a step's scratch, from the slice's first element on.
  @inline(__always)
  public func part(of whole: VectorArray<Scalar>) -> VectorArray<Scalar> {
    VectorArray(whole.base + tensor.range.lowerBound)
  }
}

extension UpdateVector {
  /// Σ of the first elements: a padded one may be anything.
  func sum(first count: Int) -> Double {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Self.width) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      store(to: base)
      var total = 0.0
      for i in 0..<count { total += Double(base[i]) }
      return total
    }
  }
}

extension VectorStep {
  /// Puts the parameters into an array over the whole vector.
  func keepParameters(in array: VectorArray<Scalar>) { array.base.update(from: parameters, count: count) }

  /// Σ over the whole vector of what `body` gives.
  @inline(__always)
  func sum(
    _ body: (
      _ slice: UpdateSlice<Scalar>, _ place: VectorPlace, _ gradient: Scalar.Vector, _ parameters: Scalar.Vector
    ) -> Scalar.Vector
  ) -> Double {
    var total = 0.0
    for index in 0..<sliceCount {
      let slice = slice(index)
      total += slice.sum { place, g, w in body(slice, place, g, w) }
    }
    return total
  }

  /// Σ over the whole vector of the two things `body` gives.
  @inline(__always)
  func sums(
    _ body: (
      _ slice: UpdateSlice<Scalar>, _ place: VectorPlace, _ gradient: Scalar.Vector, _ parameters: Scalar.Vector
    ) -> (Scalar.Vector, Scalar.Vector)
  ) -> (Double, Double) {
    var total = (0.0, 0.0)
    for index in 0..<sliceCount {
      let slice = slice(index)
      let part = slice.sums { place, g, w in body(slice, place, g, w) }
      total.0 += part.0
      total.1 += part.1
    }
    return total
  }
}
