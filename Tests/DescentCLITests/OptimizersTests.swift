import Testing

@Suite struct OptimizersTests {
  @Test func `every rule is listed, with what scripts need`() throws {
    let run = try descent("optimizers", "--json")
    #expect(run.status == 0)
    let list = try #require(run.json["optimizers"] as? [[String: Any]])
    #expect(list.count > 60)
    let adamw = try #require(list.first { $0["name"] as? String == "adamw" })
    #expect(adamw["family"] as? String == "element-wise")
    #expect(adamw["defaultLearningRate"] as? Double == 1e-3)
    #expect(adamw["rateMeaning"] as? String == "step size")
    #expect(adamw["bytesPerParameter"] as? Double == 8)
    let settings = try #require(adamw["settings"] as? [[String: String]])
    #expect(settings.first == ["name": "beta1", "value": "0.9", "range": "at least 0 and below 1"])
    let prodigy = try #require(list.first { $0["name"] as? String == "prodigy" })
    #expect(prodigy["rateMeaning"] as? String == "multiplier")
  }

  @Test func `some are listed as specifications, one a line in a pipe`() throws {
    let run = try descent("optimizers", "sgd(momentum: 0.9)", "lookahead(adam, k: 7)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("sgd") && lines[0].contains("momentum: 0.9"))
    #expect(lines[1].contains("adam, k: 7"))
    #expect(run.errors.contains("mlp:64-128-128-10"))
  }

  @Test func `a misspelt name is told`() throws {
    let run = try descent("optimizers", "adamv", "--json")
    #expect(run.status == 64)
    #expect((run.error["message"] as? String)?.contains("adamv") == true)
  }
}
