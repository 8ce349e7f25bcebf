/// What a search for a rate came to.
public struct FoundRate: Sendable, Hashable {
  /// A short run.
  public struct Run: Sendable, Hashable, Codable {
    /// Its peak rate.
    public var rate: Double
    /// Optimizer steps, over which the schedule was stretched.
    public var steps: Int
    /// What it came to; infinite if it diverged.
    public var loss: Double
  }

  /// Why there is no rate.
  public enum Refusal: String, Sendable, Hashable, Codable {
    /// No rate brought the loss below where it began.
    case nothingFell
    /// The loss still fell at the last rate that was tried, six decades from the usual one.
    case noEnd

    /// One sentence.
    public var sentence: String {
      switch self {
      case .nothingFell:
        "No rate brought the loss below where it began; the data may hold nothing to learn, or the gradient be wrong."
      case .noEnd:
        "The loss still fell six decades from the usual rate; the rate hardly matters here, or the usual one is far off."
      }
    }
  }

  /// Decades either way that ``low`` and ``high`` are from the rate.
  public static let halfWidth = 0.4

  public var runs: [Run]
  /// The peak rate; nil with a ``refusal``.
  public var rate: Double?
  /// Below and above the rate by ``halfWidth``.
  public var low: Double?
  public var high: Double?
  public var refusal: Refusal?

  /// Optimizer steps of all runs.
  public var stepsSpent: Int { runs.reduce(0) { $0 + $1.steps } }

  init(runs: [Run], rate: Double, low: Double, high: Double) {
    self.runs = runs
    self.rate = rate
    self.low = low
    self.high = high
  }

  init(runs: [Run], refusal: Refusal) {
    self.runs = runs
    self.refusal = refusal
  }
}
