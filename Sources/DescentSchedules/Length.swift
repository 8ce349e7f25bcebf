/// How long a piece lasts, or a place in the run: steps, epochs, tokens or a share of the run.
public enum Length: Sendable, Hashable {
  /// Optimizer updates: `100`.
  case steps(Int)
  /// Passes over the data, fractions allowed: `1.5ep`. Needs ``Horizon/stepsPerEpoch``.
  case epochs(Double)
  /// Tokens: `1000000tok`. Needs ``Horizon/tokensPerStep``.
  case tokens(Int)
  /// Percent of the whole run, 0…100: `5%`.
  case percent(Double)

  /// What is wrong with the number, if anything.
  var problem: String? {
    switch self {
    case .steps(let n): n < 0 ? "a length must not be negative, it is \(n)" : nil
    case .tokens(let n): n < 0 ? "a length must not be negative, it is \(n)tok" : nil
    case .epochs(let n): n.isFinite && n >= 0 ? nil : "a length in epochs must be 0 or more, it is \(number(n))ep"
    case .percent(let p): p.isFinite && p >= 0 && p <= 100 ? nil : "a share of the run is 0% to 100%, not \(number(p))%"
    }
  }
}

extension Length: CustomStringConvertible {
  /// As in the text form.
  public var description: String {
    switch self {
    case .steps(let n): "\(n)"
    case .epochs(let n): "\(number(n))ep"
    case .tokens(let n): "\(n)tok"
    case .percent(let p): "\(number(p))%"
    }
  }
}
