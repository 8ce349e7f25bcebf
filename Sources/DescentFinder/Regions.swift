/// A stretch of a range test's curve, in rates.
public struct CurveRegion: Sendable, Hashable, Codable {
  /// What the smoothed loss does there.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Too small a rate to change the loss visibly.
    case flat
    /// The loss falls, or stays at the bottom.
    case falling
    /// The loss rises for good.
    case climbing
  }

  public var kind: Kind
  public var from: Double
  public var to: Double

  public init(kind: Kind, from: Double, to: Double) {
    self.kind = kind
    self.from = from
    self.to = to
  }
}

extension CurveShape {
  /// The curve divided into flat, falling and climbing; empty stretches are left out.
  func regions(_ curve: [CurvePoint]) -> [CurveRegion] {
    let end = curve.count - 1
    let climb = climbStart ?? end
    let fall = min(descentStart ?? climb, climb)
    return [(CurveRegion.Kind.flat, 0, fall), (.falling, fall, climb), (.climbing, climb, end)].compactMap {
      $0.1 < $0.2 ? CurveRegion(kind: $0.0, from: curve[$0.1].rate, to: curve[$0.2].rate) : nil
    }
  }
}
