extension Shape {
  /// The word of the text form.
  var name: String {
    switch self {
    case .warmup, .rise: "warmup"
    case .hold: "hold"
    case .linear: "linear"
    case .cosine, .cosinePower: "cosine"
    case .waves: "waves"
    case .oneMinusSqrt: "1-sqrt"
    case .oneMinusSquare: "1-square"
    case .rex: "rex"
    case .polynomial, .polynomialCycles: "polynomial"
    case .tanh: "tanh"
    case .kCosine: "k-cosine"
    case .kPolynomial: "k-polynomial"
    case .geometric: "geometric"
    case .exponential: "exponential"
    case .step: "step"
    case .drop: "drop"
    case .inverseTime: "inverse-time"
    case .inverseSqrt: "inverse-sqrt"
    case .power: "power"
    case .noam: "noam"
    case .chebyshev: "chebyshev"
    case .knots: "knots"
    case .restarts: "restarts"
    case .group(let group): if case .laid = group.clock { "laid" } else { "repeat" }
    }
  }

  /// The name and the tail.
  var text: String {
    switch self {
    case .rise(let shape): "\(name) \(shape.text)"
    case .cosinePower(let exponent): "\(name)(\(number(exponent)))"
    case .waves(let count): "\(name)(\(number(count)))"
    case .rex(let bend): bend == 0.5 ? name : "\(name)(\(number(bend)))"
    case .polynomial(let power): "\(name)(\(number(power)))"
    case .polynomialCycles(let power, let every): "\(name)(\(number(power))) cycle \(every)"
    case .tanh(let first, let last):
      first == -7 && last == 3 ? name : "\(name)(\(number(first)), \(number(last)))"
    case .kCosine(let k): "\(name)(\(number(k)))"
    case .kPolynomial(let power, let k): "\(name)(\(number(power)), \(number(k)))"
    case .inverseTime(let rate): "\(name)(\(number(rate)))"
    case .inverseSqrt(let timescale): "\(name)(\(number(timescale)))"
    case .power(let exponent, let knee): "\(name)(\(number(exponent))) knee \(knee)"
    case .noam(let width, let warmup): "\(name)(\(number(width)), \(number(warmup)))"
    case .chebyshev(let ratio, let period): "\(name)(\(number(ratio)), \(period))"
    case .exponential(let factor, .steps(1)): "\(name) x\(number(factor))"
    case .exponential(let factor, let every), .step(let factor, let every):
      "\(name) x\(number(factor)) every \(every)"
    case .drop(let factor, let places):
      "\(name) x\(number(factor)) at \(places.map(\.description).joined(separator: ", "))"
    case .knots(let knots):
      "\(name) \(knots.interpolation.rawValue) "
        + knots.knots.map { "\($0.place) = \($0.level)" }.joined(separator: ", ")
    case .restarts(let first, let growth, let decay):
      "\(name) \(first)" + (growth == 1 ? "" : " x\(number(growth))") + (decay == 1 ? "" : " decay \(number(decay))")
    case .group(let group): group.text
    case .warmup, .hold, .linear, .cosine, .oneMinusSqrt, .oneMinusSquare, .geometric: name
    }
  }
}

extension PieceGroup {
  fileprivate var text: String {
    let sequence = pieces.map(\.description).joined(separator: " -> ")
    switch clock {
    case .laid(let steps): return "laid \(steps) (\(sequence))"
    case .repeated(let times, let growth, let decay):
      return "repeat \(times)" + (growth == 1 ? "" : " x\(number(growth))")
        + (decay == 1 ? "" : " decay \(number(decay))") + " (\(sequence))"
    }
  }
}
