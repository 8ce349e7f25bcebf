import DescentCurvature
import DescentData
import DescentModels
import DescentOptimizers
import DescentStudies
import DescentTraining

extension OptimizerError: Reportable {
  var failure: Failure { failure("bad-optimizer", .usage) }
}

extension TraceProblemError: Reportable {
  var failure: Failure { failure("bad-problem", .failed) }
}

extension TrainingError: Reportable {
  var failure: Failure {
    // The store's or the data's own sentence says which file; this one says how far the run came.
    failure(code.rawValue, code == .invalidSetting ? .usage : .failed)
  }
}

extension StudyError: Reportable {
  var failure: Failure { failure("bad-value", .usage) }
}

extension TaskError: Reportable {
  var failure: Failure { failure("bad-task", isInData ? .failed : .usage) }
}

extension CurvatureError: Reportable {
  var failure: Failure { failure("curvature", .failed) }
}

extension ModelError: Reportable {
  var failure: Failure { failure("bad-model", .usage) }
}

extension DataError: Reportable {
  var failure: Failure {
    failure(code.rawValue, isArgumentError ? .usage : .failed)
  }
}

extension ValueProblem: Reportable {
  var failure: Failure { failure("bad-value", .usage) }
}
