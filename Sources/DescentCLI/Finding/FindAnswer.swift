import DescentData
import DescentFinder
import DescentStudies
import DescentTraining

/// What `find` came to: a range test, what the starting point says, short runs, and the rate that follows.
struct FindAnswer {
  var subject: FindSubject
  var ramp: RangeTestResult
  var curvature: FindCurvature?
  /// nil: short runs were not asked for, or Ctrl-C came before them.
  var search: ShortRunSearch?
  /// Why there are none although they were asked for.
  var withoutShortRuns: String?
  var seconds = 0.0

  /// What the rate rests on.
  enum Method: String {
    case shortRuns = "short-runs"
    case rangeTest = "range-test"
  }

  /// The search, if it came to its end.
  var found: FoundRate? { if case .found(let found) = search { found } else { nil } }

  var method: Method {
    switch search {
    case .found, .impossible: .shortRuns
    case .interrupted, nil: .rangeTest
    }
  }

  var suggestion: Suggestion? {
    guard method == .shortRuns else { return ramp.suggestion }
    guard reason == nil, let found, let rate = found.rate, let low = found.low, let high = found.high else {
      return nil
    }
    // The method in front, for whoever only has the text.
    return Suggestion(
      rate: rate, low: low, high: high, basis: "\(Method.shortRuns.rawValue): \(found.basis(for: subject))")
  }

  /// Why there is no rate; nil if there is one.
  var reason: String? {
    switch search {
    case .impossible(let reason):
      return subject.resumed.map { "The loss at step \($0.step) of the run is not a number." } ?? reason
    case .found(let found):
      guard let refusal = found.refusal else {
        guard !found.isBorneOut else { return nil }
        let steps = found.curves.dropFirst().first?.steps ?? 0
        return "No run of \(steps) steps brought the loss below where it began; the model may be trained already."
      }
      if !found.runs.isEmpty, found.runs.allSatisfy({ !$0.loss.isFinite }) {
        let lowest = found.runs.map(\.rate).min() ?? 0
        return "Every short run diverged, down to a rate of \(figure(lowest))."
      }
      if refusal == .nothingFell, subject.resumed != nil {
        return
          "No rate brought the loss below where it stands within \(found.curves.last?.steps ?? 0) steps; the model may be "
          + "trained already, or so few steps not show a gain."
      }
      return refusal.sentence
    case .interrupted, nil: return ramp.noSuggestion?.reason
    }
  }

  /// What to try where there is no rate.
  var advice: String? {
    guard reason != nil else { return nil }
    guard method == .shortRuns else { return ramp.noSuggestion?.advice }
    if found == nil {
      return subject.resumed == nil
        ? "Check the labels, the loss and the initial weights." : "Begin anew, at a lower rate than the run had."
    }
    if found?.refusal == .noEnd {
      return
        "Take a longer --horizon; --quick is the range test alone."
    }
    if subject.resumed != nil { return "A longer --horizon gives longer short runs; --quick is the range test alone." }
    return "Look at the range test alone with --quick, and at the labels, the loss and the initial weights."
  }

  /// Steps of the short runs.
  var shortRunSteps: Int {
    switch search {
    case .found(let found): found.stepsSpent
    case .interrupted(_, let steps): steps
    case .impossible, nil: 0
    }
  }

  /// Optimizer steps in all.
  var steps: Int { ramp.spent.steps + shortRunSteps }

  /// Of the run that the rate is for.
  var share: Double { Double(steps) / Double(subject.steps) }

  /// Where the two ways of measuring say different things.
  var notes: [String] {
    var notes: [String] = []
    if let withoutShortRuns { notes.append(withoutShortRuns) }
    if method == .shortRuns, let rate = suggestion?.rate {
      if let refused = ramp.noSuggestion {
        notes.append("The range test by itself gave no rate (\(flattened(refused.reason))); the short runs did.")
      } else if let other = ramp.suggestion?.rate, let times = Self.factor(rate, other), times > 10 {
        notes.append(
          "The range test alone would say \(figure(other)), a factor of \(figure(times)) away: a loss that moves in a "
            + "few steps is another thing than one at the end of a run. The short runs are the ones to trust; --thorough "
            + "looks closer.")
      }
    } else if method == .shortRuns, let other = ramp.suggestion?.rate {
      notes.append("The range test alone would say \(figure(other)), which no short run bears out.")
    }
    return notes
  }

  private static func factor(_ a: Double, _ b: Double) -> Double? { a > 0 && b > 0 ? max(a / b, b / a) : nil }

  /// The answer in a sentence or two, or why there is none.
  var verdict: String {
    guard method == .shortRuns else { return ramp.verdict }
    guard let suggestion, let found else {
      return "No usable rate. " + [reason, advice].compactMap(\.self).joined(separator: " ")
    }
    return
      "Peak rate \(figure(suggestion.rate)) (\(figure(suggestion.low)) … \(figure(suggestion.high))) for \(subject.purpose), "
      + "with \(subject.optimizer). \(found.basis(for: subject))"
  }

  /// What the run itself would do, for one that is gone on with.
  var comparison: String? {
    guard let own = subject.resumed?.ownRate, let suggestion else { return nil }
    let place =
      if own < suggestion.low {
        "below the interval: the run goes on slower than it might (train --resume keeps to it)"
      } else if own > suggestion.high {
        "above the interval: the run goes on worse than it might (train --resume keeps to it)"
      } else {
        "within the interval: it can go on as it is"
      }
    return "The run itself has \(figure(own)) as its highest rate from there on, \(place)."
  }

  /// What it cost.
  var cost: String {
    let parts = search == nil ? "" : " (\(ramp.spent.steps) of the range test, \(shortRunSteps) of short runs)"
    return
      "Spent \(steps) steps\(parts), \(decimal((100 * share).rounded())) % of the run it is for, in \(briefly(seconds))."
  }
}

extension FoundRate {
  /// Whether any but the shortest runs came below the loss before training.
  var isBorneOut: Bool { curves.dropFirst().contains { $0.points.contains { $0.loss < initialLoss } } }

  /// In words: what the rate and its interval rest on.
  func basis(for subject: FindSubject) -> String {
    let lengths = curves.map { "\($0.steps)" }
    let list =
      lengths.count > 1
      ? lengths.dropLast().joined(separator: ", ") + " and " + lengths[lengths.count - 1] : lengths.joined()
    let seeds = Set(runs.map(\.seed)).count
    let paired =
      seeds > 1 ? "\(seeds) seeds, weights and batches the same for all rates" : "the same weights and batches in all"
    let loss = subject.setup.task.split.validation.isEmpty ? "the last training losses are" : "validation loss is"
    let centre = curves.last.map { figure($0.centre) } ?? "–"
    let shift = isShiftMeasured ? "as runs of two lengths show" : "as is usual"
    let stall =
      isStalled
      ? " The shorter of them hardly moved the loss, so that the answer rests on longer ones, at higher rates too." : ""
    return "\(runs.count) runs of \(list) steps with the schedule stretched to them, \(paired); \(loss) lowest around "
      + "\(centre), and the rate of the whole run is \(decimal((100 * horizonShift).rounded() / 100)) decades below that, \(shift).\(stall)"
  }
}

/// A duration with as many digits as anybody reads.
private func briefly(_ seconds: Double) -> String {
  if seconds < 0.095 { return "\(Int((1000 * seconds).rounded())) ms" }
  return seconds < 9.95 ? "\(decimal((seconds * 10).rounded() / 10)) s" : "\(Int(seconds.rounded())) s"
}
