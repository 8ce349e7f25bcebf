import Foundation
import Testing

/// `train` and `evaluate` on a text.
struct TextTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(Self.rhyme(120), to: "rhyme.txt")
  }

  private static func rhyme(_ lines: Int) -> String {
    (0..<lines).map { "row \($0 % 7), \($0 % 3 == 0 ? "gently" : "merrily") down the stream\n" }.joined()
  }

  private func train(_ arguments: String...) throws -> Run {
    try descent(
      [
        "train", "--data", "rhyme.txt", "--model", "gpt:layers=1,width=16,heads=2,context=8", "--threads", "1", "--lr",
        "0.01", "--batch", "8",
      ] + arguments, in: folder.url)
  }

  @Test func `Perplexity, bits, the frequencies' own and a sample are told`() throws {
    let run = try train("--steps", "60", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let json = run.json
    func number(_ key: String) throws -> Double { try #require(json[key] as? Double, "\(key)") }
    #expect(abs(try number("perplexity") - exp(try number("testLoss"))) < 1e-9)
    #expect(abs(try number("validationPerplexity") - exp(try number("validationLoss"))) < 1e-9)
    #expect(abs(try number("bitsPerCharacter") - number("testLoss") / log(2)) < 1e-12)
    #expect(try number("perplexity") < number("unigramPerplexity"))
    #expect(try number("validationPerplexity") < number("validationUnigramPerplexity"))
    let sample = try #require(json["sample"] as? String)
    #expect(sample.unicodeScalars.count == 200)
    let known = Set(Self.rhyme(120))
    let isKnown = sample.allSatisfy { known.contains($0) }
    #expect(isKnown)
    #expect((json["prompt"] as? String)?.count == 4)
    // Told again, and by evaluate.
    let name = try #require(json["run"] as? String)
    let again = try descent("train", "--resume", name, "--json", in: folder.url).json
    #expect(again["sample"] as? String == sample)
    let evaluated = try descent("evaluate", name, "--json", in: folder.url).json
    for key in ["perplexity", "unigramPerplexity", "validationBitsPerCharacter"] {
      #expect(evaluated[key] as? Double == json[key] as? Double, "\(key)")
    }
    let other = try train("--steps", "60", "--json", "--seed", "1").json
    #expect(other["sample"] as? String != sample)
  }

  @Test func `A terminal shows the sample after its prompt, a pipe one line`() throws {
    let screen = try descentOnTerminal(
      "train", "--data", folder.url.path + "/rhyme.txt", "--model", "gpt:layers=1,width=16,heads=2,context=8",
      "--batch", "8", "--lr", "0.01", "--steps", "30", "--out", folder.url.path + "/runs", output: true
    ).errors
    #expect(screen.contains("bits per character") && screen.contains("by character frequencies alone"))
    #expect(screen.contains("A sample at temperature 0.8:"))
    let line = try train("--steps", "5").output
    #expect(line.contains(" perplexity=") && !line.contains("sample"))
    #expect(line.count { $0 == "\n" } == 1)
  }

  @Test func `Another text is measured by the run's characters, and a character it does not have is told`() throws {
    let name = try #require(try train("--steps", "30", "--json").json["run"] as? String)
    try folder.write(Self.rhyme(3), to: "other.txt")
    let other = try descent("evaluate", name, "--data", "other.txt", "--json", in: folder.url).json
    #expect(abs((other["perplexity"] as? Double ?? 0) - exp(other["testLoss"] as? Double ?? 9)) < 1e-9)
    #expect(other["unigramPerplexity"] is NSNull)
    try folder.write("row 1, gently\ndown the Stream\n", to: "odd.txt")
    let odd = try descent("evaluate", name, "--data", "odd.txt", in: folder.url)
    #expect(odd.status == 1)
    #expect(odd.errors.hasPrefix("error: odd.txt:2: \"S\" in column 10 is not among the "), "\(odd.errors)")
    let digits = try descent("evaluate", name, "--data", "digits", in: folder.url)
    #expect(digits.errors.contains("digits is not text") && digits.status == 1)
  }

  @Test func `A text that has changed is noticed`() throws {
    let name = try #require(try train("--steps", "5", "--json").json["run"] as? String)
    try folder.write(Self.rhyme(121), to: "rhyme.txt")
    let resumed = try descent("train", "--resume", name, "--steps", "9", in: folder.url)
    #expect(resumed.errors.contains("rhyme.txt is not what the run was begun with") && resumed.status == 1)
  }

  @Test func `Numbers have no perplexity`() throws {
    let json = try descent(
      "train", "--data", "moons", "--model", "mlp:4", "--steps", "3", "--json", in: folder.url
    ).json
    for key in ["perplexity", "sample", "prompt", "unigramPerplexity"] { #expect(json[key] == nil, "\(key)") }
  }
}
