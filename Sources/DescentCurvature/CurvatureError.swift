/// A measurement of curvature that cannot be made: one sentence with what is wrong and what would be right.
public struct CurvatureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Code: String, Sendable, Hashable {
    /// Two evaluations at one point differ.
    case notDeterministic
    /// A loss, gradient or product is infinite or not a number.
    case notFinite
    /// Sizes do not fit, or there is nothing to measure.
    case unfit
    /// The objective has no products of this kind.
    case noProducts
  }

  public var code: Code
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
