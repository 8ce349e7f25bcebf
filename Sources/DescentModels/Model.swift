public import DescentAutodiff

/// A model: an ordinary function over tensors that asks its scope for parameters.
///
/// ```swift
/// struct Logistic: Model {
///   var classes: Int
///   func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
///     Dense(classes)(input, in: scope["output"])
///   }
/// }
/// ```
public protocol Model: Sendable {
  /// - Parameters:
  ///   - input: `[rows, features]`, or `[rows, …]` with the shape of one row's features.
  ///   - scope: where parameters come from.
  /// - Returns: `[rows, outputs]`.
  func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor
}
