/// How often each detector was wrong on held-out runs that did not have what it finds; see `Documentation/diagnosis.md`.
enum FalseAlarms {
  static let rate: [FindingCode: Double] = [:]
}
