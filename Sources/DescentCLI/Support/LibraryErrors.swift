import DescentCore
import DescentFinder
import DescentSchedules
import DescentSpecs
import DescentStore

// How the library's own errors are told: their sentence stays, the class of mistake decides the exit status.

extension SpecError: Reportable {
  var failure: Failure { failure("bad-spec", .usage) }
}

extension ScheduleError: Reportable {
  var failure: Failure { failure("bad-schedule", .usage) }
}

extension StoreError: Reportable {
  var failure: Failure { failure(code.rawValue, .failed) }
}

extension FinderError {
  /// The failure of a curve read from a file, with the line to blame.
  func failure(in path: String) -> Failure {
    Failure("bad-curve", flattened(message), status: .failed).at(line.map { "\(path):\($0)" } ?? path)
  }
}

extension FinderError: Reportable {
  var failure: Failure {
    switch code {
    case .invalidSetting: failure("bad-value", .usage)
    case .badCurve: failure("bad-curve", .failed)
    }
  }
}

extension MetricTableError {
  /// The failure of a log read from a file, with the line to blame.
  func failure(in path: String) -> Failure {
    Failure("bad-log", flattened(message), status: .failed).at(line.map { "\(path):\($0)" } ?? path)
  }
}
