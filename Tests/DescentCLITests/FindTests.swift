import Foundation
import Testing

/// `find` live: a range test on real data.
struct FindTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func find(_ arguments: String...) throws -> Run {
    try descent(["find", "--model", "mlp:16"] + arguments, in: folder.url)
  }

  @Test func `Quick prints one number for a constant rate, and beside it the next command`() throws {
    let run = try find("--quick", "--steps", "60")
    let rate = try #require(Double(run.output.dropLast()))
    #expect((1e-4...1).contains(rate))
    let lines = run.errors.split(separator: "\n")
    #expect(lines.first?.contains(" is for a constant rate; a schedule that decays bears ") == true)
    #expect(lines.first?.contains(" % of the run it is for, in ") == true)
    #expect(lines.last?.hasPrefix("Next: descent train --model mlp:16 --lr ") == true)
    #expect(run.errors.contains("--schedule 'warmup 5% -> cosine'"))
    #expect(try find("--quick", "--steps", "60", "--quiet").errors.isEmpty)
  }

  @Test func `JSON holds what the contract names`() throws {
    let json = try find("--steps", "60", "--seed", "5", "--repeats", "3", "--json").json
    for key in ["suggestion", "rules", "ceiling", "regions", "repeats", "curve", "spent"] { #expect(json[key] != nil) }
    let repeats = json["repeats"] as? [[String: Any]] ?? []
    #expect(repeats.map { $0["seed"] as? Int } == [5, 6, 7])
    let suggestion = json["suggestion"] as? [String: Any] ?? [:]
    let (low, rate, high) = (suggestion["low"] as? Double, suggestion["rate"] as? Double, suggestion["high"] as? Double)
    #expect(try #require(low) <= #require(rate) && #require(rate) <= #require(high))
    let spent = try #require(json["spent"] as? [String: Any])
    let ramp = repeats.reduce(0) { $0 + (($1["curve"] as? [Any])?.count ?? 0) }
    let short = (json["shortRuns"] as? [[String: Any]] ?? []).reduce(0) { $0 + (($1["stepsMade"] as? Int) ?? 0) }
    #expect(spent["rangeTestSteps"] as? Int == ramp && spent["shortRunSteps"] as? Int == short && short > 0)
    #expect(spent["steps"] as? Int == ramp + short)
    #expect(spent["shareOfRun"] as? Double == Double(ramp + short) / 1000)
    #expect(try #require(spent["seconds"] as? Double) > 0)
  }

  @Test func `What the losses depend on besides rate and rows is noted`() throws {
    let dropout = "dropout is on, each step's mask following from the seed"
    let norm = "batch normalisation uses each batch's own statistics"
    let arguments = ["find", "--model", "mlp:16,norm=batch,dropout=0.1", "--steps", "30"]
    let run = try descent(arguments, in: folder.url)
    #expect(run.errors.hasPrefix("note: the test measures training steps: \(dropout); \(norm).\n"))
    #expect(Double(run.output.dropLast()) != nil)
    let json = try descent(arguments + ["--json"], in: folder.url)
    #expect(json.json["conditions"] as? [String] == [dropout, norm])
    let plain = try find("--steps", "30", "--json")
    #expect(plain.json["conditions"] as? [String] == [])
    #expect(plain.errors.isEmpty)
  }

  @Test func `It does not depend on the number of threads`() throws {
    func measured(_ threads: String) throws -> String {
      let text = try find("--steps", "40", "--repeats", "2", "--threads", threads, "--json").output
      // All but the seconds.
      return text.replacing(/"seconds":[^}]*/, with: "")
    }
    let one = try measured("1")
    #expect(try measured("3") == one)
    #expect(one.count > 1000)
  }

  @Test func `Quick is one repeat`() throws {
    let json = try find("--quick", "--steps", "40", "--json").json
    #expect((json["repeats"] as? [Any])?.count == 1)
    #expect(json["method"] as? String == "range-test" && (json["shortRuns"] as? [Any])?.isEmpty == true)
    let both = try find("--quick", "--repeats", "2")
    #expect(both.errors == "error: --quick and --repeats both give the number of repeats; leave one out.\n")
    #expect(both.status == 64)
  }

  @Test func `No usable rate is exit 3 with null and a reason`() throws {
    let run = try find("--quick", "--from", "1e-9", "--to", "1e-7", "--optimizer", "sgd", "--steps", "30")
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("No usable rate. "))
    #expect(run.status == 3)
    let json = try find("--quick", "--from", "1e-9", "--to", "1e-7", "--optimizer", "sgd", "--steps", "30", "--json")
      .json
    #expect(json["suggestion"] is NSNull)
    #expect(json["reason"] is String)
    #expect((json["rules"] as? [String: Any])?.count == 8)
  }

  @Test func `Ctrl-C ends with 130`() throws {
    let screen = try descentOnTerminal("find", "--steps", "1000000", interruptAt: "ETA")
    #expect(screen.status == 130)
    #expect(screen.errors.contains("Interrupted"))
  }

  @Test func `Ctrl-C in the midst of short runs leaves what the range test says`() throws {
    let screen = try descentOnTerminal("find", "--horizon", "100m", interruptAt: "Short runs")
    #expect(screen.status == 130)
    #expect(screen.errors.contains("Interrupted; this is what was measured until then."))
    #expect(Double(screen.output.dropLast()) != nil)
  }

  @Test(arguments: [
    ("--from 1 --to 0.1", 64, "the last rate must be a number above the first rate"),
    ("--steps 1", 64, "--steps 1 is out of range;"),
    ("--ramp lnear", 64, "--ramp lnear is not known; did you mean \"linear\"?"),
    ("--schedule cosin", 64, "there is no"),
    ("--batch 5000", 64, "--batch 5000 is more than the 1259 training rows;"),
    ("--quick --thorough", 64, "--quick and --thorough exclude each other; leave one out."),
    ("--horizon 0", 64, "--horizon 0 is out of range;"),
    ("--horizon 3parsecs", 64, "--horizon 3parsecs is no length:"),
    ("--curve c.csv --horizon 100", 64, "--curve is a test made elsewhere, for which --horizon can do nothing;"),
    ("--data none.csv", 1, "none.csv: no such file."),
  ])
  func `What is wrong is told in one sentence`(line: String, status: Int32, start: String) throws {
    let run = try descent(["find"] + line.split(separator: " ").map(String.init), in: folder.url)
    #expect(run.errors.hasPrefix("error: \(start)"))
    #expect(run.status == status)
  }

  @Test func `A ramp that begins beyond every usable rate is refused`() throws {
    let run = try descent("find", "--quick", "--from", "1", "--to", "1000", "--json")
    #expect(run.json["suggestion"] is NSNull)
    #expect(run.json["advice"] as? String == "Start from a smaller rate, for instance 0.001.")
    #expect(run.status == 3)
  }
}
