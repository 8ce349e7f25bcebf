import Foundation
import Testing

struct ScheduleTests {
  @Test func `In a pipe it prints one rate per line and nothing else`() throws {
    let run = try descent("schedule", "0.1: linear to 0", "--steps", "4")
    #expect(run.output == "0.1\n0.07500000000000001\n0.05\n0.025\n")
    #expect(run.errors.isEmpty)
    #expect(run.status == 0)
  }

  @Test func `JSON holds rates, lint, integral and the canonical text`() throws {
    let run = try descent("schedule", "show", "warmup 2 -> cosine to 1 of peak", "--lr", "1", "--steps", "3", "--json")
    #expect(run.json["canonical"] as? String == "warmup 2 -> cosine to 100%")
    #expect(run.json["rates"] as? [Double] == [0.5, 1, 1])
    #expect(run.json["integral"] as? Double == 2)
    #expect((run.json["lint"] as? [Any])?.isEmpty == true)
  }

  @Test func `Lint prints findings and exits 3 for an error`() throws {
    let bad = try descent("schedule", "0: constant", "--steps", "4", "--lint")
    #expect(bad.output == "error  every-rate-zero  Every rate of the run is 0: nothing is learned.\n")
    #expect(bad.status == 3)
    let fine = try descent("schedule", "0.1: constant", "--steps", "4", "--lint")
    #expect(fine.output.isEmpty)
    #expect(fine.status == 0)
  }

  @Test(arguments: [
    ("0.1: cosin", "there is no shape \"cosin\"; did you mean \"cosine\"? (at character 6 of \"0.1: cosin\")."),
    (
      "0.1: warmup 60% -> cosine 50%",
      "the pieces add up to 110% of the run; at most 100% is there (at character 20 of \"0.1: warmup 60% -> cosine 50%\")."
    ),
    (
      "constant",
      "\"constant\" is a multiplier and needs a peak: give one, or write it first, as in 0.1: constant."
    ),
  ])
  func `A schedule that does not read is told with its place`(text: String, sentence: String) throws {
    let run = try descent("schedule", text, "--steps", "10")
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == 64)
  }

  @Test func `A peak of its own and --lr together are an error`() throws {
    let run = try descent("schedule", "0.1: constant", "--lr", "1", "--steps", "10")
    #expect(run.status == 64)
  }

  @Test func `On a terminal a person gets a summary instead of every rate`() throws {
    let screen = try descentOnTerminal("schedule", "0.1: cosine", "--steps", "1000", output: true).errors
    #expect(screen.contains("area 50 rate·steps"))
    #expect(screen.split(separator: "\n").count < 60)
  }

  @Test func `Another library's call gives that library's rates, with our own text and notes`() throws {
    let call = "StepLR(optimizer, step_size=2, gamma=0.5)"
    let run = try descent("schedule", "--from", "torch", call, "--lr", "0.1", "--steps", "5", "--json")
    #expect(run.json["rates"] as? [Double] == [0.1, 0.1, 0.05, 0.05, 0.025])
    #expect(run.json["library"] as? String == "torch")
    #expect(run.status == 0)
    // Past T_max PyTorch's cosine rises again.
    let cosine = try descent(
      "schedule", "--from", "torch", "CosineAnnealingLR(optimizer, T_max=4)", "--lr", "1", "--steps", "7", "--json")
    let rates = cosine.json["rates"] as? [Double] ?? []
    #expect(rates.count == 7 && rates[4] < 1e-12 && rates[6] > 0.4)
    #expect((cosine.json["notes"] as? [String])?.isEmpty == false)
    let piped = try descent("schedule", "--from", "optax", "optax.linear_schedule(1.0, 0.0, 2)", "--steps", "3")
    #expect(piped.output == "1\n0.5\n0\n")
  }

  @Test func `A call that does not read is told with what would be right`() throws {
    let run = try descent("schedule", "--from", "torch", "StepLr(optimizer, step_size=2)", "--lr", "1", "--steps", "5")
    #expect(run.errors.contains("StepLR"))
    #expect(run.status == 64)
    let library = try descent(
      "schedule", "--from", "tourch", "StepLR(optimizer, step_size=2)", "--lr", "1", "--steps", "5")
    #expect(library.errors.contains("torch"))
    #expect(library.status == 64)
    let base = try descent("schedule", "--from", "torch", "StepLR(optimizer, step_size=2)", "--steps", "5")
    #expect(base.errors.contains("base") && base.status == 64)
  }

  @Test func `Two schedules are compared by their largest difference and their areas`() throws {
    let run = try descent("schedule", "diff", "0.1: linear to 0", "constant", "--lr", "0.1", "--steps", "10", "--json")
    let largest = run.json["largest"] as? [String: Any]
    #expect(abs((largest?["difference"] as? Double ?? 0) - 0.09) < 1e-12)
    #expect(largest?["step"] as? Int == 9)
    #expect(abs((run.json["integralDifference"] as? Double ?? 0) - 0.5) < 1e-12)
    let same = try descent("schedule", "diff", "0.1: cosine", "0.1: cosine to 0", "--steps", "10")
    #expect(same.output == "no difference\n" && same.status == 0)
  }

  @Test func `Several schedules stand side by side, a library's call among them`() throws {
    let arguments = ["schedule", "linear to 0", "0.2: constant", "torch: StepLR(optimizer, 1)", "--lr", "0.1"]
    let run = try descent(arguments + ["--steps", "2"])
    #expect(run.output == "0.1,0.2,0.1\n0.05,0.2,0.010000000000000002\n")
    let json = try descent(arguments + ["--steps", "2", "--json"]).json
    let schedules = json["schedules"] as? [[String: Any]]
    #expect(schedules?.prefix(2).map { $0["rates"] as? [Double] } == [[0.1, 0.05], [0.2, 0.2]])
    #expect(schedules?.last?["library"] as? String == "torch")
    let file = try ScratchFolder()
    let svg = file.url.appending(path: "all.svg").path
    #expect(try descent(arguments + ["--steps", "50", "--svg", svg]).status == 0)
    let picture = try String(contentsOfFile: svg, encoding: .utf8)
    #expect(picture.contains("linear to 0") && picture.contains("StepLR"))
  }

  @Test func `A run may be as long as any clock says`() throws {
    func steps(_ arguments: String...) throws -> Int? {
      try descent(["schedule", "0.1: warmup 1ep -> cosine", "--json"] + arguments).json["steps"] as? Int
    }
    #expect(try steps("--steps", "3ep", "--steps-per-epoch", "40") == 120)
    #expect(try steps("--steps", "3ep", "--samples-per-epoch", "1797", "--batch", "32", "--accumulate", "2") == 85)
    #expect(
      try steps("--steps", "2h", "--seconds-per-step", "0.5", "--steps-per-epoch", "100") == 14_400)
    let missing = try descent("schedule", "0.1: cosine", "--steps", "1e9tok")
    #expect(missing.errors.contains("tokens per step") && missing.status == 64)
    let ramp = try descent(
      "schedule", "0.1: cosine", "--steps", "1600samples", "--batch", "ramp(from: 16, to: 64, by: 16, over: 640)",
      "--json")
    // 14 updates of 16, 7 of 32 and 4 of 48 see 640; the other 960 take 15 of 64.
    #expect(ramp.json["steps"] as? Int == 40)
  }

  @Test func `Rates too small for bfloat16 are found when asked for`() throws {
    let run = try descent(
      "schedule", "1e-3: cosine", "--steps", "10", "--lint", "--precision", "bfloat16")
    #expect(run.output.contains("below-bfloat16-resolution"))
    #expect(try descent("schedule", "1e-3: cosine", "--steps", "10", "--lint").output.isEmpty)
  }

  @Test func `A run too long to list says so, and can be linted`() throws {
    let run = try descent("schedule", "0.1: cosine", "--steps", "1000000000000")
    #expect(run.errors.contains("too many to list") && run.status == 64)
    #expect(try descent("schedule", "0.1: cosine", "--steps", "1000000000000", "--lint").status == 0)
  }

  @Test func `A library's call is compared with a schedule of ours`() throws {
    let run = try descent(
      "schedule", "diff", "linear to 0", "torch: LinearLR(optimizer, 1.0, 0.5, 10)", "--lr", "1", "--steps", "10",
      "--json")
    let largest = run.json["largest"] as? [String: Any]
    #expect(abs((largest?["difference"] as? Double ?? 0) - 0.45) < 1e-12)
    #expect(largest?["step"] as? Int == 9)
    #expect(abs((run.json["integralDifference"] as? Double ?? 0) - 2.25) < 1e-12)
  }

  @Test func `Translate prints the code alone and what to know beside it`() throws {
    let run = try descent(
      "schedule", "translate", "warmup 10 -> cosine", "--to", "optax", "--lr", "0.1", "--steps", "100")
    #expect(run.output.contains("optax.join_schedules("))
    #expect(run.output.hasSuffix("from 0.\n"))
    #expect(run.errors.contains("note: Optax computes the rates in 32-bit floats"))
    #expect(run.status == 0)
  }

  @Test func `Translate in JSON says whether it is exact, and what the optimizer's rate must be`() throws {
    let run = try descent("schedule", "translate", "0.1: linear", "--to", "torch", "--steps", "100", "--json")
    #expect(run.json["exact"] as? Bool == true)
    #expect(run.json["base"] as? Double == 0.1)
    #expect(run.json["call"] as? String == "LinearLR(optimizer, start_factor=1.0, end_factor=0.0, total_iters=100)")
    #expect((run.json["code"] as? String)?.contains("import LinearLR") == true)
    #expect((run.json["notes"] as? [String])?.isEmpty == false)
    #expect((run.json["after"] as? [Double])?.count == 64)
  }

  @Test func `One library's call is translated to another's`() throws {
    let call = "torch: CosineAnnealingLR(optimizer, 100)"
    let run = try descent("schedule", "translate", call, "--to", "mlx", "--lr", "0.1", "--steps", "100")
    #expect(run.output.contains("optim.cosine_decay(0.1, decay_steps=100)"))
    let none = try descent(
      "schedule", "translate", "pytorch_optimizer: get_chebyshev_schedule(optimizer, 50)", "--to", "mlx", "--lr", "0.1",
      "--steps", "100")
    #expect(none.status == 64 && none.errors.contains("nothing to translate"))
  }

  @Test(arguments: [
    ("fastai", "can be read but not written; there are: torch"), ("torhc", "did you mean \"torch\"?"),
  ])
  func `A library that cannot be written is told`(library: String, sentence: String) throws {
    let run = try descent("schedule", "translate", "0.1: cosine", "--to", library, "--steps", "100")
    #expect(run.status == 64)
    #expect(run.errors.contains(sentence), "\(run.errors)")
  }
}
