/// What multiplied the gradient of a tensor at one step of a run: a line of `effective-rates.jsonl`.
///
/// The multiplier of an element is its change over its gradient, in parameter units per gradient unit; the five
/// quantiles are over the tensor's elements, by the nearest rank.
public struct EffectiveRateRow: Sendable, Hashable {
  /// Stands in ``tensor`` for all tensors together.
  public static let allTensors = "*"

  /// The attempt of the run that measured it, from 0.
  public var attempt: Int
  /// Zero-based step after whose update it was measured.
  public var step: Int
  /// The tensor's name, or ``allTensors``.
  public var tensor: String
  /// The learning rate as requested, group factors included.
  public var requested: Double
  /// The smallest multiplier.
  public var minimum: Double
  /// A tenth of the multipliers are at most this.
  public var tenth: Double
  /// Half of the multipliers are at most this.
  public var median: Double
  /// Nine tenths of the multipliers are at most this.
  public var ninetieth: Double
  /// The largest multiplier.
  public var maximum: Double
  /// What the multiplier is made of, by name: `bias correction`, `momentum`, `trust ratio`, …; may be empty.
  public var factors: [String: Double]

  public init(
    attempt: Int, step: Int, tensor: String, requested: Double, minimum: Double, tenth: Double, median: Double,
    ninetieth: Double, maximum: Double, factors: [String: Double] = [:]
  ) {
    self.attempt = attempt
    self.step = step
    self.tensor = tensor
    self.requested = requested
    self.minimum = minimum
    self.tenth = tenth
    self.median = median
    self.ninetieth = ninetieth
    self.maximum = maximum
    self.factors = factors
  }
}

extension RunRecord {
  /// The tensors whose effective rates were recorded, in the order of the first step that was.
  public var effectiveRateTensors: [String] {
    var seen: Set<String> = []
    return effectiveRates.map(\.tensor).filter { $0 != EffectiveRateRow.allTensors && seen.insert($0).inserted }
  }

  /// The recorded rows of one tensor, or of ``EffectiveRateRow/allTensors``, in step order.
  public func effectiveRates(of tensor: String) -> [EffectiveRateRow] {
    effectiveRates.filter { $0.tensor == tensor }
  }
}
