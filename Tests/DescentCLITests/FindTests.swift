import Foundation
import Testing

/// `find` live: a range test on real data.
struct FindTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func find(_ arguments: String...) throws -> Run {
    try descent(["find", "--model", "mlp:16"] + arguments, in: folder.url)
  }

  @Test func `In a pipe it prints one number, and beside it the next command`() throws {
    let run = try find("--steps", "60")
    let rate = try #require(Double(run.output.dropLast()))
    #expect((1e-4...1).contains(rate))
    let lines = run.errors.split(separator: "\n")
    #expect(lines.first?.contains(" is for a constant rate; a schedule that decays bears ") == true)
    #expect(lines.last?.hasPrefix("Next: descent train --model mlp:16 --lr ") == true)
    #expect(run.errors.contains("--schedule 'warmup 5% -> cosine'"))
    #expect(try find("--steps", "60", "--quiet").errors.isEmpty)
  }

  @Test func `The next command runs as it is printed`() throws {
    for schedule in ["linear to 1%", "0.5: linear to 1%", "onecycle(peak: 0.1, warmup: 30%)"] {
      let lines = try find("--steps", "60", "--schedule", schedule).errors.split(separator: "\n")
      let next = try #require(lines.last?.dropFirst("Next: ".count))
      #expect(next.contains("linear to 1%") || next.contains("onecycle"))
      let path = builtCommand.deletingLastPathComponent().path
      let run = try shell("PATH=\(path):$PATH; cd \(folder.url.path) && \(next.replacing("1000", with: "20")) --json")
      #expect(run.json["steps"] as? Int == 20)
    }
  }

  @Test func `JSON holds what the contract names`() throws {
    let json = try find("--steps", "60", "--seed", "5", "--json").json
    for key in ["suggestion", "rules", "ceiling", "regions", "repeats", "curve", "spent"] { #expect(json[key] != nil) }
    let repeats = json["repeats"] as? [[String: Any]] ?? []
    #expect(repeats.map { $0["seed"] as? Int } == [5, 6, 7])
    let suggestion = json["suggestion"] as? [String: Any] ?? [:]
    let (low, rate, high) = (suggestion["low"] as? Double, suggestion["rate"] as? Double, suggestion["high"] as? Double)
    #expect(try #require(low) <= #require(rate) && #require(rate) <= #require(high))
    let spent = (json["spent"] as? [String: Any])?["steps"] as? Int
    #expect(spent == repeats.reduce(0) { $0 + (($1["curve"] as? [Any])?.count ?? 0) })
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
    let one = try find("--steps", "40", "--threads", "1", "--json").output
    #expect(try find("--steps", "40", "--threads", "3", "--json").output == one)
    #expect(one.count > 1000)
  }

  @Test func `Quick is one repeat`() throws {
    #expect((try find("--quick", "--steps", "40", "--json").json["repeats"] as? [Any])?.count == 1)
    let both = try find("--quick", "--repeats", "2")
    #expect(both.errors == "error: --quick and --repeats both give the number of repeats; leave one out.\n")
    #expect(both.status == 64)
  }

  @Test func `No usable rate is exit 3 with null and a reason`() throws {
    let run = try find("--from", "1e-9", "--to", "1e-7", "--optimizer", "sgd", "--steps", "30")
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("No usable rate. "))
    #expect(run.status == 3)
    let json = try find("--from", "1e-9", "--to", "1e-7", "--optimizer", "sgd", "--steps", "30", "--json").json
    #expect(json["suggestion"] is NSNull)
    #expect(json["reason"] is String)
    #expect((json["rules"] as? [String: Any])?.count == 8)
  }

  @Test func `Ctrl-C ends with 130`() throws {
    let screen = try descentOnTerminal("find", "--steps", "1000000", interruptAt: "ETA")
    #expect(screen.status == 130)
    #expect(screen.errors.contains("Interrupted"))
  }

  @Test(arguments: [
    ("--from 1 --to 0.1", 64, "the last rate must be a number above the first rate"),
    ("--steps 1", 64, "--steps 1 is out of range;"),
    ("--ramp lnear", 64, "--ramp lnear is not known; did you mean \"linear\"?"),
    ("--schedule cosin", 64, "there is no"),
    ("--batch 5000", 64, "--batch 5000 is more than the 1259 training rows;"),
    ("--data none.csv", 1, "none.csv: no such file."),
  ])
  func `What is wrong is told in one sentence`(line: String, status: Int32, start: String) throws {
    let run = try descent(["find"] + line.split(separator: " ").map(String.init), in: folder.url)
    #expect(run.errors.hasPrefix("error: \(start)"))
    #expect(run.status == status)
  }

  @Test func `A ramp that begins beyond every usable rate is refused`() throws {
    let run = try descent("find", "--from", "1", "--to", "1000", "--json")
    #expect(run.json["suggestion"] is NSNull)
    #expect(run.json["advice"] as? String == "Start from a smaller rate, for instance 0.001.")
    #expect(run.status == 3)
  }
}
