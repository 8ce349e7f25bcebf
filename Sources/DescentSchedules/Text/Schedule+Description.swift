extension Schedule: CustomStringConvertible {
  /// The canonical one-line text form: defaults that matter are spelled out, `Schedule(parsing:)` gives the value back.
  public var description: String { core + modifiers.text }

  private var core: String {
    switch form {
    case .pieces(let pieces):
      return leadingPeak + text(pieces)
    case .oneCycle(let cycle):
      return cycle.text(peak: peak)
    case .cyclic(let cyclic):
      return cyclic.text(high: peak ?? .nan)
    case .product(let factors):
      return leadingPeak + factors.map { "(\($0.multiplierText))" }.joined(separator: " * ")
    }
  }

  private var leadingPeak: String { peak.map { "\(number($0)): " } ?? "" }
}

extension Schedule.Form {
  /// As a factor of a product.
  fileprivate var multiplierText: String {
    switch self {
    case .pieces(let pieces): DescentSchedules.text(pieces)
    case .oneCycle(let cycle): cycle.text(peak: nil)
    case .cyclic(let cyclic): cyclic.text(high: 1)
    case .product(let factors): factors.map(\.multiplierText).joined(separator: ") * (")
    }
  }
}

private func text(_ pieces: [Piece]) -> String {
  pieces.map { $0.text(isAlone: pieces.count == 1) }.joined(separator: " -> ")
}

extension OneCycle {
  fileprivate func text(peak: Double?) -> String {
    let standard = OneCycle()
    var text = "onecycle(" + (peak.map { "peak: \(number($0)), " } ?? "") + "warmup: \(warmup)"
    if div != standard.div { text += ", div: \(number(div))" }
    if finalDiv != standard.finalDiv { text += ", final-div: \(number(finalDiv))" }
    if threePhase { text += ", phases: 3" }
    if anneal != .cosine { text += ", anneal: \(anneal.rawValue)" }
    return text + ")"
  }
}

extension Cyclic {
  fileprivate func text(high: Double) -> String {
    let gamma = mode == .expRange ? ", gamma: \(number(self.gamma))" : ""
    return
      "cyclic(low: \(number(low)), high: \(number(high)), up: \(up), down: \(down), mode: \(mode.rawValue)\(gamma))"
  }
}

extension Modifiers {
  /// ` | floor 1%` and its like, in the order in which they apply.
  fileprivate var text: String {
    var parts: [String] = []
    if stretch != 1 { parts.append("stretch x\(number(stretch))") }
    if let offset { parts.append("offset \(offset)") }
    if let delay { parts.append("delay \(delay)") }
    if after != .hold { parts.append("after \(after.rawValue)") }
    if let jitter { parts.append(jitter.description) }
    if let floor { parts.append("floor \(floor)") }
    if let ceiling { parts.append("ceiling \(ceiling)") }
    return parts.map { " | " + $0 }.joined()
  }
}

extension Jitter: CustomStringConvertible {
  /// As in the text form.
  public var description: String {
    var text = "jitter \(Level.ofPeak(amount).shareText)"
    if distribution == .normal { text += " normal" }
    text += " seed \(seed)"
    if let from { text += " from \(from)" }
    if let to { text += " to \(to)" }
    return text
  }
}

extension Piece: CustomStringConvertible {
  /// The piece as in the text form.
  public var description: String { text(isAlone: false) }

  /// A hold that is the whole schedule is called constant.
  func text(isAlone: Bool) -> String {
    var text = isAlone && shape == .hold && length == nil ? "constant" : shape.text
    // After a tail a bare length would be hard to read.
    if let length { text += (text == shape.name || shape.isWarmup ? " " : " for ") + length.description }
    if let from { text += " from \(from)" }
    if let to { text += " to \(to)" }
    if edge != shape.ownEdge { text += " edge \(edge.rawValue)" }
    return text
  }
}
