/// A stretch of a resolved run that one curve rules. Trivially copyable.
struct Segment: Sendable, Hashable {
  /// The first step it owns; the next segment's start ends it.
  var start: Int
  /// Where in a step the curve is read: 0 at its beginning (decays), 1 at its end (warm-ups).
  var edge: Double
  var curve: Curve

  init(_ start: Int, _ curve: Curve, edge: Double = 0) {
    self.start = start
    self.edge = edge
    self.curve = curve
  }
}

/// Where one piece hands over to the next, and the rates on both sides.
struct Join: Sendable, Hashable {
  var place: Int
  var before: Double
  var after: Double
}
