import Foundation
import Testing

/// `compare`: what it prints, refuses and keeps.
struct CompareTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func compare(_ arguments: String...) throws -> Run {
    try descent(["compare", "--model", "mlp:16"] + arguments, in: folder.url)
  }

  private let small = [
    "--lrs", "adam@1e-2,3e-2; sgd@0.01", "--schedules", "constant; linear to 0", "--steps", "60", "--seeds", "5",
  ]

  private func small(_ arguments: String...) throws -> Run {
    try descent(["compare", "--model", "mlp:16"] + small + arguments, in: folder.url)
  }

  @Test func `JSON holds the winner, what cannot be told from it, a row for each setting and the cost`() throws {
    let run = try small("--json")
    #expect(run.status == 0 && run.errors.isEmpty)
    let winner = try #require(run.json["winner"] as? [String: Any])
    let table = try #require(run.json["table"] as? [[String: Any]])
    let set = try #require(run.json["indistinguishable"] as? [Int])
    #expect(table.count == 6)
    #expect(winner["optimizer"] as? String == "adam")
    #expect(set.first == winner["arm"] as? Int)
    #expect(table[set[0]]["meanLoss"] as? Double == winner["meanLoss"] as? Double)
    for key in ["rate", "schedule", "optimizer", "meanLoss", "testLoss", "spikes", "seeds", "steps", "diverged"] {
      #expect(table.allSatisfy { $0[key] != nil })
    }
    #expect(table[0]["interval"] is [Any] && table[0].keys.contains("stepsToTarget"))
    // Slow descent at a hundredth is worse by any test.
    #expect(table[4]["eliminated"] as? String == "race" && table[set[0]]["eliminated"] is NSNull)
    let spent = try #require(run.json["stepsSpent"] as? Int)
    #expect(spent > 5 * 60 && spent <= 6 * 6 * 60)
  }

  @Test func `the command it gives trains the winner`() throws {
    let run = try small("--json")
    let winner = try #require(run.json["winner"] as? [String: Any])
    let command = try #require(winner["command"] as? String)
    #expect(
      command.hasPrefix("descent train --model mlp:16 --optimizer adam --lr 0.0") && command.hasSuffix("--steps 60"))
    let trained = try shell(
      "cd '\(folder.url.path)' && '\(builtCommand.path)' \(command.dropFirst("descent ".count)) --json")
    #expect(trained.status == 0)
    let loss = try #require(trained.json["validationLoss"] as? Double)
    #expect(loss < 2 * (winner["meanLoss"] as? Double ?? 0))
  }

  @Test func `in a pipe it prints a line for each setting, and the verdict on standard error`() throws {
    let run = try small("--svg", "c.svg", "--html", "c.html")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 7 && lines[0].hasPrefix("optimizer,schedule,rate,meanLoss"))
    #expect(run.errors.contains("Best") && run.errors.contains("Next: descent train"))
    let page = try String(contentsOf: folder.url.appending(path: "c.html"), encoding: .utf8)
    #expect(page.contains("<svg") && page.contains("download=\"compare.csv\"") && !page.contains("<script"))
    #expect(try String(contentsOf: folder.url.appending(path: "c.svg"), encoding: .utf8).contains("Learning curves"))
  }

  @Test func `without rates each optimizer's grid is round what is found for it`() throws {
    let run = try compare(
      "--optimizers", "adam", "--schedules", "linear to 0", "--steps", "100", "--seeds", "2", "--json")
    let table = try #require(run.json["table"] as? [[String: Any]])
    let rates = table.compactMap { $0["rate"] as? Double }
    #expect(rates.count == 5)
    for (low, high) in zip(rates, rates.dropFirst()) { #expect(abs(high / low - 3) < 0.3) }
    #expect(rates[2] > 1e-4 && rates[2] < 0.3)
    #expect(try #require(run.json["findSteps"] as? Int) > 0)
  }

  @Test func `after a kill it goes on, makes only what is missing, and comes to the same`() throws {
    let whole = try small("--json", "--out", "whole")
    let path = try #require(whole.json["run"] as? String)
    let journal = folder.url.appending(path: path).appending(path: "outcomes.jsonl")
    let lines = try String(contentsOf: journal, encoding: .utf8).split(separator: "\n")
    // As a kill leaves it: some lines, the last one torn.
    let half = lines.prefix(lines.count / 2).joined(separator: "\n") + "\n" + lines[lines.count / 2].prefix(40)
    try Data(half.utf8).write(to: journal)
    let resumed = try descent("compare", "--resume", path, "--json", in: folder.url)
    #expect(resumed.status == 0)
    for key in ["winner", "indistinguishable", "table", "stepsSpent"] {
      let (a, b) = (whole.json[key] as? NSObject, resumed.json[key] as? NSObject)
      #expect(a != nil && a == b, "\(key)")
    }
    #expect(try String(contentsOf: journal, encoding: .utf8).split(separator: "\n").count == lines.count)
  }

  @Test func `a comparison is no training to go on with, and a training no comparison`() throws {
    let path = try #require(try small("--json").json["run"] as? String)
    let train = try descent("train", "--resume", path, "--json", in: folder.url)
    #expect(train.status == 64 && (train.error["hint"] as? String)?.contains("descent compare --resume") == true)
    for command in [["evaluate", path], ["find", "--resume", path], ["diagnose", path]] {
      let run = try descent(command, in: folder.url)
      #expect(run.status == 64 && run.errors.contains("is a comparison, not a training"))
    }
    let trained = try descent("train", "--model", "mlp:16", "--steps", "2", "--json", in: folder.url)
    let compared = try descent("compare", "--resume", #require(trained.json["run"] as? String), in: folder.url)
    #expect(compared.status == 1 && compared.errors.contains("is no comparison"))
  }

  @Test func `everything diverging is bad news`() throws {
    let run = try compare(
      "--lrs", "sgd@1e6,1e7", "--schedules", "constant", "--steps", "30", "--seeds", "2", "--json")
    #expect(run.status == 3 && run.json["diverged"] as? Bool == true)
    #expect((run.json["verdict"] as? String)?.contains("diverged") == true)
  }

  @Test func `Ctrl-C ends it while rates are still being found`() throws {
    let screen = try descentOnTerminal("compare", "--steps", "10m", interruptAt: "Finding rates")
    #expect(screen.status == 130)
    #expect(screen.errors.contains("Interrupted while rates were being found"))
  }

  @Test func `Ctrl-C in the last measurements leaves what can be gone on with, as it was asked for`() throws {
    let screen = try descentOnTerminal(
      "compare", "--lrs", "adam@1e-3,3e-3", "--schedules", "constant", "--steps", "1000", "--seeds", "2", "--sharpness",
      "--target", "0.2", interruptAt: "Sharpness")
    #expect(screen.status == 130 && screen.output.isEmpty)
    #expect(screen.errors.contains("Next: descent compare --resume"))
    #expect(screen.errors.contains(" --target 0.2 --sharpness"))
  }

  @Test func `the table fits the terminal, and says what that cost`() throws {
    let screen = try descentOnTerminal(
      "compare", "--model", "mlp:8", "--optimizers", "sgd(momentum: 0.9); adam", "--lrs", "1e-3", "--steps", "10",
      "--seeds", "2", output: true)
    let lines = screen.errors.split(whereSeparator: \.isNewline)
    let head = try #require(lines.firstIndex { $0.hasPrefix("optimizer") && $0.contains("loss, ± 95 %") })
    let foot = try #require(lines.firstIndex { $0.hasPrefix("left out for want of width: spikes") })
    #expect(foot - head > 8)
    #expect(lines[head..<foot].allSatisfy { $0.count <= 100 })
  }

  @Test func `sharpness is measured against a threshold where the rule has one`() throws {
    let run = try compare(
      "--lrs", "adam@1e-2; lion@1e-3", "--schedules", "constant", "--steps", "20", "--seeds", "2", "--sharpness",
      "--target", "100", "--json")
    let table = try #require(run.json["table"] as? [[String: Any]])
    let set = try #require(run.json["indistinguishable"] as? [Int])
    #expect(table[1]["largestRatio"] is NSNull)
    if set.contains(0) { #expect(try #require(table[0]["largestRatio"] as? Double) > 0) }
    #expect(table[0]["stepsToTarget"] as? Int == 1)
  }

  @Test func `one setting alone is not called better than others`() throws {
    let run = try compare(
      "--lrs", "adam@1e-2", "--schedules", "constant", "--steps", "10", "--seeds", "2", "--json")
    #expect((run.json["verdict"] as? String)?.hasPrefix("The only setting: adam") == true)
  }

  @Test func `what short runs put aside is not said to be worse`() throws {
    let run = try compare(
      "--lrs", "sgd@1e-6,1e-1,1e4", "--schedules", "constant", "--steps", "200", "--seeds", "5", "--json")
    #expect(run.json["indistinguishable"] as? [Int] == [1])
    let verdict = try #require(run.json["verdict"] as? String)
    #expect(verdict.hasPrefix("Best: sgd, constant, 0.1") && verdict.hasSuffix("short runs put the others aside."))
  }

  @Test(arguments: [
    (["--lrs", "adam@1e-3; 0.1"], "without an update rule"),
    (["--lrs", "1e-3,-1"], "out of range"),
    (["--lrs", "adam@1e-3", "--optimizers", "sgd"], "does not name"),
    (["--lrs", "adam@1e-3", "--optimizer", "sgd"], "does not name"),
    (["--optimizers", "adam; adam"], "named twice"),
    (["--optimizers", "adm"], "adam"),
    (["--schedules", "constant;; cosine"], "empty part"),
    (["--schedules", "cosin"], "cosine"),
    (["--schedules", "constant; cosine; constant"], "named twice"),
    (["--schedules", "0.1: constant", "--lrs", "1e-3"], "a peak of its own"),
    (["--schedule", "constant", "--schedules", "constant"], "leave --schedule out"),
    (["--seeds", "1"], "out of range"),
    (["--resume", "nothing", "--steps", "5"], "leave --steps out"),
  ])
  func `what is wrong is told, with what would be right`(_ arguments: [String], _ part: String) throws {
    let run = try descent(["compare"] + arguments, in: folder.url)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.contains(part), "\(run.errors)")
  }
}
