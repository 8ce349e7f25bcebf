extension Layout {
  /// Shapes that run from one level to another whatever their length.
  mutating func addWay(
    _ shape: Shape, _ edge: Edge, from: Double, to: Double, start: Int, length steps: Int
  ) throws(ScheduleError) -> Double {
    // Both ends met: the way is one step shorter, and its last step stands on the goal.
    let way = edge == .both ? steps - 1 : steps
    guard way > 0 else { return add(start, .flat(to), end: to) }
    let length = Double(way)
    let read = edge == .right ? 1.0 : 0
    var end = to
    switch shape {
    case .rise(let shape):
      let curve = try curve(shape, from: to, to: from, length: length)
      segments.append(Segment(start, curve, edge: read, origin: length, direction: -1))
    case .waves(let count):
      let curve = Waves(from: from, to: to, length: length, count: count)
      end = curve.value(length)
      // One segment for each half wave, so that a segment never turns.
      for half in 0...Int(2 * count) {
        let begin = Int((Double(half) * length / (2 * count)).rounded(.up))
        guard begin < way else { break }
        segments.append(Segment(start + begin, .waves(curve), edge: read, origin: Double(begin)))
      }
    default:
      let curve = try curve(shape, from: from, to: to, length: length)
      // The hyperbolic tangent ends near its goal, not on it.
      if case .tanh = shape { end = curve.value(length) }
      segments.append(Segment(start, curve, edge: read))
    }
    if edge == .both { segments.append(Segment(start + way, .flat(end))) }
    return end
  }

  private func curve(_ shape: Shape, from: Double, to: Double, length: Double) throws(ScheduleError) -> Curve {
    switch shape {
    case .cosine: return .cosine(Cosine(from: from, to: to, length: length))
    case .cosinePower(let exponent):
      return .cosinePower(CosinePower(from: from, to: to, length: length, exponent: exponent))
    case .oneMinusSqrt: return .oneMinusSqrt(OneMinusSqrt(from: from, to: to, length: length))
    case .oneMinusSquare: return .oneMinusSquare(OneMinusSquare(from: from, to: to, length: length))
    case .rex(let bend): return .rex(Rex(from: from, to: to, length: length, bend: bend))
    case .polynomial(let power):
      return .polynomial(Polynomial(from: from, to: to, length: length, exponent: power))
    case .tanh(let first, let last):
      return .hyperbolicTangent(HyperbolicTangent(from: from, to: to, length: length, first: first, last: last))
    case .kCosine(let k): return .kCosine(KCosine(from: from, to: to, length: length, k: k))
    case .kPolynomial(let power, let k):
      return .kPolynomial(KPolynomial(from: from, to: to, length: length, exponent: power, k: k))
    case .geometric:
      guard from > 0, to > 0 else {
        throw ScheduleError("geometric runs between levels above 0, not from \(number(from)) to \(number(to))")
      }
      return .geometric(Geometric(from: from, to: to, length: length))
    default: return .line(Line(from: from, to: to, length: length))
    }
  }
}
