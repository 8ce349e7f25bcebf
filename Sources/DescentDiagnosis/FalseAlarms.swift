/// How often each detector was wrong on held-out runs that did not have what it finds; see `Documentation/diagnosis.md`.
enum FalseAlarms {
  static let rate: [FindingCode: Double] = [
    .nonFinite: 0, .divergence: 0.001, .rateTooHigh: 0.004, .rateTooLow: 0.008, .plateau: 0.004, .overfitting: 0,
    .scheduleFault: 0.003, .lossSpike: 0, .deadUnits: 0.002, .vanishingGradients: 0.001, .explodingGradients: 0.001,
  ]
}
