public import DescentCore
public import DescentOptimizers

/// A trainee that can tell what its update rule multiplies the gradient by.
public protocol ReportsEffectiveRates: Trainee {
  /// What multiplies the gradient at the rule's live state; nil before the first step. Allocates; changes nothing.
  ///
  /// - Parameter request: as the last step was asked for.
  func effectiveRateReport(_ request: StepRequest) throws -> EffectiveRateReport?
}

extension EffectiveRateReport {
  /// As rows of a run's record: all tensors together first, then each.
  func rows(attempt: Int, step: Int) -> [EffectiveRateRow] {
    func row(
      _ tensor: String, _ requested: Double, _ quantiles: EffectiveRate.Quantiles, _ factors: [RateFactor] = []
    ) -> EffectiveRateRow {
      EffectiveRateRow(
        attempt: attempt, step: step, tensor: tensor, requested: requested, minimum: quantiles.minimum,
        tenth: quantiles.tenth, median: quantiles.median, ninetieth: quantiles.ninetieth, maximum: quantiles.maximum,
        // Rules inside one another may have factors of one name.
        factors: Dictionary(factors.map { ($0.name, $0.value) }, uniquingKeysWith: *))
    }
    return [row(EffectiveRateRow.allTensors, self.requested, overall)]
      + tensors.map { row($0.tensor, $0.requested, $0.quantiles, $0.factors) }
  }
}
