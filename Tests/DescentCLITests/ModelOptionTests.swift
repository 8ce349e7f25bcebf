import Foundation
import Testing

/// Models and losses with settings, in training.
struct ModelOptionTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ arguments: String...) throws -> Run { try descent(arguments, in: folder.url) }

  private func train(_ arguments: String...) throws -> [String: Any] {
    try descent(["train", "--lr", "0.01", "--threads", "1", "--json"] + arguments, in: folder.url).json
  }

  private static let figures = ["finalLoss", "validationLoss", "validationAccuracy", "testLoss", "testAccuracy"]

  @Test(arguments: ["cnn:channels=4-6,norm=batch,dropout=0.2", "mlp:12,norm=batch", "mlp:12,norm=layer,dropout=0.1"])
  func `A model with running statistics is evaluated to the figures it was trained to`(model: String) throws {
    let json = try train("--model", model, "--steps", "40")
    let run = try run("evaluate", #require(json["run"] as? String), "--json").json
    for key in Self.figures {
      #expect(run[key] as? Double == json[key] as? Double && json[key] is Double, "\(key)")
    }
    #expect((json["testAccuracy"] as? Double ?? 0) > 0.4)
    #expect(run["parameterHash"] as? String == json["parameterHash"] as? String)
  }

  @Test func `Running statistics and masks go on where a run was resumed`() throws {
    let model = "cnn:channels=3,norm=batch,dropout=0.3"
    let whole = try train("--model", model, "--steps", "24")
    let first = try train("--model", model, "--steps", "11")
    let resumed = try descent(
      ["train", "--resume", #require(first["run"] as? String), "--steps", "24", "--json"], in: folder.url
    ).json
    #expect(resumed["steps"] as? Int == 24)
    for key in Self.figures { #expect(resumed[key] as? Double == whole[key] as? Double, "\(key)") }
    #expect(resumed["parameterHash"] as? String == whole["parameterHash"] as? String)
  }

  @Test func `A transformer learns a text and is evaluated to the same figures`() throws {
    try folder.write(String(repeating: "abcdefg", count: 86), to: "letters.txt")
    let json = try train(
      "--data", "letters.txt", "--model", "gpt:layers=1,width=16,heads=2,context=8,dropout=0.1", "--steps", "60",
      "--batch", "8")
    #expect((json["testAccuracy"] as? Double ?? 0) > 0.9)
    let run = try run("evaluate", #require(json["run"] as? String), "--json").json
    for key in Self.figures { #expect(run[key] as? Double == json[key] as? Double, "\(key)") }
  }

  @Test func `Smoothed labels are trained on and not measured with`() throws {
    let json = try train("--model", "mlp:16", "--loss", "cross-entropy(smoothing: 0.5)", "--steps", "300")
    // Nothing is below the entropy of the smoothed label, 0.55 and nine times 0.05, but plain cross-entropy may be.
    let entropy = -(0.55 * log(0.55) + 9 * 0.05 * log(0.05))
    let folder = try #require(json["run"] as? String)
    let shown = try run("runs", "show", folder, "--json").json
    let metrics = shown["metrics"] as? [[String: Any]] ?? []
    #expect(metrics.count == 300)
    #expect(metrics.allSatisfy { ($0["loss"] as? Double ?? 0) > entropy })
    for key in ["finalLoss", "validationLoss", "testLoss"] {
      #expect((json[key] as? Double ?? 9) < entropy - 0.4, "\(key)")
    }
    let measured = metrics.compactMap { $0["valLoss"] as? Double }
    #expect(measured.last == json["validationLoss"] as? Double)
    let specification = (shown["run"] as? [String: Any])?["specification"] as? [String: String]
    #expect(specification?["loss"] == "cross-entropy(smoothing: 0.5)")
    #expect(try run("evaluate", folder, "--json").json["testLoss"] as? Double == json["testLoss"] as? Double)
  }

  @Test(arguments: [
    ("--model cnn:chanels=8", "the model \"cnn:chanels=8\" has no setting \"chanels\"; did you mean \"channels\"?"),
    ("--model mlp:16,nrom=batch", "the model \"mlp:16,nrom=batch\" has no setting \"nrom\"; did you mean \"norm\"?"),
    ("--model gpt:layer=2", "the model \"gpt:layer=2\" has no setting \"layer\"; did you mean \"layers\"?"),
    ("--model mlp:16,norm=bach", "norm=bach in the model \"mlp:16,norm=bach\": did you mean \"batch\"?"),
    ("--model mlp:16,tie=yes", "the model \"mlp:16,tie=yes\" has no setting \"tie\"; there are: norm, dropout."),
    ("--model gtp", "there is no model \"gtp\"; did you mean \"gpt\"? Write it as mlp:128-128, cnn or gpt:layers=4,"),
    ("--model cnn:channels=8,channels=4", "the model \"cnn:channels=8,channels=4\" has channels twice."),
    ("--model cnn:norm=layer", "norm=layer in the model \"cnn:norm=layer\" is not for pictures; use norm=batch."),
    ("--model cnn:dropout=1", "dropout=1 in the model \"cnn:dropout=1\" must be a number from 0 to below 1."),
    ("--model gpt:heads=5", "the model \"gpt:heads=5\" divides a width of 128 among 5 heads, which does not work out."),
    ("--model gpt", "the model gpt reads text; give --data FILE.txt, or use an mlp or cnn for numbers."),
    (
      "--model cnn --data moons",
      "the model cnn needs pictures, but a row of the data is a list of 2 numbers; use an mlp."
    ),
    ("--loss cross-entrpy", "there is no loss \"cross-entrpy\"; did you mean \"cross-entropy\"?"),
    ("--loss cross-entropy(smothing:0.1)", "cross-entropy has no argument \"smothing\"; did you mean \"smoothing\"?"),
    (
      "--loss cross-entropy(smoothing:1)",
      "the loss \"cross-entropy(smoothing:1)\" needs a smoothing from 0 to below 1."
    ),
  ])
  func `A misspelt setting is told with the nearest name, exit 64`(line: String, start: String) throws {
    for command in ["train", "explain-program"] {
      let run = try descent([command] + line.split(separator: " ").map(String.init), in: folder.url)
      #expect(run.errors.hasPrefix("error: \(start)"))
      #expect(run.errors.filter(\.isNewline).count == 1)
      #expect(run.status == 64)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("runs").path))
  }
}
