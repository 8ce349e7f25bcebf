import Foundation
import Testing

struct TraceFromTests {
  private func path(_ run: Run) -> [[Double]]? { run.json["path"] as? [[Double]] }

  @Test func `The optimizer and its rate are the call's`() throws {
    let theirs = try descent(
      "trace", "--from", "torch", "SGD(model.parameters(), lr=0.25, momentum=0.5)", "--steps", "4", "--json")
    let ours = try descent("trace", "--optimizer", "sgd(momentum: 0.5)", "--lr", "0.25", "--steps", "4", "--json")
    #expect(theirs.status == 0)
    #expect(path(theirs)?.count == 4)
    #expect(path(theirs) == path(ours))
    #expect(theirs.json["rate"] as? Double == 0.25)
    #expect(
      theirs.errors
        == "note: torch's SGD(model.parameters(), lr=0.25, momentum=0.5) is sgd(momentum: 0.5) at a rate of 0.25.\n")
  }

  @Test func `What to know about the library's path is told`() throws {
    let run = try descent("trace", "--from", "torch", "Muon(p)", "--steps", "1")
    #expect(run.status == 0)
    #expect(run.errors.contains("note: Muon takes its Newton–Schulz steps in bfloat16"))
  }

  @Test func `A schedule scales the call's rate`() throws {
    let run = try descent(
      "trace", "--from", "torch", "SGD(p, lr=0.5)", "--schedule", "linear to 0", "--steps", "2", "--json")
    #expect(path(run) == [[0], [0]])
  }

  @Test(
    arguments: [
      (["--from", "torch", "Adm(p)"], "did you mean \"Adam\"?"),
      (["--from", "torch", "Adam(p, beta=(0.9, 0.9))"], "did you mean \"betas\"?"),
      (["--from", "optax", "adam()"], "adam needs learning_rate"),
      (["--from", "tourch", "Adam(p)"], "did you mean \"torch\"?"),
      (["--from", "torch"], "--from torch needs the call after it"),
      (["Adam(p)"], "say whose call it is with --from"),
      (["--from", "torch", "Adam(p)", "--lr", "0.1"], "--lr does not go with --from"),
      (["--from", "torch", "Adam(p)", "--optimizer", "sgd"], "--optimizer does not go with --from"),
      (["--from", "torch", "Adam(p, maximize=True)"], "a trace descends"),
      (["--from", "optax", "sm3(0.1)"], "SM3 is not among our rules"),
    ])
  func `what does not fit is a usage error in one sentence`(arguments: [String], words: String) throws {
    let run = try descent(["trace"] + arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(run.output.isEmpty)
  }
}
