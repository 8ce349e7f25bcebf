/// What a search for a rate came to.
public struct FoundRate: Sendable, Hashable, Codable {
  /// What a short run was made for.
  public enum Stage: String, Sendable, Hashable, Codable, CaseIterable {
    /// Very short runs far apart, that find the neighbourhood.
    case coarse
    /// Longer runs close together, round the best of those.
    case fine
    /// Runs longer still, for where the best rate moves with the horizon and where the loss of shorter ones stands still.
    case long
  }

  /// A short run.
  public struct Run: Sendable, Hashable, Codable {
    public var stage: Stage
    /// Its peak rate.
    public var rate: Double
    /// Optimizer steps, over which the schedule was stretched.
    public var steps: Int
    /// Chose its initial weights and batches.
    public var seed: UInt64
    /// What it came to; infinite if it diverged.
    public var loss: Double
    /// Steps that were made: fewer than ``steps`` if it diverged.
    public var stepsMade: Int
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

  /// Every run, in the order in which they were decided on.
  public var runs: [Run]
  /// The loss before training, mean over the seeds.
  public var initialLoss: Double
  /// What the runs of each stage say together, the shortest runs first; the rate rests on the last.
  public var curves: [RateCurve]
  /// Decades by which the rate of the whole run is below the lowest point of the last curve: the longer the run, the lower
  /// the best rate.
  public var horizonShift: Double
  /// True if runs of two lengths had their say in the shift; false where it is the usual one.
  public var isShiftMeasured: Bool
  /// How many times the scatter of single mini-batches' losses the loss of the fine runs fell; infinite without scatter, 0 with a
  /// ``refusal``.
  public var fallOverScatter: Double
  /// True if the loss of the fine runs stands still: it fell by little more than the scatter of single mini-batches, so that
  /// the rate rests on longer runs, at higher rates too.
  public var isStalled: Bool
  /// The peak rate; nil with a ``refusal``.
  public var rate: Double?
  /// The interval that the best rate is expected in; nil with a ``refusal``. It held the best rate in five of six searches for
  /// tasks that the finder was designed on, in two of three for others.
  public var low: Double?
  /// The upper end of the interval that begins at ``low``.
  public var high: Double?
  /// Why there is no rate.
  public var refusal: Refusal?

  /// Optimizer steps of all runs.
  public var stepsSpent: Int { runs.reduce(0) { $0 + $1.stepsMade } }
}
