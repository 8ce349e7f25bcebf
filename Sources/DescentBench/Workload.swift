internal import DescentCore
internal import DescentTraining

/// A named piece of work whose time can be compared with other tools'.
public struct Workload: Sendable {
  /// The name in tables and in `--only`.
  public let name: String
  /// What one repetition is.
  public let summary: String
  /// Prepares the work for a number of threads and hands back one repetition of it; the time of a repetition is
  /// divided by `parts`.
  public let prepare: @Sendable (_ threads: Int) throws -> () throws -> Void
  /// Pieces of work in a repetition.
  public let parts: Int
  /// A figure that the work finds, to hold beside another tool's; nil for most.
  public var value: (@Sendable (_ threads: Int) throws -> Double)?
  /// The trainee whose step the work is, if that is what it is.
  let trainee: (@Sendable (_ threads: Int) throws -> ModelTrainee)?

  init(
    _ name: String, _ summary: String, parts: Int = 1,
    prepare: @escaping @Sendable (_ threads: Int) throws -> () throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.parts = parts
    self.prepare = prepare
    trainee = nil
  }

  /// A training step of Adam or another optimizer on a resident batch.
  init(
    _ name: String, _ summary: String, optimizer: String = "adam", rate: Double = 1e-3,
    model: @escaping @Sendable () throws -> BenchModel
  ) {
    let trainee: @Sendable (Int) throws -> ModelTrainee = { threads in
      try model().trainee(optimizer: optimizer, threads: threads)
    }
    self.name = name
    self.summary = summary
    self.trainee = trainee
    parts = 1
    prepare = { threads in
      let made = try trainee(threads)
      let request = StepRequest(learningRate: rate)
      return { _ = try made.step(request) }
    }
  }

  /// Seconds per step, product, sweep or evaluation, as the name says.
  ///
  /// - Parameters:
  ///   - threads: threads the work may use.
  ///   - budget: seconds to spend on timing.
  public func run(threads: Int, budget: Double = 2) throws -> Timing {
    let body = try prepare(threads)
    let timing = try time(budget: budget, body)
    let parts = Double(self.parts)
    return Timing(
      median: timing.median / parts, fastest: timing.fastest / parts, slowest: timing.slowest / parts)
  }

  /// The workloads of the tables, in their order.
  public static let all: [Workload] = training + sweep + hessian + updates + schedules

  /// Workloads that run only when named, because there are many: one step of every update rule.
  public static let further: [Workload] = eigenvalues + everyRule
}
