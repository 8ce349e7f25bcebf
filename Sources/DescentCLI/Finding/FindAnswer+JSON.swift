import DescentFinder
import DescentStore
import DescentStudies

extension FindAnswer {
  /// The keys and nulls that the contract names, and what the short runs say.
  var json: JSON {
    var members: [(String, JSON)] = [("suggestion", suggestion?.json ?? .null)]
    if let reason { members += [("reason", .string(reason)), ("advice", JSON(advice))] }
    members += [
      ("method", .string(method.rawValue)), ("horizon", .integer(subject.steps)),
      ("schedule", .string(subject.scheduleText)), ("shortRuns", .array(shortRuns)),
      (
        "horizonShift",
        found.map { ["decades": .number($0.horizonShift), "measured": .bool($0.isShiftMeasured)] } ?? .null
      ),
      ("stalled", .bool(found?.isStalled ?? false)),
      ("rangeTest", .object([("suggestion", ramp.suggestion?.json ?? .null)] + ramp.refusalMembers)),
      ("notes", JSON(notes)),
    ]
    if let point = subject.resumed {
      members.append(
        (
          "resume",
          [
            "run": .string(point.folder.path), "step": .integer(point.step), "stepsLeft": .integer(point.stepsLeft),
            "ownRate": JSON(point.ownRate),
          ]
        ))
    }
    return .object(members + ramp.members(subject.conditions, curvature, spent: spent))
  }

  private var spent: JSON {
    [
      "steps": .integer(steps), "rangeTestSteps": .integer(ramp.spent.steps), "shortRunSteps": .integer(shortRunSteps),
      "shareOfRun": .number(share), "seconds": .number(seconds),
    ]
  }

  private var shortRuns: [JSON] {
    switch search {
    case .found(let found):
      found.runs.map { run in
        [
          "stage": .string(run.stage.rawValue), "rate": .number(run.rate), "steps": .integer(run.steps),
          "stepsMade": .integer(run.stepsMade), "seed": .raw(String(run.seed)), "loss": .number(run.loss),
        ]
      }
    case .interrupted(let runs, _):
      runs.map { ["rate": .number($0.rate), "steps": .integer($0.steps), "loss": .number($0.loss)] }
    case .impossible, nil: []
    }
  }
}

extension RangeTestResult {
  /// The answer of a recorded curve.
  var json: JSON {
    .object(
      [("suggestion", suggestion?.json ?? .null)] + refusalMembers
        + members([], nil, spent: ["steps": .integer(spent.steps)]))
  }

  var refusalMembers: [(String, JSON)] {
    guard let noSuggestion else { return [] }
    return [("reason", .string(noSuggestion.reason)), ("advice", .string(noSuggestion.advice))]
  }

  /// What it measured, beside any answer.
  func members(_ conditions: [String], _ curvature: FindCurvature?, spent: JSON) -> [(String, JSON)] {
    [
      ("rules", .object(SuggestionRule.allCases.map { ($0.rawValue, JSON(rules[$0])) })),
      ("ceiling", JSON(ceiling)),
      ("conditions", JSON(conditions)),
      (
        "regions",
        .array(regions.map { ["kind": .string($0.kind.rawValue), "from": .number($0.from), "to": .number($0.to)] })
      ),
      ("curvature", curvature?.json ?? .null),
      ("spent", spent),
      ("repeats", .array(repeats.map(\.json))),
      ("curve", .array(curve.map(\.json))),
    ]
  }
}

extension Suggestion {
  var json: JSON {
    ["rate": .number(rate), "low": .number(low), "high": .number(high), "basis": .string(basis)]
  }
}

extension RepeatResult {
  fileprivate var json: JSON {
    ["seed": .raw(String(seed)), "stopped": .string(stopped.rawValue), "curve": .array(curve.map(\.json))]
  }
}

extension CurvePoint {
  fileprivate var json: JSON {
    ["step": .integer(step), "rate": .number(rate), "loss": .number(loss), "smoothed": .number(smoothed)]
  }
}
