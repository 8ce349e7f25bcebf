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

  public let parameters: UnsafeMutablePointer<Scalar>
  /// As given: what a rule works with is ``treatment`` of it.
  public let gradient: UnsafePointer<Scalar>
  public let count: Int
  /// The learning rate, group factors included.
  public let rate: Double
  /// Steps completed before this one.
  public let step: Int
  /// What the gradient goes through before the rule sees it.
  public let treatment: GradientTreatment
  let average: UpdatePass<Scalar>.Average?
  let states: UnsafePointer<UnsafeMutablePointer<Scalar>?>
  let offset: Int
  /// Two per chunk: Σ g², Σ p² after the step.
  let sums: UnsafeMutablePointer<Double>
  let path: dk_path
  let executor: ChunkExecutor?

  /// A state slice by its index in the rule's `stateNames`; nil if the optimizer keeps none.
  @inline(__always)
  public func state(_ index: Int) -> UnsafeMutablePointer<Scalar>? { states[index].map { $0 + offset } }

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
  /// formulas are written in.
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
