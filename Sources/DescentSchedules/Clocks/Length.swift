/// How long a piece lasts, or a place in the run, on one of the clocks that training is told by.
public enum Length: Sendable, Hashable {
  /// Optimizer updates: `100`.
  case steps(Int)
  /// Passes over the data, fractions allowed: `1.5ep`. Needs ``Horizon/stepsPerEpoch``, or samples per epoch and batch.
  case epochs(Double)
  /// Samples: `50000samples`. Needs ``Horizon/batch``.
  case samples(Int)
  /// Tokens: `1000000tok`. Needs ``Horizon/tokensPerStep``, or tokens per sample and batch.
  case tokens(Int)
  /// Wall-clock time: `90s`. Needs ``Horizon/secondsPerStep``.
  case seconds(Double)
  /// Percent of the whole run, 0…100: `5%`.
  case percent(Double)

  /// A share of the run, 0…1.
  public static func fraction(_ share: Double) -> Length { .percent(share * 100) }

  /// What is wrong with the number, if anything.
  var problem: String? {
    switch self {
    case .steps(let n), .tokens(let n), .samples(let n):
      n < 0 ? "a length must not be negative, it is \(self)" : nil
    case .epochs(let n): n.isFinite && n >= 0 ? nil : "a length in epochs must be 0 or more, it is \(number(n))ep"
    case .seconds(let n): n.isFinite && n >= 0 ? nil : "a length in seconds must be 0 or more, it is \(number(n))s"
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
    case .samples(let n): "\(n)samples"
    case .tokens(let n): "\(n)tok"
    case .seconds(let n): "\(number(n))s"
    case .percent(let p): "\(number(p))%"
    }
  }
}
