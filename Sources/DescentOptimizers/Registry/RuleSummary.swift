/// What an update rule does, in words and as a formula, and where it comes from: its docstring, for a person who asks
/// the program.
public struct RuleSummary: Sendable, Hashable {
  /// One sentence.
  public var purpose: String
  /// Lines as in the docstring: w the parameters, g the gradient, η the learning rate, t the step from 1.
  public var formula: String
  /// Papers, and the implementations that the rule agrees with.
  public var source: String

  static let all: [String: RuleSummary] = [elementWise, tensorWise, curvature, rateFree, wrappers]
    .reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
}
