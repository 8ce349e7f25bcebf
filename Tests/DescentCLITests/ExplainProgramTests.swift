import Foundation
import Testing

/// `explain-program`: what a training step is compiled to.
struct ExplainProgramTests {
  private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  @Test func `Each instruction is a line of its number and text, with a summary beside them`() throws {
    let run = try descent("explain-program", "--model", "mlp:16", "--batch", "20")
    let rows = lines(run.output).map { $0.split(separator: " ", maxSplits: 1).map { $0.trimmingPrefix(" ") } }
    #expect(rows.map { $0[0] } == rows.indices.map { Substring(String($0)) })
    let texts = rows.map { $0[1] }
    #expect(texts[0] == "product  20×64, 64×16 → 20×16")
    #expect(texts[1] == "chain  20×16, 16 → 20×16  (add relu)")
    #expect(texts.last == "product of a transpose  20×64, 20×16 → 64×16")
    #expect(run.errors.hasPrefix("\(rows.count) instructions, "))
    #expect(run.errors.contains(" of intermediate values, 4.84 kB of parameters, compiled in "))
    #expect(run.status == 0)
  }

  @Test func `JSON holds every instruction's multiplications and bytes`() throws {
    let json = try descent("explain-program", "--model", "cnn:channels=4", "--batch", "20", "--json").json
    #expect(json["model"] as? String == "cnn:channels=4,kernel=3")
    #expect(json["parameterBytes"] as? Int == 4 * (9 * 4 + 4 + 64 * 10 + 10))
    #expect((json["arenaBytes"] as? Int ?? 0) >= 4 * 20 * 64 * 4)
    #expect((1e-6..<10).contains(json["compileSeconds"] as? Double ?? 0))
    #expect(json["seconds"] == nil)
    let instructions = json["instructions"] as? [[String: Any]] ?? []
    let convolution = try #require(instructions.first)
    #expect(convolution["text"] as? String == "convolution(result)  20×8×8×1, 3×3×1×4 → 20×8×8×4")
    #expect(convolution["multiplyAdds"] as? Int == 20 * 64 * 4 * 9)
    #expect(convolution["bytes"] as? Int == 4 * (20 * 64 + 36 + 20 * 64 * 4))
    let texts = instructions.compactMap { $0["text"] as? String }
    for name in ["window(maximum)", "window(place)", "convolution(kernel)", "crossEntropy"] {
      #expect(texts.contains { $0.hasPrefix("\(name)  ") })
    }
    #expect(instructions.allSatisfy { Set($0.keys) == ["text", "multiplyAdds", "bytes"] })
  }

  @Test func `With --time every instruction has its seconds, within the step and alone`() throws {
    let arguments = ["explain-program", "--model", "cnn:channels=2", "--batch", "8", "--threads", "1", "--time"]
    let json = try descent(arguments + ["--json"]).json
    let instructions = json["instructions"] as? [[String: Any]] ?? []
    #expect(instructions.count > 10)
    for instruction in instructions {
      for key in ["seconds", "secondsAlone"] { #expect((1e-9..<1).contains(instruction[key] as? Double ?? 0)) }
    }
    let sum = instructions.reduce(0) { $0 + ($1["seconds"] as? Double ?? 0) }
    #expect(abs((json["seconds"] as? Double ?? 0) / sum - 1) < 1e-9)
    #expect(json["threads"] as? Int == 1)
    let run = try descent(arguments)
    #expect(lines(run.output)[0].contains("GFLOP/s  convolution(result)"))
    #expect(lines(run.output)[1].contains("GB/s  window(maximum)"))
    #expect(run.errors.contains(" of parameters, ") && run.errors.hasSuffix(" without the update.\n"))
  }

  @Test func `It records nothing and takes the training's options`() throws {
    let folder = try ScratchFolder()
    try folder.write("a,b,kind\n" + (0..<30).map { "\($0),\($0 * 3 % 7),kind \($0 % 3)\n" }.joined(), to: "own.csv")
    let run = try descent(
      "explain-program", "--data", "own.csv", "--model", "mlp:3,norm=batch,dropout=0.5", "--batch", "6",
      "--loss", "cross-entropy(smoothing: 0.1)", "--json", in: folder.url)
    #expect(run.json["model"] as? String == "mlp:2-3-3,norm=batch,dropout=0.5")
    #expect(run.output.contains("\"dropout  4 → 6×3\""))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["own.csv"])
    let wrong = try descent("explain-program", "--batch", "5000")
    #expect(wrong.errors.hasPrefix("error: --batch 5000 is more than the 1259 training rows;"))
    #expect(wrong.status == 64)
  }
}
