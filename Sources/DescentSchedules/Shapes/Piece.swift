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

  /// Two pieces that mean the same are equal: defaults are kept in one form only.
  init(_ shape: Shape, _ length: Length?, from: Level? = nil, to: Level? = nil) {
    self.shape = shape
    self.length = length
    switch shape.ends {
    case .interpolates:
      self.from = from
      self.to = shape == .warmup ? (to == .peak ? nil : to) : to ?? .zero
    case .limited:
      self.from = from
      self.to = to == .zero ? nil : to
    case .flat:
      self.from = from ?? to
      self.to = nil
    case .fixed:
      self.from = nil
      self.to = nil
    }
  }

  /// What is wrong with the numbers, if anything.
  var problem: String? { shape.problem ?? length?.problem ?? from?.problem ?? to?.problem }
}

extension Piece {
  /// A line up from `from` (0 if it is the first piece) to `to`, sampled at (u+1)/L: the first update is not zero, the
  /// last one reaches `to`.
  public static func warmup(_ length: Length? = nil, from: Level? = nil, to: Level = .peak) -> Piece {
    Piece(.warmup, length, from: from, to: to)
  }

  /// One level: `at`, or where the piece before ends.
  public static func hold(_ length: Length? = nil, at level: Level? = nil) -> Piece {
    Piece(.hold, length, from: level)
  }

  /// `hold` under the name that reads well alone.
  public static func constant(_ length: Length? = nil, at level: Level? = nil) -> Piece { hold(length, at: level) }

  /// A line: from + (to − from)·u/L.
  public static func linear(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.linear, length, from: from, to: to)
  }

  /// to + (from − to)·(1 + cos(πu/L))/2 (Loshchilov & Hutter 2017, eq. 5).
  public static func cosine(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.cosine, length, from: from, to: to)
  }

  /// to + (from − to)·(1 − √(u/L)) (Hägele et al. 2024, the cool-down of warm-up–stable–decay).
  public static func oneMinusSqrt(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.oneMinusSqrt, length, from: from, to: to)
  }

  /// to + (from − to)·(1 − p)/(1 − p/2), p = u/L (Chen, Wolfe, Kyrillidis 2021, arXiv:2107.04197).
  public static func rex(_ length: Length? = nil, from: Level? = nil, to: Level = .zero) -> Piece {
    Piece(.rex, length, from: from, to: to)
  }

  /// to + (from − to)·(1 − u/L)^power.
  public static func polynomial(
    _ power: Double, _ length: Length? = nil, from: Level? = nil, to: Level = .zero
  ) -> Piece {
    Piece(.polynomial(power: power), length, from: from, to: to)
  }

  /// from·factor^u, not past `to`.
  public static func exponential(
    by factor: Double, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.exponential(factor: factor), length, from: from, to: to)
  }

  /// from·factor^⌊u/every⌋, not past `to`.
  public static func step(
    by factor: Double, every: Length, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.step(factor: factor, every: every), length, from: from, to: to)
  }

  /// Multiplied by `factor` from each of `places` on, not past `to`. Places are on the run's clock: 30% is 30 % of the
  /// run even after a warm-up.
  public static func drop(
    by factor: Double, at places: [Length], _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.drop(factor: factor, at: places), length, from: from, to: to)
  }

  /// from/(1 + rate·u), not below `to`.
  public static func inverseTime(
    _ rate: Double, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.inverseTime(rate: rate), length, from: from, to: to)
  }

  /// from/√(1 + u/timescale), not below `to`. After a warm-up of `timescale` steps it is the transformer's inverse
  /// square root of the step.
  public static func inverseSqrt(
    _ timescale: Double, _ length: Length? = nil, from: Level? = nil, to: Level? = nil
  ) -> Piece {
    Piece(.inverseSqrt(timescale: timescale), length, from: from, to: to)
  }

  /// peak·width^−½·min(s^−½, s·warmup^−3/2), s = u + 1 (Vaswani et al. 2017, section 5.3).
  public static func noam(width: Double, warmup: Double, _ length: Length? = nil) -> Piece {
    Piece(.noam(width: width, warmup: warmup), length)
  }

  /// Cosine cycles (SGDR, Loshchilov & Hutter 2017): cycle i is first·growthⁱ long and starts at
  /// to + (from − to)·decayⁱ.
  public static func restarts(
    _ first: Length, growth: Double = 1, decay: Double = 1, _ length: Length? = nil, from: Level? = nil,
    to: Level = .zero
  ) -> Piece {
    Piece(.restarts(first: first, growth: growth, decay: decay), length, from: from, to: to)
  }
}
