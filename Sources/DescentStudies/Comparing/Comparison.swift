public import DescentSchedules

/// Which of many settings trains best: learning rate × schedule × update rule, on paired seeds.
///
/// Four stages, each cheaper per setting than making every run:
///
/// 1. *Screen.* Within every pair of update rule and schedule, short runs with the schedule stretched to a sixteenth and
///    then a quarter of the run tell about which rates the best one lies, with the shift that a longer run brings
///    extrapolated from the two. Schedules and rules are never dropped here: short runs rank them wrongly.
/// 2. *Lead.* What is left runs at full length on a few seeds; the lowest mean leads, and the next of another rule or rate.
/// 3. *Race.* All run on fresh seeds, which chose nothing so far, and are tested against both leaders pair by pair:
///    one-sided t-tests, corrected over leaders and looks by what each may spend and over settings by Holm. What is worse
///    than one of them falls out. (One leader alone would blind the race with a single bad run of its own; two of one rule and
///    rate would have it on the same seed.)
/// 4. What stays was not shown to be worse. The lowest mean among it is the best estimate.
///
/// Runs of a seed begin with the same weights and see the same batches. Curves that begin alike are made as one run
/// (``BranchedRun``). Decisions fall between rounds, so that the answer depends on neither threads nor interruptions.
///
/// - Source: stretched short runs as in Li, Yumer & Ramanan 2020 (arXiv:1905.04753); Holm 1979.
public struct Comparison: Sendable, Hashable {
  /// An update rule, and the rates it is to be tried at.
  public struct Contender: Sendable, Hashable, Codable {
    /// Its spec, as in `adamw(weightDecay: 0.01)`.
    public var optimizer: String
    /// Peak rates, above 0.
    public var rates: [Double]

    public init(optimizer: String, rates: [Double]) {
      self.optimizer = optimizer
      self.rates = rates
    }
  }

  /// One setting of the grid.
  public struct Arm: Sendable, Hashable, Codable {
    /// Place in ``Comparison/contenders``.
    public var optimizer: Int
    /// Place in ``Comparison/schedules``.
    public var schedule: Int
    /// The schedule's peak.
    public var rate: Double

    public init(optimizer: Int, schedule: Int, rate: Double) {
      self.optimizer = optimizer
      self.schedule = schedule
      self.rate = rate
    }
  }

  public let contenders: [Contender]
  public let schedules: [Schedule]
  /// Every setting: rules, within them schedules, within them rates from low to high. A schedule with a peak of its own
  /// is tried at that alone.
  public let arms: [Arm]
  /// Optimizer steps of a whole run.
  public let steps: Int
  /// Fresh seeds on which finalists are compared.
  public let seeds: Int
  /// The first of the seeds that are used; they follow each other.
  public let firstSeed: UInt64

  /// The chance that any setting which is no worse than the leaders is called worse.
  public static let significance = 0.05
  /// What tests against the first and the second leader may spend of it.
  static let leaderShares = [0.8, 0.2]
  /// Measurements of the loss in a run at full length.
  public static let measurements = 20

  /// - Parameters:
  ///   - contenders: update rules with their rates, one or more of each.
  ///   - schedules: one or more; without a peak they are tried at every rate.
  ///   - steps: optimizer steps of a whole run, 1 or more.
  ///   - seeds: fresh seeds on which finalists are compared, 2 or more.
  ///   - firstSeed: the first of the seeds that are used.
  /// - Throws: ``StudyError`` if there is nothing to compare or a number is out of range.
  public init(
    contenders: [Contender], schedules: [Schedule], steps: Int, seeds: Int, firstSeed: UInt64 = 0
  ) throws(StudyError) {
    guard !contenders.isEmpty else { throw StudyError("There is no update rule to compare.") }
    guard !schedules.isEmpty else { throw StudyError("There is no schedule to compare.") }
    guard steps >= 1 else { throw StudyError("A run takes 1 step or more, not \(steps).") }
    guard seeds >= 2 else { throw StudyError("To tell chance from difference takes 2 seeds or more, not \(seeds).") }
    var arms: [Arm] = []
    for (optimizer, contender) in contenders.enumerated() {
      if let wrong = contender.rates.first(where: { !($0 > 0 && $0.isFinite) }) {
        throw StudyError("A rate of \(contender.optimizer) must be a positive number, not \(wrong).")
      }
      for (place, schedule) in schedules.enumerated() {
        let rates = schedule.peak.map { [$0] } ?? Array(Set(contender.rates)).sorted()
        guard !rates.isEmpty else { throw StudyError("There is no rate to try \(contender.optimizer) at.") }
        arms += rates.map { Arm(optimizer: optimizer, schedule: place, rate: $0) }
      }
    }
    self.contenders = contenders
    self.schedules = schedules
    self.arms = arms
    self.steps = steps
    self.seeds = seeds
    self.firstSeed = firstSeed
  }

  /// Seeds of the short runs.
  var screenSeeds: [UInt64] { (0..<(seeds < 10 ? 1 : 2)).map { firstSeed &+ $0 } }
  /// Seeds that choose the leaders.
  var leadSeeds: [UInt64] { (0..<UInt64(min(4, max(1, seeds / 5)))).map { firstSeed &+ 2 &+ $0 } }
  /// Seeds that nothing was chosen by, on which finalists run.
  public var freshSeeds: [UInt64] { (0..<UInt64(seeds)).map { firstSeed &+ 6 &+ $0 } }

  /// Steps that every setting on every fresh seed would take.
  public var gridSteps: Int { arms.count * seeds * steps }

  /// The most steps that comparing can take.
  public var mostSteps: Int {
    arms.count * ((seeds + leadSeeds.count) * steps + screenSeeds.count * (steps / 4 + steps / 16))
  }

  /// The places in ``arms`` of a rule with a schedule, rates rising.
  func family(optimizer: Int, schedule: Int) -> [Int] {
    arms.indices.filter { arms[$0].optimizer == optimizer && arms[$0].schedule == schedule }
  }
}
