import DescentSchedules
import DescentStudies

extension CompareReport {
  var json: JSON {
    let arm = comparison.arms[result.winner]
    let winner: JSON = [
      "arm": .integer(result.winner), "rate": .number(arm.rate),
      "schedule": .string(comparison.schedules[arm.schedule].description),
      "optimizer": .string(comparison.contenders[arm.optimizer].optimizer),
      "meanLoss": .number(self.winner.meanLoss), "command": .string(command),
    ]
    let sensitivity = result.sensitivities.map { one -> JSON in
      [
        "optimizer": .string(comparison.contenders[one.optimizer].optimizer),
        "schedule": .string(comparison.schedules[one.schedule].description), "value": .number(one.value),
        "steps": .integer(one.steps),
      ]
    }
    return [
      "winner": winner, "indistinguishable": .array(result.indistinguishable.map { .integer($0) }),
      "verdict": .string(verdict), "table": .array(result.rows.map(json)), "target": .number(result.target),
      "initialLoss": .number(result.initialLoss), "sensitivity": .array(sensitivity),
      "stepsSpent": .integer(stepsSpent), "findSteps": .integer(findSteps),
      "gridSteps": .integer(comparison.gridSteps), "share": .number(share), "diverged": .bool(result.allDiverged),
      "significance": .number(Comparison.significance), "run": .string(folder),
    ]
  }

  private func json(_ row: ComparisonSummary.Row) -> JSON {
    let arm = comparison.arms[row.arm]
    let difference = row.difference.map { one -> JSON in
      [
        "mean": .number(one.mean), "interval": .array([.number(one.low), .number(one.high)]),
        "pairs": .integer(one.pairs), "lowerShare": .number(one.lowerShare), "pValue": .number(one.pValue),
      ]
    }
    let curve = row.curve.map { point -> JSON in
      ["step": .integer(point.step), "mean": .number(point.mean), "deviation": .number(point.deviation)]
    }
    return [
      "rate": .number(arm.rate), "schedule": .string(comparison.schedules[arm.schedule].description),
      "optimizer": .string(comparison.contenders[arm.optimizer].optimizer), "meanLoss": .number(row.meanLoss),
      "interval": row.interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null,
      "difference": difference ?? .null, "testLoss": JSON(row.testLoss), "testAccuracy": JSON(row.testAccuracy),
      "trainLoss": JSON(row.trainLoss), "gap": JSON(row.gap), "stepsToTarget": JSON(row.stepsToTarget),
      "spikes": .number(row.spikes), "seeds": .integer(row.seeds), "steps": .integer(row.steps),
      "diverged": .bool(row.divergedRuns > 0), "divergedRuns": .integer(row.divergedRuns),
      "eliminated": JSON(row.fate.stage),
      "largestRatio": JSON(sharpness?.largestRatios[row.arm] ?? nil), "edge": JSON(row.edge?.rawValue),
      "curve": .array(curve),
    ]
  }

  /// A line for each setting, for other programs.
  var csv: String {
    let header =
      "optimizer,schedule,rate,meanLoss,low,high,testLoss,testAccuracy,trainLoss,stepsToTarget,spikes,seeds,steps,divergedRuns,eliminated,indistinguishable"
    let lines = result.rows.map { row in
      let arm = comparison.arms[row.arm]
      let numbers = [
        row.meanLoss, row.interval?.lowerBound, row.interval?.upperBound, row.testLoss, row.testAccuracy, row.trainLoss,
      ]
      return
        ([
          quoted(comparison.contenders[arm.optimizer].optimizer),
          quoted(comparison.schedules[arm.schedule].description), decimal(arm.rate),
        ] + numbers.map { $0.map(decimal) ?? "" } + [
          row.stepsToTarget.map(String.init) ?? "", decimal(row.spikes), String(row.seeds), String(row.steps),
          String(row.divergedRuns), row.fate.stage ?? "", result.indistinguishable.contains(row.arm) ? "1" : "0",
        ]).joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n")
  }

  private func quoted(_ text: String) -> String {
    text.contains(",") || text.contains("\"") ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}

extension ComparisonSummary.Fate {
  /// Where a setting fell out, for other programs; nil if it did not.
  fileprivate var stage: String? {
    switch self {
    case .finalist: nil
    case .screened: "screen"
    case .diverged: "diverged"
    case .worse: "race"
    }
  }
}
