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
    #expect(
      runs.map { $0["outcome"] as? String } == ["crawls", "converges", "oscillates", "bounces", "blows up"])
    let screen = try descentOnTerminal("trace", output: true).errors
    for words in ["It crawls", "It converges", "It oscillates", "It bounces", "It blows up"] {
      #expect(screen.contains(words))
    }
    #expect(screen.contains("f(x) = x²"))
    #expect(screen.contains("η = 1.1 leaves the picture at step 3."))
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

  @Test(arguments: ["rosenbrock", "beale", "himmelblau", "rastrigin", "saddle", "ravine", "bowl", "square", "x²"])
  func `A problem can be named`(name: String) throws {
    let run = try descent("trace", "--problem", name, "--lr", "0.0001", "--steps", "3", "--json")
    #expect(run.status == 0)
    #expect((run.json["path"] as? [[Double]])?.count == 3)
    let screen = try descentOnTerminal("trace", "--problem", name, "--lr", "0.0001", output: true).errors
    #expect(screen.contains(["square", "x²"].contains(name) ? "f(x) =" : "f(x, y) ="))
  }

  @Test func `A name beats a file of that name, a path does not`() throws {
    try folder.write(#"{"hessian": [[2]], "start": [5]}"#, to: "saddle")
    func start(_ problem: String) throws -> [Double]? {
      let run = try descent(
        ["trace", "--problem", problem, "--lr", "0.1", "--steps", "1", "--json"], in: folder.url)
      return run.json["start"] as? [Double]
    }
    #expect(try start("saddle") == [-1, 0.001])
    #expect(try start("./saddle") == [5])
  }

  @Test func `--start moves the start`() throws {
    let run = try descent(
      "trace", "--problem", "bowl", "--start", "-1,2", "--lr", "0.25", "--steps", "1", "--json")
    #expect(run.json["path"] as? [[Double]] == [[-0.75, 0]])
  }

  @Test func `Every optimizer with every rate is a path of its own`() throws {
    let run = try descent(
      "trace", "--problem", "bowl", "--optimizer", "sgd; sgd(momentum: 0.9, nesterov: true); adam", "--lr", "0.1,0.2",
      "--steps", "2", "--json")
    let runs = run.json["runs"] as? [[String: Any]] ?? []
    let rules = ["sgd", "sgd(momentum: 0.9, nesterov: true)", "adam"]
    #expect(runs.map { $0["optimizer"] as? String } == rules.flatMap { [$0, $0] })
    #expect(runs.map { $0["rate"] as? Double } == [0.1, 0.2, 0.1, 0.2, 0.1, 0.2])
    for one in runs {
      #expect((one["path"] as? [[Double]])?.count == 2)
      #expect((one["losses"] as? [Double])?.count == 2)
      #expect(one["diverged"] as? Bool == false)
      #expect(one["verdict"] is String)
    }
  }

  @Test func `Rates of their own name the optimizers`() throws {
    func pairs(_ arguments: String...) throws -> [String] {
      let run = try descent(["trace", "--problem", "bowl", "--steps", "1", "--json"] + arguments)
      let runs = run.json["runs"] as? [[String: Any]] ?? [run.json]
      return runs.map { "\($0["optimizer"] ?? "") \($0["rate"] ?? "")" }
    }
    #expect(
      try pairs("--lr", "adam@0.1,0.3; sgd(momentum: 0.9)@0.01") == ["adam 0.1", "adam 0.3", "sgd(momentum: 0.9) 0.01"])
    #expect(
      try pairs("--optimizer", "sgd;adam", "--lr", "0.1", "--lr", "adam@0.3") == ["sgd 0.1", "adam 0.3", "adam 0.1"])
    #expect(
      try pairs("--optimizer", "sgd;sgd(momentum: 0.5)", "--lr", "sgd(momentum: 0.5)@0.2;0.1")
        == ["sgd 0.1", "sgd(momentum: 0.5) 0.2", "sgd(momentum: 0.5) 0.1"])
  }

  @Test func `Effective rates stand beside the requested ones`() throws {
    let run = try descent(
      "trace", "--problem", "bowl", "--optimizer", "sgd(momentum: 0.5)", "--lr", "0.1", "--steps", "2",
      "--effective-rates", "--json")
    let rates = run.json["effectiveRates"] as? [[String: Any]] ?? []
    #expect(rates.map { $0["step"] as? Int } == [1, 2])
    #expect(rates.map { $0["requested"] as? Double } == [0.1, 0.1])
    for key in ["minimum", "median", "maximum"] {
      #expect(abs((rates.last?[key] as? Double ?? 0) - 0.15) < 1e-12)
    }
    let factors = rates.last?["factors"] as? [[String: Any]] ?? []
    #expect(factors.map { $0["name"] as? String } == ["momentum"])
    #expect(factors.map { $0["value"] as? Double } == [1.5])
    let silent = try descent("trace", "--lr", "0.1", "--steps", "2", "--json")
    #expect(silent.json["effectiveRates"] == nil)
    let screen = try descentOnTerminal("trace", "--lr", "0.1", "--effective-rates", output: true).errors
    #expect(screen.contains("rate, requested and effective"))
  }

  @Test func `The shape of a file reaches rules for matrices`() throws {
    let hessian = "[[3,1,0,0],[1,2,0,0],[0,0,5,1],[0,0,1,1]]"
    func path(_ shape: String) throws -> [[Double]]? {
      let run = try trace(
        #"{"hessian": \#(hessian), "start": [1, -2, 0.5, 3]\#(shape)}"#, "--optimizer", "muon", "--lr", "0.1",
        "--steps",
        "2", "--json")
      return run.json["path"] as? [[Double]]
    }
    let (matrix, vector) = (try path(#", "shape": [2, 2]"#), try path(""))
    #expect(matrix?.count == 2 && vector?.count == 2)
    #expect(matrix != vector)
  }

  @Test func `Several optimizers are told apart in a pipe`() throws {
    let run = try descent(
      "trace", "--optimizer", "sgd;sgd(momentum: 0.5, nesterov: true)", "--lr", "0.25", "--steps", "1")
    #expect(
      run.output == """
        optimizer,rate,step,loss,p1
        "sgd",0.25,1,0.25,0.5
        "sgd(momentum: 0.5, nesterov: true)",0.25,1,0.0625,0.25

        """)
  }

  @Test(arguments: [
    (
      ["--problem", "himelblau"],
      "--problem himelblau is neither the name of a problem nor a file; did you mean \"himmelblau\"?"
    ),
    (["--problem", "bowl", "--start", "1"], "--start does not fit: bowl takes 2 parameters, and the start has 1."),
    (["--start", "1,a"], "--start 1,a holds \"a\", which is not a number."),
    (
      ["--optimizer", "sgd;rmsprop", "--lr", "adam@0.1"],
      "--lr has rates for adam, which --optimizer does not name; it names sgd; rmsprop."
    ),
    (["--lr", "@0.1"], "--lr @0.1 names no optimizer before the @; write adam@1e-3,3e-3."),
    (["--lr", "adam@-1"], "--lr adam@-1 is out of range; a learning rate is a number above 0, such as 1e-3."),
  ])
  func `A wrong problem, start or rate is told, exit 64`(arguments: [String], sentence: String) throws {
    let run = try descent(["trace"] + arguments)
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == 64)
  }

  @Test func `Level lines, paths and losses go to one SVG and one page`() throws {
    _ = try trace(
      #"{"function": "rosenbrock"}"#, "--lr", "sgd@0.001;adam@0.1", "--svg", "path.svg", "--html", "path.html")
    let svg = try folder.text("path.svg")
    #expect(svg.hasPrefix("<svg"))
    for words in ["sgd, η = 0.001", "adam, η = 0.1", ">minimum<", ">loss<", ">step<", "class=\"level\""] {
      #expect(svg.contains(words), "\(words)")
    }
    #expect(try folder.text("path.html").contains("It is under way after 20 steps"))
  }

  @Test func `More than two parameters are shown by their loss alone`() throws {
    _ = try trace(
      #"{"hessian": [[1,0,0],[0,2,0],[0,0,3]], "start": [1, 1, 1]}"#, "--lr", "0.1", "--svg", "path.svg")
    let svg = try folder.text("path.svg")
    #expect(!svg.contains("class=\"level\""))
    #expect(svg.contains("3 parameters"))
  }
}
