// Made by Scripts/fit_rate_evidence.py; see Documentation/diagnosis.md.
extension RateWeights {
  static let tooLow = RateWeights(bias: 0, weights: [])
  static let tooLowFromLosses = RateWeights(bias: 0, weights: [])
  static let tooHigh = RateWeights(bias: 0, weights: [])
  static let tooHighFromLosses = RateWeights(bias: 0, weights: [])
}
