internal import CDescentKernels
internal import DescentLinearAlgebra
public import DescentCore

/// The two kinds of number an optimizer works in: Float by kernels and vectors, Double by formulas.
///
/// Everything a step does element by element is a requirement with concrete implementations, or generic code of this
/// module that is specialised for the two: generic code called across modules is not, and two hundred times slower.
public protocol UpdateScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// A few elements that a formula treats at once.
  associatedtype Vector: UpdateVector where Vector.Scalar == Self

  /// Calls the rule's update for this kind of number.
  static func update(by rule: any SliceRule, _ slice: UpdateSlice<Self>)

  /// Calls the rule's update for this kind of number.
  static func update(by rule: any VectorRule, _ step: VectorStep<Self>) throws(OptimizerError)

  /// Calls the rule's `writeEvaluationView`.
  static func writeView(
    by rule: any EvaluatedSliceRule, _ slice: UpdateSlice<Self>, to view: UnsafeMutablePointer<Self>)

  /// Calls the rule's `writeEvaluationView`.
  static func writeView(by rule: any EvaluatedVectorRule, _ step: VectorStep<Self>, to view: UnsafeMutablePointer<Self>)

  /// Puts into each chunk's sums Σ (factor·g)² and the same with the limit, by the slice's treatment.
  static func measureGradient(_ slice: UpdateSlice<Self>)

  /// Adds Σ g² and Σ p² over some of a slice's elements to `sums`, and takes the parameters into the average.
  static func finish(_ slice: UpdateSlice<Self>, _ range: Range<Int>, _ sums: UnsafeMutablePointer<Double>)

  /// The treated gradient, in memory of the calling thread that the next call on it overwrites.
  static func treated(
    _ gradient: UnsafePointer<Self>, _ count: Int, _ treatment: GradientTreatment
  ) -> UnsafePointer<Self>

  /// C = op(A)·op(B), or C += where `accumulate`, all row-major without gaps: op(A) is m×k, op(B) k×n.
  static func product(
    _ a: UnsafePointer<Self>, transposed transposeA: Bool, _ b: UnsafePointer<Self>, transposed transposeB: Bool,
    rows m: Int, columns n: Int, inner k: Int, into c: UnsafeMutablePointer<Self>, accumulate: Bool)

  /// C = op(A)·op(B) for parts of larger row-major matrices, whose rows are `stride` elements apart as stored.
  static func productBlock(
    _ a: UnsafePointer<Self>, stride strideA: Int, transposed transposeA: Bool, _ b: UnsafePointer<Self>,
    stride strideB: Int, transposed transposeB: Bool, rows m: Int, columns n: Int, inner k: Int,
    into c: UnsafeMutablePointer<Self>, stride strideC: Int)

  /// Eigenvalues of a symmetric matrix, ascending, and its eigenvectors as rows in place of it: see
  /// `DescentLinearAlgebra.Factorisation`. False where there are none.
  static func eigen(
    _ matrix: UnsafeMutablePointer<Self>, size: Int, values: UnsafeMutablePointer<Self>
  ) -> Bool

  /// Makes the rows of a square matrix orthonormal, from the first down.
  static func orthonormaliseRows(_ matrix: UnsafeMutablePointer<Self>, size: Int) -> Bool

  static func checkpointTensor(_ name: String, _ values: [Self]) -> CheckpointTensor

  /// The values of a tensor, if they are of this kind.
  static func values(of tensor: CheckpointTensor) -> [Self]?
}

extension Float: UpdateScalar {
  public typealias Vector = FloatVector

  public static func update(by rule: any SliceRule, _ slice: UpdateSlice<Float>) { rule.update(slice) }

  public static func update(by rule: any VectorRule, _ step: VectorStep<Float>) throws(OptimizerError) {
    try rule.update(step)
  }

  public static func writeView(
    by rule: any EvaluatedSliceRule, _ slice: UpdateSlice<Float>, to view: UnsafeMutablePointer<Float>
  ) {
    rule.writeEvaluationView(of: slice, to: view)
  }

  public static func writeView(
    by rule: any EvaluatedVectorRule, _ step: VectorStep<Float>, to view: UnsafeMutablePointer<Float>
  ) {
    rule.writeEvaluationView(of: step, to: view)
  }

  public static func measureGradient(_ slice: UpdateSlice<Float>) {
    slice.withKernelPass(()) { _, pass in
      slice.forEachChunk { range, sums in
        dk_gradient_squares(slice.path, range.lowerBound, range.upperBound, pass, slice.gradient, sums)
      }
    }
  }

  public static func finish(
    _ slice: UpdateSlice<Float>, _ range: Range<Int>, _ sums: UnsafeMutablePointer<Double>
  ) {
    slice.withKernelPass(()) { _, pass in
      dk_update_nothing(slice.path, range.lowerBound, range.upperBound, pass, slice.parameters, slice.gradient, sums)
    }
  }

  public static func treated(
    _ gradient: UnsafePointer<Float>, _ count: Int, _ treatment: GradientTreatment
  ) -> UnsafePointer<Float> {
    let memory = threadMemory(of: Float.self, count)
    for i in 0..<count { memory[i] = treatment(gradient[i]) }
    return UnsafePointer(memory)
  }

  public static func product(
    _ a: UnsafePointer<Float>, transposed transposeA: Bool, _ b: UnsafePointer<Float>, transposed transposeB: Bool,
    rows m: Int, columns n: Int, inner k: Int, into c: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    dk_gemm_f32(
      dk_best_path(), transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, transposeA ? m : k, b, transposeB ? k : n, c,
      n, accumulate ? 1 : 0)
  }

  public static func productBlock(
    _ a: UnsafePointer<Float>, stride strideA: Int, transposed transposeA: Bool, _ b: UnsafePointer<Float>,
    stride strideB: Int, transposed transposeB: Bool, rows m: Int, columns n: Int, inner k: Int,
    into c: UnsafeMutablePointer<Float>, stride strideC: Int
  ) {
    dk_gemm_f32(
      dk_best_path(), transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, strideA, b, strideB, c, strideC, 0)
  }

  public static func eigen(
    _ matrix: UnsafeMutablePointer<Float>, size: Int, values: UnsafeMutablePointer<Float>
  ) -> Bool {
    Factorisation.eigen(matrix, size: size, values: values)
  }

  public static func orthonormaliseRows(_ matrix: UnsafeMutablePointer<Float>, size: Int) -> Bool {
    Factorisation.orthonormaliseRows(matrix, size: size)
  }

  public static func checkpointTensor(_ name: String, _ values: [Float]) -> CheckpointTensor {
    CheckpointTensor(name, values)
  }

  public static func values(of tensor: CheckpointTensor) -> [Float]? { tensor.floats }
}

extension Double: UpdateScalar {
  public typealias Vector = DoubleVector

  public static func update(by rule: any SliceRule, _ slice: UpdateSlice<Double>) { rule.update(slice) }

  public static func update(by rule: any VectorRule, _ step: VectorStep<Double>) throws(OptimizerError) {
    try rule.update(step)
  }

  public static func writeView(
    by rule: any EvaluatedSliceRule, _ slice: UpdateSlice<Double>, to view: UnsafeMutablePointer<Double>
  ) {
    rule.writeEvaluationView(of: slice, to: view)
  }

  public static func writeView(
    by rule: any EvaluatedVectorRule, _ step: VectorStep<Double>, to view: UnsafeMutablePointer<Double>
  ) {
    rule.writeEvaluationView(of: step, to: view)
  }

  public static func measureGradient(_ slice: UpdateSlice<Double>) {
    let unbounded = GradientTreatment(factor: slice.treatment.factor)
    slice.forEachChunk { range, sums in
      (sums[0], sums[1]) = (0, 0)
      for i in range {
        let (whole, kept) = (unbounded(slice.gradient[i]), slice.treatment(slice.gradient[i]))
        sums[0] += whole * whole
        sums[1] += kept * kept
      }
    }
  }

  public static func finish(
    _ slice: UpdateSlice<Double>, _ range: Range<Int>, _ sums: UnsafeMutablePointer<Double>
  ) {
    var (gradients, squares) = (sums[0], sums[1])
    for i in range {
      let (g, p) = (slice.gradient[i], slice.parameters[i])
      if let average = slice.average { average.values[i] += average.weight * (p - average.values[i]) }
      gradients += g * g
      squares += p * p
    }
    (sums[0], sums[1]) = (gradients, squares)
  }

  public static func treated(
    _ gradient: UnsafePointer<Double>, _ count: Int, _ treatment: GradientTreatment
  ) -> UnsafePointer<Double> {
    let memory = threadMemory(of: Double.self, count)
    for i in 0..<count { memory[i] = treatment(gradient[i]) }
    return UnsafePointer(memory)
  }

  public static func product(
    _ a: UnsafePointer<Double>, transposed transposeA: Bool, _ b: UnsafePointer<Double>, transposed transposeB: Bool,
    rows m: Int, columns n: Int, inner k: Int, into c: UnsafeMutablePointer<Double>, accumulate: Bool
  ) {
    dk_gemm_f64(
      dk_best_path(), transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, transposeA ? m : k, b, transposeB ? k : n, c,
      n, accumulate ? 1 : 0)
  }

  public static func productBlock(
    _ a: UnsafePointer<Double>, stride strideA: Int, transposed transposeA: Bool, _ b: UnsafePointer<Double>,
    stride strideB: Int, transposed transposeB: Bool, rows m: Int, columns n: Int, inner k: Int,
    into c: UnsafeMutablePointer<Double>, stride strideC: Int
  ) {
    dk_gemm_f64(
      dk_best_path(), transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, strideA, b, strideB, c, strideC, 0)
  }

  public static func eigen(
    _ matrix: UnsafeMutablePointer<Double>, size: Int, values: UnsafeMutablePointer<Double>
  ) -> Bool {
    Factorisation.eigen(matrix, size: size, values: values)
  }

  public static func orthonormaliseRows(_ matrix: UnsafeMutablePointer<Double>, size: Int) -> Bool {
    Factorisation.orthonormaliseRows(matrix, size: size)
  }

  public static func checkpointTensor(_ name: String, _ values: [Double]) -> CheckpointTensor {
    CheckpointTensor(name, values)
  }

  public static func values(of tensor: CheckpointTensor) -> [Double]? { tensor.doubles }
}

/// Memory of the calling thread, which the next call on it overwrites.
func threadMemory<Scalar: UpdateScalar>(of type: Scalar.Type, _ count: Int) -> UnsafeMutablePointer<Scalar> {
  dk_thread_scratch(UInt(count * MemoryLayout<Scalar>.stride)).assumingMemoryBound(to: Scalar.self)
}
