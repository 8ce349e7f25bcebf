import Foundation
import Testing

/// `find` by short runs: the peak rate for a schedule and a horizon.
struct FindShortRunsTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func find(_ arguments: String...) throws -> Run {
    try descent(["find", "--model", "mlp:16", "--no-curvature"] + arguments, in: folder.url)
  }

  private func rate(_ run: Run) throws -> Double {
    try #require((run.json["suggestion"] as? [String: Any])?["rate"] as? Double)
  }

  @Test func `In a pipe it prints one number, beside it what it cost and the command it is for`() throws {
    let run = try find("--horizon", "600")
    let rate = run.output.trimmingCharacters(in: .newlines)
    #expect((1e-3...0.3).contains(try #require(Double(rate))))
    let lines = run.errors.split(separator: "\n")
    #expect(lines.first?.hasPrefix("Spent ") == true && lines.first?.contains(" of short runs), ") == true)
    let next = "Next: descent train --model mlp:16 --lr \(rate) --schedule 'warmup 5% -> cosine' --steps 600"
    #expect(lines.last.map(String.init) == next)
  }

  @Test func `The answer comes from the short runs and says what it is for`() throws {
    let json = try find("--schedule", "linear to 1%", "--horizon", "500", "--json").json
    #expect(json["method"] as? String == "short-runs")
    #expect(json["horizon"] as? Int == 500 && json["schedule"] as? String == "linear to 1%")
    let basis = (json["suggestion"] as? [String: Any])?["basis"] as? String
    #expect(basis?.hasPrefix("short-runs: ") == true && basis?.contains("validation loss is lowest around") == true)
    let runs = try #require(json["shortRuns"] as? [[String: Any]])
    #expect(runs.count >= 4)
    for key in ["rate", "steps", "stepsMade", "loss"] { #expect(runs.allSatisfy { $0[key] != nil }) }
    #expect(Set(runs.compactMap { $0["steps"] as? Int }).count >= 2)
    // What the range test alone says is kept.
    #expect((json["rangeTest"] as? [String: Any])?["suggestion"] is [String: Any])
    #expect((json["rules"] as? [String: Any])?.count == 8)
  }

  @Test func `The next command runs as it is printed`() throws {
    for schedule in ["linear to 1%", "0.5: linear to 1%", "onecycle(peak: 0.1, warmup: 30%)"] {
      let lines = try find("--horizon", "300", "--schedule", schedule).errors.split(separator: "\n")
      let next = try #require(lines.last?.dropFirst("Next: ".count))
      #expect(next.contains("linear to 1%") || next.contains("onecycle"))
      let path = builtCommand.deletingLastPathComponent().path
      let run = try shell("PATH=\(path):$PATH; cd \(folder.url.path) && \(next.replacing("300", with: "20")) --json")
      #expect(run.json["steps"] as? Int == 20)
    }
  }

  @Test func `The peak that a schedule names is replaced, it does not matter`() throws {
    let without = try rate(find("--schedule", "cosine", "--horizon", "400", "--json"))
    #expect(try rate(find("--schedule", "7: cosine", "--horizon", "400", "--json")) == without)
  }

  @Test func `A schedule in steps is stretched as one in shares`() throws {
    let shares = try rate(find("--schedule", "warmup 10% -> hold 60% -> linear", "--horizon", "800", "--json"))
    let steps = try rate(find("--schedule", "warmup 80 -> hold 480 -> linear 240", "--horizon", "800", "--json"))
    #expect(abs(log10(steps / shares)) < 0.3)
    let epochs = try rate(find("--schedule", "warmup 2ep -> linear", "--horizon", "20ep", "--json"))
    #expect(abs(log10(epochs / shares)) < 1)
  }

  @Test func `A horizon in epochs is as many steps as they have`() throws {
    let json = try find("--horizon", "10ep", "--batch", "64", "--json").json
    #expect(json["horizon"] as? Int == 1259 / 64 * 10)
  }

  @Test func `Too short a run falls back on the range test, and says so`() throws {
    let run = try find("--horizon", "99")
    #expect(Double(run.output.dropLast()) != nil)
    #expect(run.errors.contains("A horizon of 99 steps is too short for short runs, which take 100"))
    #expect(run.errors.contains("--steps 99"))
    let json = try find("--horizon", "99", "--json").json
    #expect(json["method"] as? String == "range-test")
    #expect((json["repeats"] as? [Any])?.count == 3)
  }

  @Test func `Where the range test refuses and the short runs answer, their answer stands`() throws {
    let run = try find("--to", "1e-4", "--from", "1e-7", "--horizon", "400")
    #expect(run.status == 0)
    #expect(Double(run.output.dropLast()) != nil)
    #expect(run.errors.contains("The range test by itself gave no rate (The loss "))
    let json = try find("--to", "1e-4", "--from", "1e-7", "--horizon", "400", "--json").json
    let ramp = try #require(json["rangeTest"] as? [String: Any])
    #expect(ramp["suggestion"] is NSNull && ramp["reason"] is String && json["reason"] == nil)
  }

  @Test func `A rate that changes nothing is refused with a reason and exit 3`() throws {
    let run = try find("--optimizer", "sgd", "--clip-value", "1e-20", "--horizon", "200")
    #expect(run.output.isEmpty && run.status == 3)
    #expect(run.errors.hasPrefix("No usable rate. "))
    let json = try find("--optimizer", "sgd", "--clip-value", "1e-20", "--horizon", "200", "--json").json
    #expect(json["suggestion"] is NSNull && json["reason"] is String && json["advice"] is String)
  }

  @Test func `Data in which nothing can be learned is refused`() throws {
    // The target is the same everywhere, and so is the feature: nothing is ever wrong.
    let rows = (0..<200).map { "\($0 % 7),\($0 % 5),3\n" }
    try folder.write("a,b,y\n" + rows.joined(), to: "flat.csv")
    let run = try descent(
      ["find", "--data", "flat.csv:y:regression", "--batch", "8", "--init", "normal(1e-12)", "--json"], in: folder.url)
    #expect(run.status == 3)
    #expect(run.json["suggestion"] is NSNull)
  }

  @Test(arguments: [
    ["--model", "mlp:16,norm=batch,dropout=0.1"], ["--accumulate", "3", "--batch", "16"], ["--clip-norm", "0.5"],
    ["--clip-value", "0.01"], ["--ema", "0.99"], ["--batch", "full"],
    ["--model", "mlp:128-128", "--optimizer", "sgd(momentum: 0.9)"],
    ["--optimizer", "lion"], ["--data", "linear", "--optimizer", "sgd"], ["--data", "moons"],
  ])
  func `Whatever a step is made of, it finds a rate that trains well`(options: [String]) throws {
    let model = options.contains("--model") || options.contains("--data") ? [] : ["--model", "mlp:16"]
    let run = try descent(["find", "--no-curvature", "--horizon", "400"] + model + options, in: folder.url)
    let next = try #require(run.errors.split(separator: "\n").last?.dropFirst("Next: ".count))
    let path = builtCommand.deletingLastPathComponent().path
    let json = try shell("PATH=\(path):$PATH; cd \(folder.url.path) && \(next) --json").json
    #expect(json["steps"] as? Int == 400)
    let score = json["testAccuracy"] ?? json["testR2"]
    #expect(try #require(score as? Double) > 0.9)
  }

  @Test func `A plan's factors stand, and the rate found is the one they multiply`() throws {
    let plain = try find("--horizon", "400", "--json")
    let tenfold = try find("--horizon", "400", "--plan", "rate x10", "--json")
    #expect(abs(log10(try rate(plain) / rate(tenfold)) - 1) < 0.2)
    let some = try find(
      "--horizon", "400", "--optimizer", "adamw", "--plan", "layer1.* x4; [ndim<2] weightDecay = 0; weightDecay ~ rate")
    #expect(some.errors.contains("the plan's factors stand, the rate found is a common one that they multiply: "))
    #expect(some.errors.contains("layer1.*") && some.errors.contains(" ×4"))
    #expect(some.errors.contains("what varies besides is held as it is at the highest rate: weightDecay of "))
    #expect(some.errors.contains(" --plan 'layer1.* x4;"))
    let fixed = try find("--horizon", "400", "--plan", "0.1: cosine")
    #expect(fixed.status == 64 && fixed.errors.contains("the plan's rates have a peak of their own"))
    let scheduled = try find("--horizon", "400", "--plan", "warmup 10% -> linear; layer1.* x2", "--json")
    #expect(scheduled.json["schedule"] as? String == "warmup 10% -> linear to 0")
  }

  @Test func `Thorough takes more seeds and measures how the rate moves with the horizon`() throws {
    let json = try find("--thorough", "--horizon", "200", "--json").json
    let runs = try #require(json["shortRuns"] as? [[String: Any]])
    #expect(Set(runs.compactMap { $0["seed"] as? Int }).count > 1)
    #expect((json["horizonShift"] as? [String: Any])?["measured"] as? Bool == true)
    #expect((json["repeats"] as? [Any])?.count == 3)
  }

  @Test func `On a terminal it draws final loss against the rate above the range test`() throws {
    let screen = try descentOnTerminal("find", "--model", "mlp:16", "--horizon", "400", output: true)
    let uCurve = try #require(screen.errors.range(of: "peak learning rate"))
    let ramp = try #require(screen.errors.range(of: " Range test"))
    #expect(uCurve.lowerBound < ramp.lowerBound)
    for text in ["for warmup 5% -> cosine over 400 steps", "before training", "├", "found 0.", "Spent "] {
      #expect(screen.errors.contains(text))
    }
    #expect(screen.errors.contains("Peak rate 0."))
  }

  @Test func `Pictures hold both curves, the page its data`() throws {
    _ = try find("--horizon", "400", "--svg", "find.svg", "--html", "find.html")
    let svg = try folder.text("find.svg")
    for text in ["peak learning rate", "validation loss", "interval", "smoothed"] { #expect(svg.contains(text)) }
    let html = try folder.text("find.html")
    for text in [
      "What it is for", "The short runs", "The range test", "download=\"short-runs.csv\"",
      "download=\"range-test.csv\"", "download=\"find.json\"", "descent train --model mlp:16 --lr ",
    ] {
      #expect(html.contains(text))
    }
    #expect(!html.contains("<script") && !html.contains("src=\""))
  }
}
