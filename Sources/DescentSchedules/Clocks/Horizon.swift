/// The run that a schedule is laid over: how many updates, and what an epoch and an update are worth.
///
/// Only the length is required. Every other fact is needed by some unit of length and asked for by name when it is
/// missing; nothing is guessed.
public struct Horizon: Sendable, Hashable, Codable {
  /// Optimizer updates in the run, at least 1.
  public var steps: Int
  /// Updates in one epoch; needed by lengths in epochs (`5ep`), unless samples per epoch and batch are known.
  public var stepsPerEpoch: Int?
  /// Tokens seen by one update; needed by lengths in tokens (`1000000tok`), unless tokens per sample and batch are known.
  public var tokensPerStep: Int?
  /// Samples in one epoch.
  public var samplesPerEpoch: Int?
  /// Tokens in one sample: the context length.
  public var tokensPerSample: Int?
  /// Samples in one batch of one device; needed by lengths in samples (`50000samples`).
  public var batch: BatchPlan?
  /// Batches whose gradients make one update; nil: 1.
  public var accumulation: Int?
  /// Devices that each take a batch of their own; nil: 1.
  public var dataParallel: Int?
  /// Wall-clock seconds of one update; needed by lengths in seconds (`90s`).
  public var secondsPerStep: Double?

  public init(steps: Int, stepsPerEpoch: Int? = nil, tokensPerStep: Int? = nil) {
    self.steps = steps
    self.stepsPerEpoch = stepsPerEpoch
    self.tokensPerStep = tokensPerStep
  }

  public init(
    steps: Int, batch: BatchPlan, accumulation: Int? = nil, dataParallel: Int? = nil, samplesPerEpoch: Int? = nil,
    tokensPerSample: Int? = nil, secondsPerStep: Double? = nil
  ) {
    self.steps = steps
    self.batch = batch
    self.accumulation = accumulation
    self.dataParallel = dataParallel
    self.samplesPerEpoch = samplesPerEpoch
    self.tokensPerSample = tokensPerSample
    self.secondsPerStep = secondsPerStep
  }

  /// The same facts for a run as long as `total`, rounded up to whole updates: 90 epochs, 10¹² tokens, an hour.
  ///
  /// - Throws: ``ScheduleError`` naming the fact that the unit needs and this horizon lacks, or for a percentage, which
  ///   would be a share of itself.
  public func lasting(_ total: Length) throws(ScheduleError) -> Horizon {
    if case .percent = total { throw ScheduleError("a run cannot be a share of itself, as \(total) is") }
    if let problem = total.problem { throw ScheduleError(problem) }
    var longer = self
    longer.steps = 1
    longer.steps = max(try Clock(longer).steps(total, rounded: .up), 1)
    return longer
  }

  /// Samples seen by the first `steps` updates, over the ramp of the batch.
  ///
  /// - Throws: ``ScheduleError`` if the batch is not known or the count is out of range.
  public func samples(after steps: Int) throws(ScheduleError) -> Int { try Clock(self).samples(after: steps) }
}
