/// A tensor as a batch of matrices: the last two dimensions.
struct FactoredShape: Sendable {
  let batches: Int
  let rows: Int
  let columns: Int

  /// Nil below rank 2, and where a side is shorter than `smallestSide`.
  init?(_ tensor: TensorShape, smallestSide: Int = 1) {
    guard tensor.rank > 1, tensor.count > 0 else { return nil }
    rows = tensor.dimensions[tensor.rank - 2]
    columns = tensor.dimensions[tensor.rank - 1]
    guard min(rows, columns) >= smallestSide else { return nil }
    batches = tensor.count / (rows * columns)
  }
}

/// Running mean squares of a batch of matrices, kept as one row and one column of each: R[i]·C[j]/mean(R) stands for
/// element (i, j).
///
/// Source: Shazeer and Stern, "Adafactor", arXiv 1804.04235, algorithm 4 (means where they have sums).
struct FactoredSquares<Scalar: UpdateScalar> {
  let shape: FactoredShape
  let rowMeans: UnsafeMutablePointer<Scalar>
  let columnMeans: UnsafeMutablePointer<Scalar>
  /// A row of scratch.
  let scratch: UnsafeMutablePointer<Scalar>

  /// R ← (1 − fresh)·R + fresh·mean of x² + added, and C likewise.
  @inline(__always)
  func average(_ x: VectorArray<Scalar>, fresh: Double, added: Double) {
    let (rows, columns) = (shape.rows, shape.columns)
    let (kept, share) = (Scalar(1 - fresh), Scalar(fresh / Double(rows)))
    let extra = Scalar(fresh * added)
    let sums = VectorArray(scratch)
    for batch in 0..<shape.batches {
      let means = rowMeans + batch * rows
      let columnMeans = VectorArray(columnMeans + batch * columns)
      scratch.update(repeating: 0, count: columns)
      for row in 0..<rows {
        let first = (batch * rows + row) * columns
        let mean = x.squares(in: first..<(first + columns)) / Double(columns) + added
        means[row] = kept * means[row] + Scalar(fresh * mean)
        for j in VectorPlaces<Scalar>(0..<columns) {
          let value = x[j.moved(by: first)]
          sums[j] = sums[j] + value * value
        }
      }
      for j in VectorPlaces<Scalar>(0..<columns) {
        columnMeans[j] = kept * columnMeans[j] + share * sums[j] + extra
      }
    }
  }

  /// u = x/√(R·C/mean(R)); roots are taken apart, as the product of a row and a column without gradients underflows.
  @inline(__always)
  func divide(_ x: VectorArray<Scalar>, into u: VectorArray<Scalar>) {
    let (rows, columns) = (shape.rows, shape.columns)
    for batch in 0..<shape.batches {
      let mean = meanOfRows(batch)
      let columnMeans = VectorArray(columnMeans + batch * columns)
      let roots = VectorArray(scratch)
      for j in VectorPlaces<Scalar>(0..<columns) { roots[j] = columnMeans[j].squareRoot() }
      for row in 0..<rows {
        let first = (batch * rows + row) * columns
        let root = Scalar((Double(rowMeans[batch * rows + row]) / mean).squareRoot())
        for j in VectorPlaces<Scalar>(0..<columns) {
          let place = j.moved(by: first)
          u[place] = x[place] / (root * roots[j])
        }
      }
    }
  }

  /// u = x/√max(R·C/max(mean(R), least), floor).
  @inline(__always)
  func divide(_ x: VectorArray<Scalar>, into u: VectorArray<Scalar>, least: Double, floor: Double) {
    let (rows, columns) = (shape.rows, shape.columns)
    let floor = Scalar.Vector(repeating: Scalar(floor))
    for batch in 0..<shape.batches {
      let mean = max(meanOfRows(batch), least)
      let columnMeans = VectorArray(columnMeans + batch * columns)
      for row in 0..<rows {
        let first = (batch * rows + row) * columns
        let scale = Scalar(Double(rowMeans[batch * rows + row]) / mean)
        for j in VectorPlaces<Scalar>(0..<columns) {
          let place = j.moved(by: first)
          u[place] = x[place] / Scalar.Vector.maximum(scale * columnMeans[j], floor).squareRoot()
        }
      }
    }
  }

  private func meanOfRows(_ batch: Int) -> Double {
    var sum = 0.0
    for row in 0..<shape.rows { sum += Double(rowMeans[batch * shape.rows + row]) }
    return sum / Double(shape.rows)
  }

  /// Every R·C/mean(R), from the two arrays of a ``RateView``.
  static func values(_ shape: FactoredShape, rows: [Double], columns: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(shape.batches * shape.rows * shape.columns)
    for batch in 0..<shape.batches {
      let rows = rows[(batch * shape.rows)..<((batch + 1) * shape.rows)]
      let columns = columns[(batch * shape.columns)..<((batch + 1) * shape.columns)]
      let mean = rows.reduce(0, +) / Double(shape.rows)
      for r in rows { for c in columns { result.append(mean > 0 ? r * c / mean : 0) } }
    }
    return result
  }
}
