import DescentCore
import DescentTraining

/// What parameters score on the three parts of the data, by the names of the contract.
struct Figures {
  var measured: Evaluations
  /// Of the parameters themselves, where what was measured is their average.
  var raw: Evaluations?
  /// What the losses on a text mean.
  var language: LanguageFigures?

  /// Keys of a JSON object: `finalLoss`, `validationLoss`, `testLoss`, `testAccuracy`, `testR2`, `testRMSE`. With an average
  /// also `averaged`, which is true then, and the same of the parameters themselves: `rawFinalLoss`, `rawTestLoss`, …. Of a
  /// text also `perplexity`, `bitsPerCharacter` and `unigramPerplexity` of the test part, `validationPerplexity`, … of the
  /// other.
  var members: [(String, JSON)] {
    var members = measured.members
    if let language {
      members += language.test?.members ?? []
      members += prefixed("validation", language.validation?.members ?? [])
    }
    guard let raw else { return members }
    return members + [("averaged", .bool(true))] + prefixed("raw", raw.members)
  }

  private func prefixed(_ prefix: String, _ members: [(String, JSON)]) -> [(String, JSON)] {
    members.map { name, value in (prefix + name.prefix(1).uppercased() + name.dropFirst(), value) }
  }

  /// The same as `name=value`, what was measured.
  var assignments: [String] {
    members.compactMap { name, value in value == .null ? nil : "\(name)=\(value.text.trimming("\""))" }
  }

  /// Lines of a table.
  var rows: [[String]] {
    guard let raw else { return measured.rows + languageRows }
    return measured.rows.map { [$0[0] + ", averaged", $0[1]] } + raw.rows.map { [$0[0] + ", not averaged", $0[1]] }
      + languageRows
  }

  private var languageRows: [[String]] {
    [("validation", language?.validation), ("test", language?.test)].compactMap { name, part in
      guard let part else { return nil }
      let unigram = part.unigramPerplexity.map { " (by character frequencies alone \(figure($0)))" } ?? ""
      return [
        "perplexity, \(name)",
        "\(figure(part.perplexity))\(unigram), \(figure(part.bitsPerCharacter)) bits per character",
      ]
    }
  }
}

extension LanguageFigures.Part {
  fileprivate var members: [(String, JSON)] {
    [
      ("perplexity", .number(perplexity)), ("bitsPerCharacter", .number(bitsPerCharacter)),
      ("unigramPerplexity", JSON(unigramPerplexity)),
    ]
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
