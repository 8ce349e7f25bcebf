import DescentFinder

extension Report {
  /// What `find` says of a range test, its own or a recorded one.
  ///
  /// - Parameters:
  ///   - conditions: what the measured losses depend on besides parameters and rows.
  ///   - curvature: what the starting point says; nil where it was not asked.
  init(
    _ result: RangeTestResult, title: String, conditions: [String] = [], curvature: FindCurvature? = nil,
    session: Session
  ) {
    let rules = table(result.ruleRows, leading: [0])
    let start = curvature.map { "\n\n" + $0.text(width: session.terminal.width) } ?? ""
    self.init(
      json: session.global.json ? result.json(conditions, curvature) : .null,
      result: result.suggestion.map {
        session.terminal.outputIsTerminal
          ? wrapped(result.verdict, to: session.terminal.width).joined(separator: "\n") : figure($0.rate)
      } ?? "",
      picture: session.drawn(result.chart(title: title, curvature)).map { "\($0)\n\n\(rules)\(start)\n" },
      next: result.suggestion == nil ? result.verdict : nil,
      status: result.suggestion == nil ? .badNews : .fine)
  }
}

extension RangeTestResult {
  /// The keys and nulls that the contract names.
  func json(_ conditions: [String], _ curvature: FindCurvature?) -> JSON {
    var members: [(String, JSON)] = [("suggestion", .null)]
    if let suggestion {
      members[0].1 = [
        "rate": .number(suggestion.rate), "low": .number(suggestion.low), "high": .number(suggestion.high),
        "basis": .string(suggestion.basis),
      ]
    }
    if let noSuggestion {
      members += [("reason", .string(noSuggestion.reason)), ("advice", .string(noSuggestion.advice))]
    }
    members += [
      ("rules", .object(SuggestionRule.allCases.map { ($0.rawValue, JSON(rules[$0])) })),
      ("ceiling", JSON(ceiling)),
      ("conditions", JSON(conditions)),
      (
        "regions",
        .array(regions.map { ["kind": .string($0.kind.rawValue), "from": .number($0.from), "to": .number($0.to)] })
      ),
      ("curvature", curvature?.json ?? .null),
      ("spent", ["steps": .integer(spent.steps)]),
      ("repeats", .array(repeats.map(\.json))),
      ("curve", .array(curve.map(\.json))),
    ]
    return .object(members)
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
