/// A stretch of a resolved run that one curve rules. Trivially copyable.
struct Segment: Sendable, Hashable {
  /// The first step it owns; the next segment's start ends it.
  var start: Int
  /// Where in a step the curve is read: 0 at its beginning (decays), 1 at its end (warm-ups).
  var edge: Double
  /// Where on the curve the segment begins.
  var origin: Double
  /// 1: the curve is played forwards, −1: backwards.
  var direction: Double
  var curve: Curve

  init(_ start: Int, _ curve: Curve, edge: Double = 0, origin: Double = 0, direction: Double = 1) {
    self.start = start
    self.edge = edge
    self.origin = origin
    self.direction = direction
    self.curve = curve
  }

  /// The rate `u` steps into the segment, the edge not counted.
  ///
  /// Played backwards past its beginning, it stays there.
  @inline(__always) func value(_ u: Double) -> Double { curve.value(max(origin + direction * u, 0)) }

  /// The area over the first `u` steps of the continuous curve.
  func integral(to u: Double) -> Double {
    guard u > 0 else { return 0 }
    if direction > 0 { return curve.integral(to: origin + u) - curve.integral(to: origin) }
    let rest = max(u - origin, 0)
    return curve.integral(to: origin) - curve.integral(to: max(origin - u, 0)) + rest * curve.value(0)
  }

  /// Where it jumps or turns inside `length` steps.
  func turns(before length: Int) -> Turns { curve.turns(before: length) }
}

/// Where one piece hands over to the next, and the rates on both sides.
struct Join: Sendable, Hashable {
  var place: Int
  var before: Double
  var after: Double
}
