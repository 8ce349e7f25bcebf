public import DescentAutodiff

/// Dropout: in training each element is set to 0 with probability `rate` and divided by 1 − rate otherwise; else it
/// passes as it is.
///
/// The mask follows from the run's seed and the step, whatever the number of threads.
///
/// - Source: Srivastava et al. 2014 (JMLR 15); the division is the "inverted" form everyone uses.
public struct Dropout: Sendable, Hashable {
  /// The probability to drop an element, 0 ..< 1.
  public var rate: Double

  public init(_ rate: Double) { self.rate = rate }

  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    guard scope.mode.dropsOut, rate != 0 else { return input }
    return input * scope.mask(keep: 1 - rate, shape: input.shape)
  }
}
