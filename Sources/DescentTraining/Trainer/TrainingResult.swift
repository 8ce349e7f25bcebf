public import DescentCore
import Foundation

/// How a run ended.
public enum TrainingOutcome: Sendable, Hashable {
  /// All its steps were made.
  case finished
  /// It diverged, at that learning rate.
  case diverged(Divergence, rate: Double)
  /// It was asked to stop; it can be resumed.
  case interrupted
  /// The data ended before the steps did.
  case dataExhausted

  /// The same as a run's description tells it.
  public var status: RunStatus {
    switch self {
    case .finished, .dataExhausted: .finished
    case .diverged: .diverged
    case .interrupted: .interrupted
    }
  }
}

/// What a run came to.
public struct TrainingResult: Sendable, Hashable {
  public var outcome: TrainingOutcome
  /// Steps completed, from step 0 of the first attempt.
  public var steps: Int
  /// The loss of the last step of this attempt, on its mini-batch, before its update; nil if it made no step.
  public var lastLoss: Double?
  /// The final parameters, or their average where one is kept, on each part of the data; nil after an interruption and
  /// for a part without rows.
  ///
  /// The test part is measured here and nowhere else: nothing is decided by it.
  public var train: Evaluation?
  public var validation: Evaluation?
  public var test: Evaluation?
  /// What the parameters themselves score, where the figures above are those of their average.
  public var raw: Evaluations?
  /// Steps whose gradient was clipped, from step 0 of the first attempt; nil for a trainee that does not clip.
  public var clippedSteps: Int?
  /// Wall time of this attempt.
  public var seconds: Double
  /// What happened and what to try, in one sentence; nil if all went well.
  public var advice: String?

  /// The mean loss of the final parameters over the training part, of a large one over 131,072 predictions evenly spread:
  /// unlike the last mini-batch's, it does not depend on which rows came last.
  public var finalLoss: Double? { train?.loss }

  /// Share of the steps whose gradient was clipped, 0…1; nil for a trainee that does not clip.
  public var clippedShare: Double? { clippedSteps.map { steps > 0 ? Double($0) / Double(steps) : 0 } }

  /// The figures by their names in JSON and in a run's description.
  public var figures: [String: Double] {
    var figures = ["seconds": seconds]
    for (name, value) in Evaluations(train: train, validation: validation, test: test).figures { figures[name] = value }
    for (name, value) in raw?.figures ?? [] { figures["raw" + name.prefix(1).uppercased() + name.dropFirst()] = value }
    figures["clippedShare"] = clippedShare
    return figures
  }
}

/// What parameters score on each part of the data; nil for a part that was not measured or has no rows.
public struct Evaluations: Sendable, Hashable {
  public var train: Evaluation?
  public var validation: Evaluation?
  public var test: Evaluation?

  public init(train: Evaluation? = nil, validation: Evaluation? = nil, test: Evaluation? = nil) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// The figures that were measured, by their names in JSON.
  var figures: [(name: String, value: Double)] {
    var figures: [(String, Double?)] = [("finalLoss", train?.loss)]
    for (prefix, evaluation) in [("validation", validation), ("test", test)] {
      figures += [
        (prefix + "Loss", evaluation?.loss), (prefix + "Accuracy", evaluation?.accuracy),
        (prefix + "R2", evaluation?.r2), (prefix + "RMSE", evaluation?.rmse),
      ]
    }
    return figures.compactMap { name, value in value.map { (name, $0) } }
  }
}

extension Divergence {
  /// What happened and what to try, in one sentence.
  ///
  /// - Parameters:
  ///   - rate: the learning rate of the step.
  ///   - peak: the highest rate of the run's schedule.
  ///   - writtenInSchedule: whether the peak stands in the schedule's text and not in `--lr`.
  func advice(rate: Double, peak: Double, writtenInSchedule: Bool) -> String {
    let tenth = fourDigits(peak / 10)
    return "Diverged at step \(step), at learning rate \(fourDigits(rate)): \(what); try "
      + (writtenInSchedule ? "a schedule with peak \(tenth)" : "--lr \(tenth)")
      + ", a warm-up, or gradient clipping."
  }

  /// What was seen.
  var what: String {
    switch reason {
    case .nonFiniteLoss: "the loss became \(loss.isNaN ? "nan" : "\(loss)")"
    case .nonFiniteGradient: "the gradient is no longer finite (loss \(fourDigits(loss)))"
    case .nonFiniteParameters: "the parameters are no longer finite (loss \(fourDigits(loss)))"
    case .lossExploded: "the loss climbed to \(fourDigits(loss)), far above where it began"
    }
  }
}
