/// A height of the curve: a share of the peak, or a rate of its own.
public enum Level: Sendable, Hashable {
  /// A multiple of the peak, 0 or more: `1%`, `0.01 of peak`.
  case ofPeak(Double)
  /// A rate whatever the peak is, 0 or more: `1e-5 absolute`.
  case absolute(Double)

  /// No rate at all.
  public static let zero = Level.ofPeak(0)
  /// The peak itself.
  public static let peak = Level.ofPeak(1)
  /// `percent` hundredths of the peak.
  public static func percent(_ percent: Double) -> Level { .ofPeak(percent / 100) }

  func rate(peak: Double) -> Double {
    switch self {
    case .ofPeak(let share): share * peak
    case .absolute(let rate): rate
    }
  }

  var isZero: Bool {
    switch self {
    case .ofPeak(let x), .absolute(let x): x == 0
    }
  }

  /// What is wrong with the number, if anything.
  var problem: String? {
    switch self {
    case .ofPeak(let x), .absolute(let x):
      x.isFinite && x >= 0 ? nil : "a level must be 0 or more, it is \(number(x))"
    }
  }
}

extension Level: CustomStringConvertible {
  /// As in the text form: in percent where that reads back as the same number.
  public var description: String {
    switch self {
    case .ofPeak(0): return "0"
    case .absolute(let rate): return "\(number(rate)) absolute"
    case .ofPeak(let share):
      let percent = (share * 1e8).rounded() / 1e6
      return percent / 100 == share ? "\(number(percent))%" : "\(number(share)) of peak"
    }
  }

  /// A share in percent where that reads back as the same number, or as a bare number.
  var shareText: String {
    let text = description
    return text.hasSuffix(" of peak") ? String(text.dropLast(8)) : text
  }
}

/// The shortest text that reads back as `value`, whole numbers without ".0".
func number(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
