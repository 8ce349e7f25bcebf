/// What a comparison found.
public struct ComparisonSummary: Sendable, Hashable {
  /// What became of a setting.
  public enum Fate: Sendable, Hashable {
    /// Not shown to be worse than a leader.
    case finalist
    /// Its rate lay away from where short runs of so many steps put the best one of its rule and schedule.
    case screened(steps: Int)
    /// Every run at full length diverged.
    case diverged
    /// Worse than a leader by the test on so many fresh seeds.
    case worse(seeds: Int)
  }

  /// A setting's figures, means over its runs at the longest length and on the freshest seeds it has.
  public struct Row: Sendable, Hashable {
    /// Place among the comparison's arms, and of the row in ``ComparisonSummary/rows``.
    public var arm: Int
    public var fate: Fate
    /// Steps of the runs.
    public var steps: Int
    /// Seeds of the runs.
    public var seeds: Int
    /// Mean loss; a run that diverged or ended above its initial loss counts as that.
    public var meanLoss: Double
    /// Ends of the mean loss's 95 % interval by Student's t; nil for one seed.
    public var interval: ClosedRange<Double>?
    /// Mean over the runs that did not diverge; nil where it was not measured.
    public var testLoss: Double?
    public var testAccuracy: Double?
    public var trainLoss: Double?
    /// Median steps to the target, counting runs that never reached it as longest; nil if half of them did not.
    public var stepsToTarget: Int?
    /// Mean count of sudden excursions of the mini-batch loss.
    public var spikes: Double
    public var divergedRuns: Int
    /// Against the winner on common fresh seeds; nil for the winner and for settings that have none.
    public var difference: PairedDifference?
    /// Mean loss and its standard deviation by step, of the runs at full length that did not diverge.
    public var curve: [CurvePoint]
    /// Which end of its rule's rates it is at while no other rate of its rule and schedule is better; nil at none.
    public var edge: GridEdge?

    /// Test loss less training loss: how much is lost from seen to unseen data.
    public var gap: Double? {
      guard let testLoss, let trainLoss else { return nil }
      return testLoss - trainLoss
    }
  }

  public struct CurvePoint: Sendable, Hashable, Codable {
    public var step: Int
    public var mean: Double
    public var deviation: Double
  }

  public enum GridEdge: String, Sendable, Hashable, Codable {
    case lowest
    case highest
  }

  /// How much the choice of the rate matters to a rule and schedule: the mean over the grid's rates of the loss above the
  /// best one's, runs that diverged counting as no progress (arXiv:2309.14322), by the longest runs that all rates had.
  public struct Sensitivity: Sendable, Hashable {
    public var optimizer: Int
    public var schedule: Int
    public var value: Double
    /// Steps of those runs.
    public var steps: Int
  }

  public var comparison: Comparison
  /// One for each arm, in their order.
  public var rows: [Row]
  /// The arm with the lowest mean loss among ``indistinguishable``: the best estimate, whether proven or not.
  public var winner: Int
  /// The arms that the fresh seeds tested the others against.
  public var leaders: [Int]
  /// Arms that cannot be told from the best, the winner among them; lowest mean first.
  public var indistinguishable: [Int]
  /// The loss whose reaching was timed.
  public var target: Double
  /// Mean loss before training.
  public var initialLoss: Double
  /// Optimizer steps made, shared ones once.
  public var stepsSpent: Int
  public var sensitivities: [Sensitivity]

  /// True if every run of the winner diverged: no setting is usable.
  public var allDiverged: Bool { rows[winner].divergedRuns == rows[winner].seeds }

  /// Steps spent as a share of those of every setting on every fresh seed.
  public var share: Double { Double(stepsSpent) / Double(max(1, comparison.gridSteps)) }
}
