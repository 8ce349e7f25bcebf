extension Schedule: CustomStringConvertible {
  /// The canonical one-line text form: defaults that matter are spelled out, `Schedule(parsing:)` gives the value back.
  public var description: String {
    switch form {
    case .pieces(let pieces):
      let sequence = pieces.map { $0.text(isAlone: pieces.count == 1) }.joined(separator: " -> ")
      return (peak.map { "\(number($0)): " } ?? "") + sequence
    case .oneCycle(let cycle):
      let peak = peak.map { "peak: \(number($0)), " } ?? ""
      let standard = OneCycle()
      let div = cycle.div == standard.div ? "" : ", div: \(number(cycle.div))"
      let finalDiv = cycle.finalDiv == standard.finalDiv ? "" : ", final-div: \(number(cycle.finalDiv))"
      return "onecycle(\(peak)warmup: \(cycle.warmup)\(div)\(finalDiv))"
    case .cyclic(let cyclic):
      let gamma = cyclic.mode == .expRange ? ", gamma: \(number(cyclic.gamma))" : ""
      return "cyclic(low: \(number(cyclic.low)), high: \(number(peak ?? .nan)), up: \(cyclic.up), "
        + "down: \(cyclic.down), mode: \(cyclic.mode.rawValue)\(gamma))"
    }
  }
}

extension Piece: CustomStringConvertible {
  /// The piece as in the text form.
  public var description: String { text(isAlone: false) }

  /// A hold that is the whole schedule is called constant.
  func text(isAlone: Bool) -> String {
    var text = isAlone && shape == .hold && length == nil ? "constant" : shape.text
    // After a tail a bare length would be hard to read.
    if let length { text += (text == shape.name ? " " : " for ") + length.description }
    if let from { text += " from \(from)" }
    if let to { text += " to \(to)" }
    return text
  }
}

extension Shape {
  /// The name and the tail.
  var text: String {
    switch self {
    case .polynomial(let power): "\(name)(\(number(power)))"
    case .inverseTime(let rate): "\(name)(\(number(rate)))"
    case .inverseSqrt(let timescale): "\(name)(\(number(timescale)))"
    case .noam(let width, let warmup): "\(name)(\(number(width)), \(number(warmup)))"
    case .exponential(let factor): "\(name) x\(number(factor))"
    case .step(let factor, let every): "\(name) x\(number(factor)) every \(every)"
    case .drop(let factor, let places):
      "\(name) x\(number(factor)) at \(places.map(\.description).joined(separator: ", "))"
    case .restarts(let first, let growth, let decay):
      "\(name) \(first)" + (growth == 1 ? "" : " x\(number(growth))") + (decay == 1 ? "" : " decay \(number(decay))")
    case .warmup, .hold, .linear, .cosine, .oneMinusSqrt, .rex: name
    }
  }
}
