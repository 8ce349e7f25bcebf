import Foundation
import Testing

struct EdgeTests {
  private func edge(_ line: String...) throws -> Run { try descent(["edge"] + line) }

  private func series(_ run: Run, _ key: String) -> [Double] {
    (run.json["series"] as? [[String: Any]] ?? []).compactMap { $0[key] as? Double }
  }

  private func number(_ run: Run, _ key: String) throws -> Double { try #require(run.json[key] as? Double) }

  private func rules(_ run: Run) -> [String] {
    (run.json["advice"] as? [[String: String]] ?? []).compactMap { $0["rule"] }
  }

  @Test(arguments: [("0.4", "3000", "0"), ("0.4", "3000", "4"), ("0.2", "6000", "1")])
  func `Chebyshev regression comes to the edge and stays`(_ rate: String, _ steps: String, _ seed: String) throws {
    let run = try edge("--example", "chebyshev", "--lr", rate, "--steps", steps, "--seed", seed, "--json")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.json["verdict"] as? String == "atEdge")
    #expect((0.97...1.07).contains(try number(run, "meanRatio")))
    #expect(try number(run, "p5Ratio") >= 0.82)
    #expect(try number(run, "maxRatio") <= 1.45)
    #expect(try number(run, "fractionRising") > 0.005)
    // Single losses rise; the median of late ones has fallen.
    let losses = series(run, "loss")
    #expect(losses.suffix(50).sorted()[25] < 0.95 * losses[0])
  }

  @Test func `the figures are those of the series from the crossing on`() throws {
    let run = try edge("--example", "chebyshev", "--steps", "2500", "--json")
    let (steps, ratios) = (series(run, "step"), series(run, "ratio"))
    #expect(steps == (0..<250).map { Double(10 * $0) })
    let first = try #require(ratios.firstIndex { $0 >= 1 })
    #expect(run.json["crossingStep"] as? Int == 10 * first)
    let since = ratios[first...].sorted()
    #expect(abs(try number(run, "meanRatio") - since.reduce(0, +) / Double(since.count)) < 1e-12)
    #expect(try number(run, "maxRatio") == since.last)
    let tail = try [number(run, "p5Ratio"), number(run, "p95Ratio")]
    #expect(since[0] <= tail[0] && tail[0] <= since[since.count / 10])
    #expect(since[since.count * 9 / 10] <= tail[1] && tail[1] <= since[since.count - 1])
    #expect(try number(run, "threshold") == 5)
    #expect(zip(series(run, "sharpness"), ratios).allSatisfy { abs($0 / 5 - $1) < 1e-12 })
    #expect((run.json["products"] as? Int ?? 0) < 250 * 5)
  }

  @Test func `no edge is an answer`() throws {
    let run = try edge("--example", "chebyshev", "--lr", "0.05", "--steps", "300", "--json")
    #expect(run.status == 0)
    #expect(run.json["verdict"] as? String == "below")
    for key in ["crossingStep", "meanRatio", "p5Ratio", "p95Ratio", "maxRatio"] { #expect(run.json[key] is NSNull) }
    #expect(try number(run, "fractionRising") == 0)
    #expect(rules(run) == ["R1", "R2"])
    #expect(run.json["next"] as? String == "descent edge --example chebyshev --lr 0.1 --steps 300")
  }

  @Test func `under a schedule the threshold is a curve`() throws {
    let run = try edge(
      "--example", "chebyshev", "--schedule", "warmup 10% -> cosine to 10%", "--steps", "200", "--json")
    let rates = try descent(
      "schedule", "warmup 10% -> cosine to 10%", "--lr", "0.4", "--steps", "200", "--json")
    let wanted = try #require(rates.json["rates"] as? [Double])
    for (step, threshold) in zip(series(run, "step"), series(run, "threshold")) {
      #expect(abs(threshold * wanted[Int(step)] / 2 - 1) < 1e-12)
    }
    #expect(abs(try number(run, "threshold") * wanted[199] / 2 - 1) < 1e-12)
  }

  @Test(arguments: [
    ("adam", 38.0), ("adam(beta1: 0.5)", 6.0), ("rmsprop(beta2: 0.99)", 2.0), ("sgd(momentum: 0.9)", 3.8),
    ("sgd(momentum: 0.9, nesterov: true)", 3.8 / 2.8),
  ])
  func `the threshold is the rule's own`(_ optimizer: String, _ multiple: Double) throws {
    let run = try edge(
      "--example", "chebyshev", "--optimizer", optimizer, "--lr", "0.01", "--steps", "30", "--json")
    #expect(abs(try number(run, "threshold") / (multiple / 0.01) - 1) < 1e-12)
  }

  @Test(arguments: [("adam", "0.003", 0.97...1.03), ("rmsprop(beta2: 0.99)", "0.001", 0.98...1.05)])
  func `an adaptive rule's preconditioned sharpness comes to its own edge`(
    _ optimizer: String, _ rate: String, _ expected: ClosedRange<Double>
  ) throws {
    let run = try edge("--example", "chebyshev", "--optimizer", optimizer, "--lr", rate, "--steps", "3000", "--json")
    let late = series(run, "ratio").suffix(150).sorted()
    #expect(expected.contains(late[75]))
  }

  // Those of Shampoo and SOAP are for the Hessian under their own matrices, which is not measured.
  @Test(arguments: ["lion", "shampoo", "soap"])
  func `a rule without a threshold for what is measured has none`(_ optimizer: String) throws {
    let line = ["--example", "chebyshev", "--optimizer", optimizer, "--lr", "1e-3", "--steps", "30"]
    let run = try descent(["edge"] + line + ["--json"])
    #expect(run.json["threshold"] as? String == "inf")
    #expect(run.json["verdict"] as? String == "noThreshold")
    #expect(series(run, "ratio").allSatisfy { $0 == 0 })
    #expect(run.json["advice"] as? [String] == [])
    #expect(run.status == 0)
    #expect(try descent(["edge"] + line).errors.hasPrefix("This update rule has no threshold"))
  }

  @Test func `SAM's ρ is told to be a lower bound`() throws {
    let run = try edge("--example", "chebyshev", "--optimizer", "sam(sgd)", "--lr", "0.1", "--steps", "11", "--json")
    #expect((run.json["warnings"] as? [String])?.count == 1)
    #expect((run.json["warnings"] as? [String])?.first?.contains("ρ is a lower bound") == true)
  }

  @Test func `in a pipe the verdict goes to standard error`() throws {
    let run = try edge("--example", "chebyshev", "--steps", "1", "--optimizer", "adam", "--lr", "0.01")
    #expect(run.output == "step,loss,sharpness,threshold,ratio\n" && run.errors == "Nothing was measured.\n")
  }

  @Test func `a rate that blows up before anything is measured is to be found`() throws {
    let run = try edge("--data", "blobs", "--optimizer", "adam", "--lr", "1e30", "--steps", "40", "--json")
    #expect(run.status == 3 && series(run, "step").isEmpty)
    #expect(run.json["next"] as? String == "descent find --data blobs --optimizer adam")
  }

  @Test func `from far beyond the edge the next rate is one that is stable at the start`() throws {
    let line = ["--example", "chebyshev", "--lr", "50", "--steps", "100"]
    let run = try descent(["edge"] + line + ["--json"])
    let first = try #require(series(run, "ratio").first)
    let next = try #require(run.json["next"] as? String).split(separator: " ").map(String.init)
    let rate = try #require(Double(next[5]))
    #expect(run.status == 3 && first > 10 && next[4] == "--lr")
    #expect(abs(rate * first / 50 - 1) < 1e-3)
    #expect(try descent(["edge"] + line).errors.hasPrefix("Diverged at step "))
  }

  @Test func `divergence exits with 3 and the whole result`() throws {
    let run = try edge("--example", "chebyshev", "--lr", "3", "--steps", "100", "--json")
    #expect(run.status == 3)
    #expect(run.json["diverged"] as? Bool == true && run.json["verdict"] as? String == "beyond")
    #expect((run.json["steps"] as? Int ?? 100) < 100)
    #expect(!series(run, "ratio").isEmpty)
    #expect(rules(run) == ["R1", "R4"])
    let plain = try edge("--example", "chebyshev", "--lr", "3", "--steps", "100")
    #expect(plain.status == 3 && plain.output.hasPrefix("step,loss,sharpness,threshold,ratio\n0,"))
  }

  @Test func `a rate raised in one step blows up, and the advice says why`() throws {
    let run = try edge(
      "--example", "chebyshev", "--schedule", "hold 2000 -> hold 2000 from 50% -> hold from 100%", "--steps", "5000",
      "--json")
    #expect(run.status == 3)
    #expect((4001...4200).contains(run.json["divergedAt"] as? Int ?? 0))
    #expect(rules(run).contains("R5") && rules(run).contains("R7"))
    #expect(run.json["next"] is NSNull)
  }

  @Test func `mini-batches have a Batch Sharpness`() throws {
    let run = try edge("--example", "stochastic", "--steps", "800", "--json")
    let (rates, values, ratios) = (series(run, "rate"), series(run, "batchSharpness"), series(run, "batchRatio"))
    #expect(values.count == 10 && ratios.count == 10)
    #expect(zip(zip(values, rates), ratios).allSatisfy { abs($0.0 * $0.1 / 2 - $1) < 1e-12 })
    #expect(rules(run).contains("R9"))
    let heavy = try edge(
      "--example", "stochastic", "--optimizer", "sgd(momentum: 0.9)", "--lr", "0.05", "--steps", "400", "--json")
    #expect(rules(heavy).contains("R10"))
    // Its line, 2/η, is not that of rules that rescale.
    let adaptive = try edge(
      "--example", "stochastic", "--optimizer", "adam", "--lr", "1e-3", "--steps", "100", "--json")
    #expect(!series(adaptive, "ratio").isEmpty && series(adaptive, "batchSharpness").isEmpty)
    #expect(adaptive.json["batchRatio"] == nil && adaptive.json["next"] is NSNull)
    #expect(rules(adaptive).contains("R9"))
    let lines = try edge("--example", "stochastic", "--steps", "100").output.split(separator: "\n")
    #expect(lines[0] == "step,loss,sharpness,threshold,ratio,batchSharpness")
    #expect(lines.dropFirst().allSatisfy { $0.split(separator: ",").count == 6 })
  }

  @Test func `any data and model, all rows at once`() throws {
    let run = try edge(
      "--data", "moons", "--model", "mlp:16", "--loss", "squared", "--optimizer", "sgd", "--lr", "0.1", "--steps", "40",
      "--every", "20", "--eigenvalues", "2", "--json")
    #expect(series(run, "step") == [0, 20])
    #expect(run.json["warnings"] as? [String] == [])
    let rows = run.json["series"] as? [[String: Any]] ?? []
    #expect(rows.allSatisfy { ($0["eigenvalues"] as? [Double])?.count == 2 })
    // The same loss as that of the step made there: nothing is left out of it.
    #expect(abs(series(run, "loss")[0] - (try number(run, "firstLoss"))) < 1e-5)
  }

  @Test func `a budget changes when it is measured, not what is trained`() throws {
    let often = try edge("--example", "chebyshev", "--steps", "500", "--json")
    let seldom = try edge("--example", "chebyshev", "--steps", "500", "--budget", "5%", "--json")
    #expect(try number(often, "lastLoss") == number(seldom, "lastLoss"))
    #expect(try number(often, "fractionRising") == number(seldom, "fractionRising"))
  }

  @Test func `the catapult follows its recursion`() throws {
    let run = try edge("--example", "catapult", "--lr", "1.5", "--steps", "40", "--json")
    #expect(try number(run, "deviation") <= 1e-12)
    let (losses, lambdas) = (series(run, "loss"), series(run, "sharpness"))
    for step in 0..<40 {
      let (square, eta, lambda) = (2 * losses[step], 1.5, lambdas[step])
      let factor = 1 - eta * lambda + eta * eta * square / 1000
      #expect(abs(losses[step + 1] - losses[step] * factor * factor) <= 1e-12 * max(losses[step], losses[step + 1]))
      #expect(abs(lambdas[step + 1] - (lambda + eta * square / 1000 * (eta * lambda - 4))) <= 1e-12 * lambda)
    }
    let phases = (run.json["table"] as? [[String: Any]] ?? []).compactMap { $0["phase"] as? String }
    #expect(
      phases == [String](repeating: "lazy", count: 3) + [String](repeating: "catapult", count: 5) + [
        "diverges", "diverges",
      ])
    #expect(try edge("--example", "catapult", "--lr", "3").status == 3)
    // Too few steps to see the loss fall are no divergence.
    let short = try edge("--example", "catapult", "--lr", "1.5", "--steps", "3", "--json")
    #expect(short.status == 0 && short.json["verdict"] as? String == "unfinished")
    #expect(short.json["diverged"] as? Bool == false)
  }

  @Test func `pictures show the loss, the sharpness and its line`() throws {
    let folder = try ScratchFolder()
    let run = try descent(
      [
        "edge", "--example", "chebyshev", "--steps", "1500", "--svg", "e.svg", "--html", "e.html", "--quiet",
      ], in: folder.url)
    #expect(run.status == 0)
    for text in ["2/η = 5", "edge reached, step", "sharpness", "loss"] {
      #expect(try folder.text("e.svg").contains(text))
      #expect(try folder.text("e.html").contains(text))
    }
    #expect(try folder.text("e.html").contains("R1: This is the normal regime"))
    _ = try descent(
      ["edge", "--example", "chebyshev", "--optimizer", "adam", "--lr", "0.01", "--steps", "60", "--svg", "a.svg"],
      in: folder.url)
    #expect(try folder.text("a.svg").contains("ρ = sharpness / threshold"))
  }

  @Test func `a terminal sees picture, verdict and advice`() throws {
    let screen = try descentOnTerminal("edge", "--example", "chebyshev", "--steps", "2000", output: true).errors
    #expect(screen.contains("At the edge of stability since step"))
    #expect(screen.contains("edge reached"))
    #expect(screen.contains("Next: descent edge --example chebyshev --lr 0.2 --steps 4000"))
  }

  @Test func `a long run is drawn while it goes on, and Ctrl-C ends it with what was measured`() throws {
    let run = try descentOnTerminal(
      "edge", "--example", "classifier", "--steps", "10000000", output: true, interruptAt: "of 10000000")
    #expect(run.status == 130)
    #expect(run.errors.contains("\u{1B}[J") && run.errors.contains("Interrupted after"))
  }

  @Test(arguments: [
    (
      ["--example", "chebychev"],
      "--example chebychev is not an example; did you mean \"chebyshev\"?"
    ),
    (
      ["--example", "chebyshev", "--data", "digits"],
      "--example chebyshev brings its own data and model; leave --data out."
    ),
    (
      ["--example", "catapult", "--optimizer", "adam"],
      "--example catapult is plain gradient descent in closed form; leave --optimizer out."
    ),
    (["--every", "5", "--budget", "5%"], "--every and --budget both say when to measure; leave one out."),
    (["--budget", "2000%"], "--budget 2000% is out of range; it must be above 0% and at most 1000%, such as 5%."),
    (["--budget", "5"], "--budget 5 is not a share of the training's time; write it as 5%."),
    (["--ema", "0.9"], "--ema averages parameters, but edge measures those being trained; leave it out."),
    (
      ["--example", "classifier", "--batch", "401"],
      "--batch 401 is more than the 400 training rows; use --batch 400 or --batch full."
    ),
    (["--lr", "-1"], "--lr -1 is out of range; a learning rate is a number above 0, such as 1e-3."),
  ])
  func `a wrong argument is told, exit 64`(_ arguments: [String], _ sentence: String) throws {
    let run = try descent(["edge"] + arguments)
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == 64 && run.output.isEmpty)
  }
}
