/// What a controller did at a step, and why.
public struct RateChange: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The step whose observation led to it.
  public var step: Int
  /// The multiplier before.
  public var from: Double
  /// The multiplier from here on; the same as ``from`` where the controller only has something to say.
  public var to: Double
  public var reason: ChangeReason
  /// One sentence for people.
  public var message: String

  public init(step: Int, from: Double, to: Double, reason: ChangeReason, message: String) {
    self.step = step
    self.from = from
    self.to = to
    self.reason = reason
    self.message = message
  }

  public var description: String { "step \(step): \(message)" }
}

/// The table of every reason a controller gives.
public enum ChangeReason: String, Sendable, Hashable, Codable, CaseIterable {
  case plateau
  case improving
  case worsening
  case reset
  case nonFinite = "non-finite"
  case aboveLimit = "above-limit"
  case recovery
  case gradientsAgree = "gradients-agree"
  case gradientsOppose = "gradients-oppose"
  case polyak = "polyak-step"
  case notANumber = "not-a-number"

  /// What it means, in one sentence.
  public var meaning: String {
    switch self {
    case .plateau: "What is watched has not become better for longer than the patience: the rate is cut."
    case .improving: "What is watched keeps becoming better: the rate is raised."
    case .worsening: "What is watched has not become better for longer than the patience: the rate is lowered."
    case .reset: "The rate has stayed at its minimum: the controller begins again."
    case .nonFinite: "The loss or the gradient is infinite or not a number: the rate is cut."
    case .aboveLimit: "The loss lies above the limit of divergence: the rate is cut."
    case .recovery: "The loss has behaved for a while after a cut: part of it is taken back."
    case .gradientsAgree: "Successive gradients point the same way: longer steps would have been better."
    case .gradientsOppose: "Successive gradients oppose each other: shorter steps would have been better."
    case .polyak: "The loss's distance to its target and the gradient's size give another step."
    case .notANumber: "What is watched is not a number: it counts neither as better nor as worse."
    }
  }
}

extension RateChange {
  /// A change whose sentence ends with what becomes of the multiplier.
  init(_ step: Int, _ from: Double, _ to: Double, _ reason: ChangeReason, because why: String) {
    let outcome =
      from == to
      ? "the multiplier stays \(shortNumber(from))"
      : "the multiplier goes from \(shortNumber(from)) to \(shortNumber(to))"
    self.init(step: step, from: from, to: to, reason: reason, message: "\(why): \(outcome).")
  }
}

/// Four significant digits, for sentences.
func shortNumber(_ x: Double) -> String {
  guard x != 0, x.isFinite else { return number(x) }
  let places = 3 - (logarithm(abs(x)) / logarithm(10)).rounded(.down)
  // Scaled by a whole power of ten, so that the result is the double nearest to the decimal.
  let scale = power(10, min(abs(places), 300))
  return number(places >= 0 ? (x * scale).rounded() / scale : (x / scale).rounded() * scale)
}
