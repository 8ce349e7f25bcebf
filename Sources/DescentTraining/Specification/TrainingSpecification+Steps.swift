internal import DescentOptimizers

// How a step is made of batches, what becomes of its gradient, and what is averaged.
extension TrainingSpecification {
  /// - Throws: ``TaskError`` if a limit is not above 0, or both are given.
  var clipping: GradientClipping? {
    get throws(TaskError) {
      for (name, limit) in [("norm", clipNorm), ("value", clipValue)] {
        guard let limit, !(limit > 0 && limit.isFinite) else { continue }
        throw TaskError("Gradients cannot be clipped to the \(name) \(limit); it takes a number above 0.")
      }
      if clipNorm != nil, clipValue != nil {
        throw TaskError(
          "Gradients are clipped either to a norm or to a value; leave one of --clip-norm and --clip-value out.")
      }
      return clipNorm.map { .norm($0) } ?? clipValue.map { .value($0) }
    }
  }

  /// The average to keep in a run of so many steps.
  ///
  /// The mean's first step is at the share of the run, rounded half up, and the last step at the latest.
  ///
  /// - Throws: ``TaskError`` if the decay or the share is out of range, or both are given.
  func averaging(steps: Int) throws(TaskError) -> ParameterAveraging? {
    if let ema, !(ema > 0 && ema < 1) {
      throw TaskError("An average with the decay \(ema) is not possible; it takes a number above 0 and below 1.")
    }
    let share = try averageShare
    if ema != nil, share != nil {
      throw TaskError("One average is kept, exponential or plain; leave one of --ema and --average out.")
    }
    if let ema { return .exponential(decay: ema) }
    return share.map {
      .mean(start: min(max(0, steps - 1), Int(($0 * Double(steps)).rounded(.toNearestOrAwayFromZero))))
    }
  }

  /// ``average`` as a number, 0 ..< 1.
  private var averageShare: Double? {
    get throws(TaskError) {
      guard let average else { return nil }
      guard average.hasSuffix("%"), let percent = Double(average.dropLast()), percent >= 0, percent < 100 else {
        throw TaskError(
          "The mean of the parameters cannot begin at \"\(average)\"; it takes a share of the run from 0% to below 100%, "
            + "such as 75%.")
      }
      return percent / 100
    }
  }

  /// - Throws: ``TaskError`` if a step would take more rows than there are.
  func checkAccumulation(batchSize: Int?, rows: Int) throws(TaskError) {
    guard accumulate > 0 else {
      throw TaskError("A step cannot accumulate \(accumulate) batches; it takes 1 or more.")
    }
    guard accumulate > 1 else { return }
    guard let batchSize else {
      throw TaskError("With full batches there are no further ones to accumulate; give --batch a number.")
    }
    let (needed, overflow) = batchSize.multipliedReportingOverflow(by: accumulate)
    guard !overflow, needed <= rows else {
      throw TaskError(
        "Steps of \(accumulate) batches of \(batchSize) rows take more than the \(rows) training rows; "
          + (rows >= accumulate
            ? "give a batch of \(rows / accumulate) at most." : "accumulate \(rows) batches of 1 row at most."))
    }
  }
}
