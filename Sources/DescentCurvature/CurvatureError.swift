/// A measurement of curvature that cannot be made: one sentence with what is wrong and what would be right.
public struct CurvatureError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
