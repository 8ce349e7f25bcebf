/// What becomes of the learning rate over the run the suggestion is for.
public enum ScheduleKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// It stays as it is (after a warm-up, perhaps).
  case constant
  /// It falls to a small part of its peak: cosine, linear, 1-sqrt, steps.
  case decaying

  /// The suggestion is the rate at the lowest smoothed loss divided by this.
  ///
  /// Measured on 12 cells (6 small tasks × SGD with momentum, AdamW; 400 steps, oracle on a quarter-decade grid;
  /// `Scripts/fixtures/finder-divisor.py`), minimum of the zero-lag smoothed curve, geometric mean of 3 repeats: for
  /// a cosine decay mean regret .109 .023 .016 .014 .023 .047 at divisors 1 2 3 4 6 10; for a constant rate .440 .098
  /// .078 .079 .076 .045. Regret is (L(s) − L*)/(L_initial − L*). A constant rate has to be lower because nothing
  /// averages its noise away at the end. Other tools' "minimum / 10" divides the minimum of a lagging average, which
  /// lies further right: the two divisors are not comparable.
  public var divisor: Double {
    switch self {
    case .constant: 10
    case .decaying: 3
    }
  }

  /// Where the loss climbs without having fallen by more than its noise, the suggestion is the rate at which it begins to climb
  /// divided by this.
  var climbDivisor: Double {
    switch self {
    case .constant: 4
    case .decaying: 2
    }
  }
}

/// A learning rate with the interval it is known to.
public struct Suggestion: Sendable, Hashable, Codable {
  /// low ≤ rate ≤ high, in parameter units per update unit; high never exceeds the ceiling.
  public var rate: Double
  public var low: Double
  public var high: Double
  /// In words: what the rate and its interval rest on.
  public var basis: String

  public init(rate: Double, low: Double, high: Double, basis: String) {
    self.rate = rate
    self.low = low
    self.high = high
    self.basis = basis
  }
}

/// Why there is no suggestion. An outcome, not an error.
public struct NoSuggestion: Sendable, Hashable, Codable {
  /// The kinds of curve no rate can be read from.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case noFiniteLoss = "no-finite-loss"
    case tooFewPoints = "too-few-points"
    case divergedAtOnce = "diverged-at-once"
    case flat
    case climbsWithoutFalling = "climbs-without-falling"
    case stillFalling = "still-falling"
    case repeatsDisagree = "repeats-disagree"
  }

  public var kind: Kind
  /// One sentence.
  public var reason: String
  /// The next thing to try.
  public var advice: String

  public init(kind: Kind, reason: String, advice: String) {
    self.kind = kind
    self.reason = reason
    self.advice = advice
  }
}
