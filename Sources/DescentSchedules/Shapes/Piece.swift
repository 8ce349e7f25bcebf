/// One stretch of a schedule: a shape, how long it lasts, where it starts and where it goes.
///
/// Pieces are made by the functions named after the shapes, as in `.warmup(.percent(5))` or `.cosine(to: .zero)`. A
/// piece without a length takes what the others leave. Without `from` a piece starts where the one before it ends; the
/// first starts at the peak, or at 0 if it is a warm-up.
public struct Piece: Sendable, Hashable {
  public let shape: Shape
  /// nil: what is left of the run.
  public let length: Length?
  /// nil: where the piece before ends.
  public let from: Level?
  /// For shapes that go their own way (exponential, step, drop, inverse-time, inverse-sqrt, restarts) a limit they do
  /// not pass, nil: none. For a warm-up nil is the peak. For a hold always nil: its level is ``from``.
  public let to: Level?

  /// Which ends are met on a step.
  public let edge: Edge

  /// Two pieces that mean the same are equal: defaults are kept in one form only.
  init(_ shape: Shape, _ length: Length?, from: Level? = nil, to: Level? = nil, edge: Edge? = nil) {
    self.shape = shape
    self.length = length
    self.edge = edge ?? shape.ownEdge
    switch shape.ends {
    case .interpolates:
      self.from = from
      self.to = shape.isWarmup ? (to == .peak ? nil : to) : to ?? .zero
    case .limited:
      self.from = from
      self.to = to == .zero ? nil : to
    case .scaled:
      self.from = from
      self.to = nil
    case .flat:
      self.from = from ?? to
      self.to = nil
    case .fixed:
      self.from = nil
      self.to = nil
    }
  }

  /// The same piece read by another convention: `.linear(.steps(100)).edge(.right)` has p = (u+1)/L.
  ///
  /// Shapes that have no say in it (hold, step, drop, restarts, knots …) refuse when the schedule is resolved.
  public func edge(_ edge: Edge) -> Piece { Piece(shape, length, from: from, to: to, edge: edge) }

  /// What is wrong with the numbers, if anything.
  var problem: String? {
    if let problem = shape.problem ?? length?.problem ?? from?.problem ?? to?.problem { return problem }
    if edge != shape.ownEdge, !shape.edges.contains(edge) {
      return "\(shape.name) cannot be read with edge \(edge.rawValue)"
    }
    if shape == .geometric, from?.isZero == true || to?.isZero == true {
      return "geometric runs between levels above 0, as in geometric to 1%"
    }
    if shape == .rise(.geometric), from?.isZero ?? true || to?.isZero == true {
      return "a geometric warm-up begins above 0, as in warmup geometric 5% from 1%"
    }
    return nil
  }
}
