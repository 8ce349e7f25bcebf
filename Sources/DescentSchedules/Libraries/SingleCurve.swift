/// The curves that the float32 libraries share, operation by operation as they round.
enum SingleCurve: Sendable {
  case constant(Double)
  /// A polynomial, the line among them: from `from` to `to` over `length` steps from `begin` on.
  case polynomial(from: Double, to: Double, exponent: Double, length: Int, begin: Int)
  case exponential(from: Double, rate: Double, length: Int, begin: Int, isStaircase: Bool, limit: Double?)
  /// from·((1 − floor)·(½(1 + cos πt/T))^exponent + floor)
  case cosine(from: Double, length: Int, floor: Double, exponent: Double)

  func value(at step: Int) -> Float {
    switch self {
    case .constant(let value): return Float(value)
    case .polynomial(let from, let to, let exponent, let length, let begin):
      guard length > 0 else { return Float(from) }
      let share = 1 - Float(min(max(step - begin, 0), length)) / Float(length)
      let weight = exponent == 1 ? share : power(share, Float(exponent))
      return Float(from - to) * weight + Float(to)
    case .exponential(let from, let rate, let length, let begin, let isStaircase, let limit):
      guard length > 0, rate != 0 else { return Float(from) }
      var p = Float(step - begin) / Float(length)
      if isStaircase { p = p.rounded(.down) }
      let value = step <= begin ? Float(from) : Float(from) * power(Float(rate), p)
      guard let limit else { return value }
      return rate < 1 ? max(value, Float(limit)) : min(value, Float(limit))
    case .cosine(let from, let length, let floor, let exponent):
      let angle = Float.pi * min(Float(step), Float(length)) / Float(length)
      let wave = 0.5 * (1 + DescentSchedules.cosine(angle))
      let height = exponent == 1 ? wave : power(wave, Float(exponent))
      return Float(from) * (Float(1 - floor) * height + Float(floor))
    }
  }

  /// The same in our own pieces.
  var track: PieceTrack? {
    switch self {
    case .constant(let value): return PieceTrack(.constant(at: .at(value)))
    case .polynomial(let from, let to, let exponent, let length, let begin):
      guard length > 0 else { return PieceTrack(.constant(at: .at(from))) }
      let piece: Piece =
        exponent == 1
        ? .linear(.steps(length), from: .at(from), to: .at(to))
        : .polynomial(exponent, .steps(length), from: .at(from), to: .at(to))
      return PieceTrack((begin > 0 ? [.hold(.steps(begin), at: .at(from))] : []) + [piece, .hold(at: .at(to))])
    case .exponential(let from, let rate, let length, let begin, let isStaircase, let limit):
      guard length > 0, rate != 0 else { return PieceTrack(.constant(at: .at(from))) }
      let piece: Piece =
        isStaircase
        ? .step(by: rate, every: .steps(length), from: .at(from), to: limit.map { .at($0) })
        : .exponential(by: power(rate, 1 / Double(length)), from: .at(from), to: limit.map { .at($0) })
      return PieceTrack((begin > 0 ? [.hold(.steps(begin), at: .at(from))] : []) + [piece])
    case .cosine(let from, let length, let floor, let exponent):
      guard exponent > 0 else { return nil }
      return PieceTrack(
        .cosine(exponent: exponent, .steps(length), from: .at(from), to: .at(from * floor)),
        .hold(at: .at(from * floor)))
    }
  }

  var rates: LibraryRates { LibraryRates(track: track) { Double(value(at: $0)) } }
}

/// Optax' interpolation between knots: each scale multiplies the value before it.
struct SingleKnots: Sendable {
  private let places: [Int]
  private let values: [Float]
  private let exact: [Double]
  private let isCosine: Bool

  init(first: Double, scales: [(boundary: Int, scale: Double)], isCosine: Bool) {
    places = [0] + scales.map(\.boundary)
    var values = [Float(first)]
    var exact = [first]
    for (_, scale) in scales {
      values.append((values.last ?? 0) * Float(scale))
      exact.append((exact.last ?? 0) * scale)
    }
    self.values = values
    self.exact = exact
    self.isCosine = isCosine
  }

  private func value(at step: Int) -> Float {
    var sum: Float = 0
    for index in places.indices.dropLast() where places[index] <= step && step < places[index + 1] {
      let share = Float(step - places[index]) / Float(max(places[index + 1] - places[index], 1))
      let (from, to) = (values[index], values[index + 1])
      sum += isCosine ? to + (from - to) / 2 * (cosine(.pi * share) + 1) : (to - from) * share + from
    }
    if let place = places.last, let value = values.last, place <= step { sum += value }
    return sum
  }

  private var track: PieceTrack? {
    guard places.dropFirst().allSatisfy({ $0 > 0 }) else { return nil }
    var pieces: [Piece] = []
    for index in places.indices.dropLast() {
      let length = Length.steps(places[index + 1] - places[index])
      let (from, to) = (Level.at(exact[index]), Level.at(exact[index + 1]))
      pieces.append(isCosine ? .cosine(length, from: from, to: to) : .linear(length, from: from, to: to))
    }
    return PieceTrack(pieces + [.hold(at: .at(exact.last ?? 0))])
  }

  func rates(notes: [String] = []) -> LibraryRates {
    LibraryRates(notes: notes, track: track) { Double(value(at: $0)) }
  }
}
