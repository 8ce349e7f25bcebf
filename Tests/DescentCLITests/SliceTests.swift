import Foundation
import Testing

/// `slice`: losses along lines and over planes through a run's checkpoint.
struct SliceTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func slice(_ arguments: String...) throws -> Run {
    try descent(["slice"] + arguments, in: folder.url)
  }

  private func train(_ arguments: String...) throws -> String {
    let run = try descent(["train", "--threads", "1", "--json"] + arguments, in: folder.url)
    return try #require(run.json["run"] as? String)
  }

  private func linear(_ rate: String, steps: String = "3") throws -> String {
    try train(
      "--data", "linear", "--model", "mlp:10-1", "--optimizer", "sgd", "--batch", "full", "--lr", rate, "--steps", steps
    )
  }

  @Test func `For linear regression the loss is the quadratic, and the critical rate its own`() throws {
    let run = try slice(try linear("0.01"), "--json")
    let json = run.json
    let points = try #require(json["curve"] as? [[String: Double]])
    let loss = try #require(json["loss"] as? Double)
    for point in points {
      #expect(abs(try #require(point["loss"]) - #require(point["quadratic"])) < 1e-4 * loss)
    }
    let critical = try #require(json["criticalRate"] as? Double)
    #expect(abs(critical / (try #require(json["quadraticCriticalRate"] as? Double)) - 1) < 0.01)
    #expect(abs(try #require(json["ratio"] as? Double) - 0.01 / critical) < 1e-9)
    #expect(points.contains { $0["alpha"] == 1 && $0["rate"] == 0.01 })
    #expect(json["exact"] as? Bool == true && json["kind"] as? String == "update")
    #expect(run.status == 0 && run.errors.isEmpty)
  }

  @Test func `At 0 the loss is the checkpoint's, at 1 what the next step makes of it`() throws {
    let run = try linear("0.01", steps: "3")
    let curve = try #require(try slice(run, "--json").json["curve"] as? [[String: Double]])
    let now = try descent("evaluate", run, "--json", in: folder.url).json["finalLoss"] as? Double
    let here = curve.first { $0["alpha"] == 0 }?["loss"]
    #expect(abs(try #require(here) / #require(now) - 1) < 1e-5)
    _ = try descent("train", "--resume", run, "--steps", "4", in: folder.url)
    let later = try descent("evaluate", run, "--json", in: folder.url).json["finalLoss"] as? Double
    let after = curve.first { $0["alpha"] == 1 }?["loss"]
    #expect(abs(try #require(after) / #require(later) - 1) < 1e-4)
  }

  @Test func `A rate beyond the critical one is told, with the command to try`() throws {
    let critical = try #require(try slice(try linear("0.01"), "--json").json["criticalRate"] as? Double)
    let run = try slice(try linear("0.01"), "--lr", "\(3 * critical)")
    #expect(run.errors.contains("this update raises the loss"))
    let command = try #require(run.errors.split(separator: "\n").last)
    #expect(command.hasPrefix("Next: descent train --data linear --model mlp:10-1 "))
    #expect(command.contains(" --lr ") && command.hasSuffix(" --steps 3"))
    let path = builtCommand.deletingLastPathComponent().path
    let next = command.dropFirst("Next: ".count)
    #expect(try shell("PATH=\(path):$PATH; cd \(folder.url.path) && \(next) --json").json["steps"] as? Int == 3)
  }

  @Test func `In a pipe it is a table of numbers`() throws {
    let lines = try slice(try linear("0.01"), "--points", "11").output.split(separator: "\n")
    #expect(lines.first == "alpha,rate,loss,quadratic")
    #expect(lines.count > 11)
    #expect(lines.dropFirst().allSatisfy { $0.split(separator: ",").compactMap { Double($0) }.count == 4 })
  }

  @Test func `The ends of an interpolation are what evaluate says`() throws {
    let first = try train("--model", "mlp:8,norm=batch", "--steps", "20", "--lr", "0.01")
    let second = try train("--model", "mlp:8,norm=batch", "--steps", "20", "--lr", "0.01", "--seed", "1")
    let curve = try #require(try slice(first, "--to", second, "--json").json["curve"] as? [[String: Double]])
    for (run, alpha) in [(first, 0.0), (second, 1.0)] {
      let scores = try descent("evaluate", run, "--json", in: folder.url).json
      let end = try #require(curve.first { $0["alpha"] == alpha })
      #expect(end["loss"] == scores["finalLoss"] as? Double)
      #expect(end["validationLoss"] == scores["validationLoss"] as? Double)
    }
    let own = try #require(try slice(first, "--to", "20", "--json").json["barrier"] as? [String: Double])
    #expect(abs(try #require(own["height"])) < 1e-12)
  }

  @Test func `Random directions are the seed's, on a line and over a plane`() throws {
    let run = try train("--model", "mlp:8", "--steps", "20", "--lr", "0.01")
    let line = try slice(run, "--random", "--points", "5", "--json").json
    #expect((line["curve"] as? [Any])?.count == 5)
    #expect(line["conditions"] as? [String] == [])
    let first = try slice(run, "--random", "--points", "5").output
    #expect(try slice(run, "--random", "--points", "5").output == first)
    #expect(try slice(run, "--random", "--points", "5", "--seed", "1").output != first)
    let plane = try slice(run, "--2d", "--points", "4", "--rows", "100", "--span", "0.5", "--json").json
    let positions = try #require(plane["positions"] as? [Double])
    #expect(positions.count == 4 && positions.first == -0.5 && positions.last == 0.5)
    let losses = try #require(plane["losses"] as? [[Double]])
    #expect(losses.count == 4 && losses.allSatisfy { $0.count == 4 })
    #expect(plane["rows"] as? Int == 100)
    #expect(try slice(run, "--2d", "--points", "3").output.split(separator: "\n").count == 10)
  }

  @Test(arguments: ["sgd(momentum: 0.9)", "adamw", "lion", "shampoo", "scheduleFree(adamw)", "sam(sgd)"])
  func `Any optimizer's update is followed`(optimizer: String) throws {
    let run = try train(
      "--model", "mlp:8,norm=batch,dropout=0.1", "--steps", "5", "--lr", "1e-3", "--optimizer", optimizer)
    let json = try slice(run, "--json", "--rows", "200").json
    #expect(
      json["conditions"] as? [String] == ["batch normalisation with the statistics of all 200 rows", "dropout off"])
    #expect(json["slope"] is Double)
  }

  @Test func `Pictures are written`() throws {
    let run = try linear("0.01")
    _ = try slice(run, "--svg", "a.svg", "--html", "a.html")
    #expect(try folder.text("a.svg").contains("this step 0.01"))
    #expect(try folder.text("a.html").contains("critical rate"))
  }

  @Test(arguments: [
    ("--to 3 --random", 64, "--to and --random ask for two kinds of slice; leave one out."),
    ("--random --lr 1", 64, "--lr is of an update, but --random follows none; leave one out."),
    ("--span 2", 64, "--span is of random directions; add --random or --2d, or leave it out."),
    ("--to 3 --rows 5", 64, "--to measures as evaluate does, over the run's data; leave --rows out."),
    ("--points 2", 64, "--points 2 is out of range; it must be from 3 to 1001."),
  ])
  func `What does not fit is told`(options: String, status: Int32, message: String) throws {
    let run = try descent(["slice", "any"] + options.split(separator: " ").map(String.init), in: folder.url)
    #expect(run.errors == "error: \(message)\n")
    #expect(run.status == status)
  }

  @Test func `Runs that cannot be sliced are told`() throws {
    let run = try linear("0.01")
    let step = try slice(run, "--step", "1")
    #expect(step.errors.contains("has no checkpoint of step 1; kept: "))
    #expect(step.status == 1)
    let other = try train("--data", "linear", "--model", "mlp:10-4-1", "--steps", "2", "--lr", "1e-3")
    let wrong = try slice(run, "--to", other)
    #expect(wrong.errors.contains("is of another model") && wrong.status == 64)
    let same = try slice(run, "--to", run)
    #expect(same.errors == "Both ends have the same parameters: there is no way between them to measure.\n")
    let wild = try linear("1e9", steps: "30")
    #expect(try slice(wild).errors.contains("is not finite; no earlier checkpoint is kept"))
    let checkpoints = folder.url.appending(path: "\(run)/checkpoints")
    for file in try FileManager.default.contentsOfDirectory(at: checkpoints, includingPropertiesForKeys: nil) {
      try Data("torn".utf8).write(to: file)
    }
    #expect(try slice(run).errors.hasSuffix("the run has no checkpoint left that can be read.\n"))
  }
}
