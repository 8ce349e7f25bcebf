public import DescentCore
internal import DescentRandom

extension Objective {
  /// Evaluates loss and gradient twice at `point` and compares.
  ///
  /// Differences of rounding, as of threads that add in any order, pass: 10⁻⁵ of the size in single precision, 10⁻¹⁰ in
  /// double.
  ///
  /// - Throws: ``CurvatureError`` if they differ, or are not finite; what the objective throws.
  public func checkIsDeterministic(at point: [Scalar]) throws {
    guard point.count == parameterCount else {
      throw CurvatureError(.unfit, "The objective has \(parameterCount) parameters, the point \(point.count).")
    }
    var (first, second) = (point, point)
    let losses = (try gradient(at: point, into: &first), try gradient(at: point, into: &second))
    let size = norm(first)
    guard losses.0.isFinite, losses.1.isFinite, size.isFinite else {
      throw CurvatureError(.notFinite, "The loss or its gradient is not finite at this point, so it has no curvature.")
    }
    add(-1, times: first, to: &second)
    let allowed = Scalar.self == Float.self ? 1e-5 : 1e-10
    guard abs(losses.0 - losses.1) <= allowed * abs(losses.0), norm(second) <= allowed * max(size, abs(losses.0)) else {
      throw CurvatureError(
        .notDeterministic,
        "Two evaluations at one point gave the losses \(losses.0) and \(losses.1) or different gradients; freeze dropout "
          + "masks, augmentation and the choice of rows before measuring curvature.")
    }
  }

  /// How much Hessian products by differences of gradients depend on the step, as a share: above 0.05 the loss is not
  /// smooth enough for them, as with piecewise-linear activations.
  ///
  /// Costs four gradients for each of two directions: a random one and the gradient's.
  ///
  /// - Parameters:
  ///   - point: where.
  ///   - seed: chooses the random direction.
  public func dependenceOnDifferenceStep(at point: [Scalar], seed: UInt64 = 0) throws -> Double {
    var random = RandomSequence(seed: seed, stream: .probing, index: 1)
    var directions = [point.map { _ in Scalar(random.normal()) }, point]
    _ = try gradient(at: point, into: &directions[1])
    var worst = 0.0
    for direction in directions where norm(direction) > 0 {
      let wide = try differenceProduct(at: point, along: direction, step: Scalar.self == Float.self ? 4.9e-3 : 1e-4)
      let narrow = try differenceProduct(at: point, along: direction, step: Scalar.self == Float.self ? 1.5e-3 : 3e-5)
      var difference = wide
      add(-1, times: narrow, to: &difference)
      let size = max(norm(wide), norm(narrow))
      if size > 0 { worst = max(worst, norm(difference) / size) }
    }
    return worst
  }

  /// (∇L(θ + s·v) − ∇L(θ − s·v))/2s for v the direction at norm 1.
  private func differenceProduct(at point: [Scalar], along direction: [Scalar], step: Double) throws -> [Scalar] {
    let unit = step * max(1, norm(point)) / norm(direction)
    var (shifted, plus, minus) = (point, point, point)
    add(unit, times: direction, to: &shifted)
    _ = try gradient(at: shifted, into: &plus)
    add(-2 * unit, times: direction, to: &shifted)
    _ = try gradient(at: shifted, into: &minus)
    add(-1, times: minus, to: &plus)
    multiply(&plus, by: 1 / (2 * unit))
    return plus
  }
}
