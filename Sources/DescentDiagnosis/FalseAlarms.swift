/// How often each detector was wrong on held-out runs that did not have what it finds; see `Documentation/diagnosis.md`.
enum FalseAlarms {
  static let rate: [FindingCode: Double] = [
    .nonFinite: 0, .divergence: 0.002, .rateTooHigh: 0.012, .rateTooLow: 0.047, .plateau: 0.034, .overfitting: 0.002,
    .scheduleFault: 0.001, .lossSpike: 0.001, .deadUnits: 0.002, .vanishingGradients: 0.003, .explodingGradients: 0,
  ]
}
