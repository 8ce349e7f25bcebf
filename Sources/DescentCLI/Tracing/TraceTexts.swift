import DescentOptimizers
import DescentTraining

/// Paths as JSON, as a table for people, as lines for other programs.
struct TraceTexts {
  var problem: TraceProblem
  var paths: [TracedPath]

  /// One path stands at the top level; several stand in `runs`.
  var json: JSON {
    let runs = paths.map { path -> [JSON.Member] in
      var members: [JSON.Member] = [
        .init(key: "optimizer", value: .string(path.optimizer)),
        .init(key: "rate", value: .number(path.rate)),
        .init(key: "diverged", value: .bool(path.result.diverged)),
        .init(key: "outcome", value: JSON(path.result.verdict?.outcome.rawValue)),
        .init(key: "verdict", value: JSON(path.result.verdict?.sentence)),
        .init(key: "startLoss", value: .number(path.result.startLoss)),
        .init(key: "losses", value: JSON(path.result.losses)),
        .init(key: "path", value: .array(path.result.path.map { JSON($0) })),
      ]
      if !path.result.effectiveRates.isEmpty {
        members.append(.init(key: "effectiveRates", value: .array(Self.json(path.result.effectiveRates))))
      }
      return members
    }
    let head = [JSON.Member(key: "start", value: JSON(problem.start))]
    return .object(runs.count == 1 ? head + runs[0] : head + [.init(key: "runs", value: .array(runs.map(JSON.object)))])
  }

  private static func json(_ rates: [EffectiveRate]) -> [JSON] {
    rates.enumerated().map { step, rate in
      [
        "step": .integer(step + 1),
        "requested": .number(rate.requested),
        "minimum": .number(rate.quantiles.minimum),
        "median": .number(rate.quantiles.median),
        "maximum": .number(rate.quantiles.maximum),
        "factors": .array(rate.factors.map { ["name": .string($0.name), "value": .number($0.value)] }),
      ]
    }
  }

  private var namesRules: Bool { Set(paths.map(\.optimizer)).count > 1 }

  /// Each path's last loss and what became of it, to a terminal's width.
  func verdicts(width: Int) -> String {
    let rows = paths.map { path in
      (namesRules ? [path.optimizer] : []) + [
        figure(path.rate), path.result.losses.last.map(figure) ?? "–", path.verdict,
      ]
    }
    let head = (namesRules ? ["optimizer"] : []) + ["rate", "last loss", "what happens"]
    let leading: Set = namesRules ? [0, 3] : [2]
    let longest = paths.map(\.optimizer.count).max() ?? 0
    guard namesRules, width - longest - 24 < 40 else { return table([head] + rows, leading: leading, width: width) }
    // Too narrow for a column of sentences: each stands under its row.
    let figures = table(([head] + rows).map { Array($0.dropLast()) }, leading: [0]).split(separator: "\n")
    let sentences = rows.map { wrapped($0.last ?? "", to: max(20, width - 2)).map { "\n  " + $0 }.joined() }
    return zip(figures, [""] + sentences).map { $0 + $1 }.joined(separator: "\n")
  }

  /// A line for every step of every path.
  var csv: String {
    let header =
      (namesRules ? ["optimizer"] : []) + ["rate", "step", "loss"] + problem.start.indices.map { "p\($0 + 1)" }
    let lines = paths.flatMap { path in
      zip(path.result.losses, path.result.path).enumerated().map { step, point in
        // A specification holds commas and colons but never a quotation mark.
        let rule = namesRules ? ["\"\(path.optimizer)\""] : []
        return (rule + [decimal(path.rate), String(step + 1), decimal(point.0)] + point.1.map(decimal))
          .joined(separator: ",")
      }
    }
    return ([header.joined(separator: ",")] + lines).joined(separator: "\n")
  }
}
