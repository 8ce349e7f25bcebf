import DescentCore
import DescentTraining

/// What parameters score on the three parts of the data, by the names of the contract.
struct Figures {
  var measured: Evaluations
  /// Of the parameters themselves, where what was measured is their average.
  var raw: Evaluations?

  /// Keys of a JSON object: `finalLoss`, `validationLoss`, `testLoss`, `testAccuracy`, `testR2`, `testRMSE`. With an average
  /// also `averaged`, which is true then, and the same of the parameters themselves: `rawFinalLoss`, `rawTestLoss`, ….
  var members: [(String, JSON)] {
    guard let raw else { return measured.members }
    return measured.members + [("averaged", .bool(true))]
      + raw.members.map { name, value in ("raw" + name.prefix(1).uppercased() + name.dropFirst(), value) }
  }

  /// The same as `name=value`, what was measured.
  var assignments: [String] {
    members.compactMap { name, value in value == .null ? nil : "\(name)=\(value.text.trimming("\""))" }
  }

  /// Lines of a table.
  var rows: [[String]] {
    guard let raw else { return measured.rows }
    return measured.rows.map { [$0[0] + ", averaged", $0[1]] } + raw.rows.map { [$0[0] + ", not averaged", $0[1]] }
  }
}

extension Evaluations {
  fileprivate var members: [(String, JSON)] {
    var members: [(String, JSON)] = [("finalLoss", JSON(train?.loss))]
    for (prefix, one) in [("validation", validation), ("test", test)] {
      members.append((prefix + "Loss", JSON(one?.loss)))
      if let accuracy = one?.accuracy { members.append((prefix + "Accuracy", .number(accuracy))) }
      if let rmse = one?.rmse { members += [(prefix + "R2", JSON(one?.r2)), (prefix + "RMSE", .number(rmse))] }
    }
    return members
  }

  fileprivate var rows: [[String]] {
    [("train", train), ("validation", validation), ("test", test)].compactMap { name, one in
      guard let one, one.rows > 0 else { return nil }
      var parts = ["loss \(figure(one.loss))"]
      if let accuracy = one.accuracy { parts.append("accuracy \(figure(accuracy * 100)) %") }
      if let r2 = one.r2 { parts.append("R² \(figure(r2))") }
      if let rmse = one.rmse { parts.append("RMSE \(figure(rmse))") }
      return [name, parts.joined(separator: ", ")]
    }
  }
}
