import Foundation
import Testing

/// `train --effective-rates`, and what shows it again.
struct EffectiveRatesTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ arguments: String...) throws -> Run { try descent(arguments, in: folder.url) }

  private func train(_ arguments: String...) throws -> [String: Any] {
    try descent(
      ["train", "--model", "mlp:8", "--threads", "1", "--json", "--lr", "1e-2"] + arguments, in: folder.url
    ).json
  }

  private func series(_ json: [String: Any]) -> [[String: Double]] {
    (json["effectiveRates"] as? [String: Any])?["series"] as? [[String: Double]] ?? []
  }

  @Test func `requested and effective rate are recorded and told`() throws {
    let json = try train("--steps", "20", "--effective-rates-every", "6", "--optimizer", "sgd(momentum: 0.5)")
    #expect(series(json).map { $0["step"] } == [0, 6, 12, 18])
    for row in series(json) {
      let sum = 2 * (1 - pow(0.5, (row["step"] ?? 0) + 1))
      #expect(abs((row["median"] ?? 0) - 0.01 * sum) < 1e-12 && row["requested"] == 0.01)
    }
    let tensors = (json["effectiveRates"] as? [String: Any])?["tensors"] as? [[String: Any]] ?? []
    #expect(tensors.count == 5 && tensors.first?["tensor"] as? String == "*")
    #expect((tensors.last?["factors"] as? [String: Double])?["momentum"] != nil)
    let name = try #require(json["run"] as? String)
    let csv = try run("runs", "export", name, "--effective-rates").output.split(separator: "\n")
    #expect(csv.count == 1 + 4 * 5)
    #expect(csv[0].hasPrefix("step,attempt,tensor,requested,minimum,"))
    let export = try run("runs", "export", name, "--json").json
    #expect((export["effectiveRates"] as? [Any])?.count == 20)
  }

  @Test func `without the flag there is nothing of it`() throws {
    let json = try train("--steps", "5")
    #expect(json["effectiveRates"] == nil)
    let name = try #require(json["run"] as? String)
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/\(name)/effective-rates.jsonl"))
    let export = try run("runs", "export", name, "--effective-rates")
    #expect(export.status == 1)
    #expect(export.errors == "error: \(name) holds no effective rates; train with --effective-rates.\n")
  }

  @Test func `a resumed run goes on recording as it began`() throws {
    let whole = try train("--steps", "24", "--effective-rates-every", "5")
    let first = try train("--steps", "13", "--effective-rates-every", "5")
    let name = try #require(first["run"] as? String)
    let resumed = try run("train", "--resume", name, "--steps", "24", "--threads", "1", "--json").json
    #expect(series(resumed) == series(whole))
    #expect(series(whole).map { $0["step"] } == [0, 5, 10, 15, 20])
  }

  @Test func `the pictures have a panel of it, and runs show draws it again`() throws {
    let json = try train("--steps", "30", "--effective-rates", "--svg", "t.svg", "--html", "t.html")
    let name = try #require(json["run"] as? String)
    #expect(try folder.text("t.svg").contains("effective, median"))
    let page = try folder.text("t.html")
    #expect(page.components(separatedBy: "<svg").count == 1 + 1 + 4)
    #expect(page.contains("layer0.weight"))
    let again = try run("runs", "show", name, "--svg", "again.svg")
    #expect(again.status == 0)
    #expect(try folder.text("again.svg") == (try folder.text("t.svg")))
    #expect(try descentOnTerminal("runs", "show", folder.url.path + "/" + name).errors.contains("effective, median"))
  }

  @Test func `an interval of 0 is refused`() throws {
    let run = try run("train", "--effective-rates-every", "0")
    #expect(run.errors == "error: --effective-rates-every 0 is out of range; it must be at least 1.\n")
    #expect(run.status == 64)
  }
}
