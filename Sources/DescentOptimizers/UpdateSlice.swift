internal import CDescentKernels

/// Runs `body` for 0 ..< count, in any order and on any threads, and returns when all are done.
public typealias ChunkExecutor = (_ count: Int, _ body: (Int) -> Void) -> Void

/// A contiguous stretch of the flat vectors that one rule updates in one step, with what it needs to know of the step.
///
/// Every pointer is at the stretch's first element. Work is divided into chunks at fixed boundaries, each with sums of
/// its own, so that no result depends on how many threads share the work.
public struct UpdateSlice<Scalar: UpdateScalar> {
  /// Elements per chunk, a multiple of the widest vector.
  static var chunk: Int { 65_536 }

  static func chunks(of count: Int) -> Int { (count + chunk - 1) / chunk }

  /// The stretch: one tensor for a rule that asks for tensors.
  public let tensor: TensorShape
  public let parameters: UnsafeMutablePointer<Scalar>
  /// As given: what a rule works with is ``treatment`` of it, which is nothing except for element-wise rules.
  public let gradient: UnsafePointer<Scalar>
  public let count: Int
  /// The learning rate, group factors included.
  public let rate: Double
  /// Steps completed before this one.
  public let step: Int
  /// What the gradient goes through before the rule sees it.
  public let treatment: GradientTreatment
  /// As many elements as the rule asked for in `scratchCount(for:)`; holds anything.
  public let scratch: UnsafeMutablePointer<Scalar>
  let average: UpdatePass<Scalar>.Average?
  /// One per array of the rule's `states`.
  let states: UnsafePointer<UnsafeMutableRawPointer?>
  /// Two per chunk: Σ g², Σ p² after the step.
  let sums: UnsafeMutablePointer<Double>
  let path: dk_path
  let executor: ChunkExecutor?

  /// An array of the parameters' type by its index in the rule's `states`; nil if the optimizer keeps none.
  @inline(__always)
  public func state(_ index: Int) -> UnsafeMutablePointer<Scalar>? {
    states[index]?.assumingMemoryBound(to: Scalar.self)
  }

  /// The numbers of a `perTensor` array; nil if the optimizer keeps none.
  public func numbers(_ index: Int) -> UnsafeMutablePointer<Double>? {
    states[index]?.assumingMemoryBound(to: Double.self)
  }

  /// The memory of an array whose elements are neither: `bfloat16`, `byte`.
  public func bytes(_ index: Int) -> UnsafeMutableRawPointer? { states[index] }

  /// The same stretch with another gradient, rate or first state, as when a rule leaves some tensors to another rule.
  ///
  /// - Parameters:
  ///   - gradient: as long as the slice; its own by default.
  ///   - rate: the slice's own by default.
  ///   - firstState: the index of this rule's array that is the other rule's first.
  public func with(
    gradient: UnsafePointer<Scalar>? = nil, rate: Double? = nil, firstState: Int = 0
  ) -> UpdateSlice {
    UpdateSlice(
      tensor: tensor, parameters: parameters, gradient: gradient ?? self.gradient, count: count,
      rate: rate ?? self.rate, step: step, treatment: treatment, scratch: scratch, average: average,
      states: states + firstState, sums: sums, path: path, executor: executor)
  }

  /// Calls `body` with each chunk's range, counted from the slice's first element, and its two sums.
  @inline(__always)
  public func forEachChunk(_ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void) {
    let size = Self.chunk
    let chunks = Self.chunks(of: count)
    if let executor, chunks > 1 {
      executor(chunks) { body($0 * size..<min(count, ($0 + 1) * size), sums + 2 * $0) }
    } else {
      for c in 0..<chunks { body(c * size..<min(count, (c + 1) * size), sums + 2 * c) }
    }
  }

  /// Calls `body` with each element's index, treated gradient and parameter; keeps the sums and the average. What
  /// the oracles of fused kernels are written in.
  @inline(__always)
  public func forEachElement(_ body: (_ index: Int, _ gradient: Scalar, _ parameter: inout Scalar) -> Void) {
    forEachChunk { range, sums in
      var gradients = 0.0
      var squares = 0.0
      for i in range {
        body(i, treatment(gradient[i]), &parameters[i])
        if let average { average.values[i] += Scalar(average.weight) * (parameters[i] - average.values[i]) }
        gradients += Double(gradient[i]) * Double(gradient[i])
        squares += Double(parameters[i]) * Double(parameters[i])
      }
      sums[0] = gradients
      sums[1] = squares
    }
  }
}

extension UpdateSlice<Float> {
  /// Calls `body` with pointers to a rule's scalars and to what its kernel does besides.
  @inline(__always)
  func withKernelPass<Scalars>(
    _ scalars: Scalars, _ body: (UnsafePointer<Scalars>, UnsafePointer<dk_pass>) -> Void
  ) {
    let pass = dk_pass(
      factor: Float(treatment.factor), limit: Float(treatment.limit), weight: Float(average?.weight ?? 0),
      average: average?.values)
    withUnsafePointer(to: scalars) { scalars in withUnsafePointer(to: pass) { body(scalars, $0) } }
  }
}
