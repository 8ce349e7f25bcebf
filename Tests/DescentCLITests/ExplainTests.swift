import Foundation
import Testing

struct ExplainTests {
  private func explain(_ line: String) throws -> Run {
    try descent(["explain"] + line.split(separator: " ").map(String.init))
  }

  private func figures(_ line: String) throws -> [String: Any] {
    try #require(try explain(line + " --json").json["figures"] as? [String: Any])
  }

  static let topics = [
    "learning-rate", "schedule", "warm-up", "range-test", "diverged", "optimizer", "effective-rate", "bias-correction",
    "momentum", "weight-decay", "edge-of-stability",
  ]

  @Test func `without a topic it lists them`() throws {
    let run = try explain("--json")
    let topics = run.json["topics"] as? [[String: String]] ?? []
    #expect(topics.map { $0["name"] } == Self.topics)
    #expect(topics.allSatisfy { ($0["summary"] ?? "").count > 20 })
    #expect(try explain("").output.split(separator: "\n").count == Self.topics.count)
  }

  @Test(arguments: topics)
  func `every topic has text, formula, numbers, a picture and a next command`(_ topic: String) throws {
    let line = topic == "optimizer" ? "optimizer adam" : topic
    let folder = try ScratchFolder()
    let run = try descent(
      ["explain"] + line.split(separator: " ").map(String.init) + ["--svg", "t.svg", "--html", "t.html", "--json"],
      in: folder.url)
    #expect(run.status == 0)
    let text = run.json["text"] as? String ?? ""
    let formula = run.json["formula"] as? String ?? ""
    #expect(text.count > 300)
    #expect(!formula.isEmpty && formula.split(separator: "\n").allSatisfy { text.contains($0) })
    #expect((run.json["figures"] as? [String: Any])?.isEmpty == false)
    #expect((run.json["next"] as? String)?.hasPrefix("descent ") == true)
    #expect(try folder.text("t.svg").hasPrefix("<svg"))
    #expect(try folder.text("t.html").contains("<svg"))
  }

  @Test func `Adam without bias correction is 6.57 times too long at step 12`() throws {
    let ratio = try #require(try figures("optimizer adam --bias-correction false")["ratio"] as? [String: Any])
    #expect(abs((ratio["maximum"] as? Double ?? 0) - 6.5685) < 1e-4)
    #expect(ratio["step"] as? Int == 12)
    #expect((ratio["series"] as? [Double])?.count == 100)
    let text = try explain("optimizer adam --bias-correction false").output
    #expect(text.contains("6.569×") && text.contains("step 12") && text.contains("(1 − β₁ᵗ)/√(1 − β₂ᵗ)"))
    #expect(try explain("bias-correction").output.contains("6.569× in step 12"))
  }

  @Test func `settings are typed like options or stand in the specification`() throws {
    let spellings = [
      "optimizer adam --bias-correction false --beta2 0.95", "optimizer adam --beta2=0.95 --biasCorrection=false",
      "--json optimizer adam(biasCorrection:false) --beta2 0.95",
    ]
    for line in spellings {
      #expect(try figures(line)["optimizer"] as? String == "adam(beta2: 0.95, biasCorrection: false)")
    }
    #expect(try figures("optimizer adam --amsgrad")["optimizer"] as? String == "adam(amsgrad: true)")
    #expect(
      try figures("optimizer sgd --nesterov --momentum 0.9")["optimizer"] as? String
        == "sgd(momentum: 0.9, nesterov: true)")
  }

  @Test func `it tells what a rate means, the threshold and the settings`() throws {
    let adam = try figures("optimizer adam")
    #expect(abs((adam["threshold"] as? Double ?? 0) - 38000) < 1e-6)
    #expect(adam["rateMeaning"] as? String == "stepSize")
    #expect((adam["settings"] as? [[String: String]])?.first?["range"] == "at least 0 and below 1")
    #expect(adam["ratio"] == nil)
    #expect(try figures("optimizer sgd --lr 0.5 --steps 7")["threshold"] as? Double == 4)
    #expect((try figures("optimizer sgd --steps 7")["series"] as? [Any])?.count == 7)
    #expect(try explain("optimizer lion").output.contains("there is no curvature"))
    #expect(try figures("optimizer prodigy")["rateMeaning"] as? String == "multiplier")
  }

  @Test(arguments: [
    ("momentm", "there is no topic \"momentm\"; did you mean \"momentum\"?"),
    ("optimizer adm", "there is no optimizer \"adm\"; did you mean \"adam\"? (at character 1 of \"adm\")."),
    ("optimizer adam --beta3 1", "explain optimizer has no setting --beta3; did you mean --beta1?"),
    ("optimizer adam --beta2 1.5", "adam: beta2 must be at least 0 and below 1, and 1.5 is not."),
    ("optimizer adam --beta2", "--beta2 needs a value; write --beta2 <value>."),
    ("optimizer adam --lr -1", "--lr -1 is out of range; a learning rate is a number above 0, such as 1e-3."),
    ("optimizer adam --beta2 0.9 --beta2 0.95", "--beta2 is given twice; leave one out."),
    ("warm-up --lr 3", "explain warm-up has no setting --lr; it takes none."),
    ("momentum foo", "explain momentum has no use for the argument \"foo\"."),
  ])
  func `a wrong argument is told, exit 64`(line: String, sentence: String) throws {
    let run = try explain(line)
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.output.isEmpty)
    #expect(run.status == 64)
  }

  @Test func `a terminal sees the picture`() throws {
    let screen = try descentOnTerminal("explain", "optimizer", "adam", "--bias-correction", "false").errors
    #expect(screen.contains("6.569× at step 12"))
  }
}
