import Testing

struct BenchTests {
  @Test func `The results name workload, seconds and threads`() throws {
    let run = try descent(
      "bench", "--only", "schedule-cosine,adam-update-10000", "--threads", "1", "--budget", "0.01", "--json")
    let results = run.json["results"] as? [[String: Any]] ?? []
    #expect(results.map { $0["name"] as? String } == ["schedule-cosine", "adam-update-10000"])
    for result in results {
      let seconds = result["secondsPerStep"] as? Double ?? 0
      #expect(seconds > 0 && seconds < 0.1)
      #expect(result["threads"] as? Int == 1)
    }
    #expect(run.errors.isEmpty)
    #expect(run.status == 0)
  }

  @Test func `The floor of a training step is its products and its traffic`() throws {
    let run = try descent(
      "bench", "--only", "mlp-digits-b32,schedule-cosine", "--floor", "--threads", "1", "--budget", "0.02", "--json")
    // A schedule is no training step and has none.
    let floors = run.json["floors"] as? [[String: Any]] ?? []
    #expect(floors.map { $0["name"] as? String } == ["mlp-digits-b32"])
    func figure(_ key: String) throws -> Double { try #require(floors.first?[key] as? Double, "\(key)") }
    let (step, products, traffic) = try (figure("secondsPerStep"), figure("products"), figure("traffic"))
    for seconds in [step, products, traffic] { #expect((1e-7..<0.1).contains(seconds)) }
    #expect(try abs(figure("ratio") * (products + traffic) / step - 1) < 1e-9)
    #expect(floors.first?["threads"] as? Int == 1)
    #expect(run.status == 0)
    let table = try descent("bench", "--only", "mlp-digits-b32", "--floor", "--budget", "0.02").output
    let lines = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map { $0[0] } == ["workload", "mlp-digits-b32"])
    #expect(lines[0] == ["workload", "step", "products", "traffic", "step", "/", "sum"])
  }

  @Test func `In a pipe a workload is a line of its name and seconds`() throws {
    let run = try descent("bench", "--only", "schedule-cosine", "--budget", "0.01")
    let fields = run.output.split(separator: " ")
    #expect(fields.first == "schedule-cosine")
    #expect(fields.last.flatMap { Double($0.dropLast()) } ?? 0 > 0)
    #expect(run.output.filter(\.isNewline).count == 1)
  }

  @Test func `On a terminal it is a table with units`() throws {
    let screen = try descentOnTerminal(
      "bench", "--only", "schedule-cosine", "--budget", "0.01", output: true
    ).errors
    #expect(screen.contains("workload"))
    #expect(screen.contains(" ns") || screen.contains(" µs"))
  }

  @Test(arguments: [
    ("--only hvp-digit-full", "--only hvp-digit-full is not known; did you mean \"hvp-digits-full\"?"),
    ("--only schedule-cosine,x", "--only schedule-cosine,x holds \"x\", which is not known; "),
    ("--budget 0", "--budget 0 is out of range; it must be from 0.001 to 3600."),
  ])
  func `A wrong argument is told, exit 64`(line: String, sentence: String) throws {
    let run = try descent(["bench"] + line.split(separator: " ").map(String.init))
    #expect(run.errors.hasPrefix("error: \(sentence)"))
    #expect(run.errors.filter(\.isNewline).count == 1)
    #expect(run.status == 64)
  }
}
