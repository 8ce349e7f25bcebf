/// How often each detector was wrong on held-out runs that did not have what it finds; see `Documentation/diagnosis.md`.
enum FalseAlarms {
  static let rate: [FindingCode: Double] = [
    .nonFinite: 0, .divergence: 0.001, .rateTooHigh: 0.002, .rateTooLow: 0.008, .plateau: 0, .overfitting: 0.001,
    .scheduleFault: 0.003, .lossSpike: 0, .deadUnits: 0.002, .vanishingGradients: 0.002, .explodingGradients: 0.001,
  ]
}
