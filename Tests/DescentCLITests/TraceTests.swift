import Foundation
import Testing

struct TraceTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func trace(_ problem: String, _ arguments: String...) throws -> Run {
    try folder.write(problem, to: "problem.json")
    return try descent(["trace", "--problem", "problem.json"] + arguments, in: folder.url)
  }

  @Test func `On x² the path is (1 − 2η)^t, also where it blows up, and the exit is 0`() throws {
    let run = try descent("trace", "--lr", "1.1", "--steps", "30", "--json")
    let path = (run.json["path"] as? [[Double]] ?? []).map { $0[0] }
    #expect(path.count == 30)
    for (step, x) in path.enumerated() { #expect(abs(x / pow(-1.2, Double(step + 1)) - 1) < 1e-12) }
    let losses = run.json["losses"] as? [Double] ?? []
    #expect(zip(losses, path).allSatisfy { abs($0 / ($1 * $1) - 1) < 1e-12 })
    #expect(run.json["diverged"] as? Bool == true)
    #expect(run.status == 0)
  }

  @Test func `Without a problem it shows five rates on x²`() throws {
    let run = try descent("trace", "--steps", "20", "--json")
    let runs = run.json["runs"] as? [[String: Any]] ?? []
    #expect(runs.map { $0["rate"] as? Double } == [0.001, 0.1, 0.9, 1.0, 1.1])
    #expect(runs.map { $0["diverged"] as? Bool } == [false, false, false, false, true])
    let screen = try descentOnTerminal("trace", output: true).errors
    for words in ["It converges", "It oscillates", "It bounces", "It blows up"] { #expect(screen.contains(words)) }
  }

  @Test func `Every rate given is followed, with commas or one --lr each`() throws {
    let run = try descent("trace", "--lr", "0.1,0.2", "--lr", "0.9", "--steps", "1", "--json")
    #expect((run.json["runs"] as? [[String: Any]])?.map { $0["rate"] as? Double } == [0.1, 0.2, 0.9])
  }

  @Test func `In a pipe every step is a line`() throws {
    let run = try trace(#"{"hessian": [[3, 1], [1, 2]], "start": [1, -2]}"#, "--lr", "0.5", "--steps", "2")
    #expect(run.output == "rate,step,loss,p1,p2\n0.5,1,0.375,0.5,-0.5\n0.5,2,0.0625,0,-0.25\n")
  }

  @Test func `Not-a-number and infinities are strings`() throws {
    let run = try descent("trace", "--lr", "100", "--steps", "400", "--json")
    #expect((run.json["losses"] as? [Any])?.last as? String == "nan")
    #expect(run.status == 0)
  }

  @Test func `The rate follows a schedule`() throws {
    let run = try descent("trace", "--schedule", "linear to 0", "--lr", "0.5", "--steps", "2", "--json")
    #expect((run.json["path"] as? [[Double]]) == [[0], [0]])
    let own = try descent("trace", "--schedule", "0.25: constant", "--steps", "2", "--json")
    #expect((own.json["path"] as? [[Double]]) == [[0.5], [0.25]])
  }

  @Test func `Without --lr the optimizer's own rate is used, and said`() throws {
    let run = try descent("trace", "--optimizer", "adam", "--steps", "1", "--json")
    #expect(run.errors == "note: no --lr given: using 0.001, the default of adam.\n")
    #expect(run.json["rate"] as? Double == 0.001)
  }

  @Test(arguments: [
    (
      #"{"function": "rosenbrok", "start": [1, 2]}"#, "there is no function \"rosenbrok\"; did you mean \"rosenbrock\"?"
    ),
    (#"{"function": "rosenbrock", "start": [1]}"#, "rosenbrock takes 2 parameters, and the start has 1."),
    (#"{"hessian": [[1, 2], [3, 4]], "start": [1, 2]}"#, "the hessian is not symmetric: "),
  ])
  func `A problem that does not fit together is told, exit 1`(problem: String, sentence: String) throws {
    let run = try trace(problem, "--lr", "0.1")
    #expect(run.errors.hasPrefix("error: problem.json: \(sentence)"))
    #expect(run.errors.filter(\.isNewline).count == 1)
    #expect(run.status == 1)
  }

  @Test(arguments: [
    ("--optimizer adm", "there is no optimizer \"adm\"; did you mean \"adam\"? (at character 1 of \"adm\")."),
    (
      "--optimizer sgd(momentm:0.9)",
      "sgd has no argument \"momentm\"; did you mean \"momentum\"? (at character 5 of \"sgd(momentm:0.9)\")."
    ),
    (
      "--lr 0.1,-1",
      "--lr 0.1,-1 holds \"-1\", which is out of range; a learning rate is a number above 0, such as 1e-3."
    ),
    ("--lr 0.1,x", "--lr 0.1,x holds \"x\", which is not a number."),
    ("--steps 0", "--steps 0 is out of range; it must be from 1 to 1000000."),
  ])
  func `A wrong argument is told, exit 64`(line: String, sentence: String) throws {
    let run = try descent(["trace"] + line.split(separator: " ").map(String.init))
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == 64)
  }

  @Test func `Contours go to SVG`() throws {
    _ = try trace(#"{"function": "rosenbrock", "start": [-1.2, 1]}"#, "--lr", "0.001", "--svg", "path.svg")
    #expect(try folder.text("path.svg").hasPrefix("<svg"))
  }
}
