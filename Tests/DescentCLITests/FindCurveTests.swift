import Foundation
import Testing

/// `find --curve`: the rules on a recorded curve.
struct FindCurveTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// A valley that falls from 1e-3 on and blows up at 1.
  private static let valley: String = {
    let rows = (0..<80).map { step -> String in
      let rate = pow(10, -6 + 7 * Double(step) / 79)
      let loss = rate > 1 ? .infinity : 2.3 - 1.9 / (1 + pow(0.01 / rate, 1.2)) + 4 * rate * rate
      return "\(rate),\(loss)"
    }
    return "rate,loss\n" + rows.joined(separator: "\n") + "\n"
  }()

  private func find(_ curve: String, _ arguments: String...) throws -> Run {
    try folder.write(curve, to: "curve.csv")
    return try descent(["find", "--curve", "curve.csv"] + arguments, in: folder.url)
  }

  @Test func `In a pipe it prints exactly one number`() throws {
    let run = try find(Self.valley)
    let rate = try #require(Double(run.output.dropLast()))
    #expect(run.output.last == "\n")
    #expect((0.001...0.1).contains(rate))
    #expect(run.status == 0)
  }

  @Test func `JSON holds the suggestion, every rule, the regions, repeats and the curve`() throws {
    let json = try find(Self.valley, "--json").json
    let suggestion = json["suggestion"] as? [String: Any] ?? [:]
    #expect(Set(suggestion.keys) == ["rate", "low", "high", "basis"])
    let rules = json["rules"] as? [String: Any] ?? [:]
    #expect(
      Set(rules.keys) == [
        "fastai.valley", "fastai.slide", "fastai.minimum", "fastai.steep", "torch-lr-finder.steepest",
        "lightning.steepest", "lightning.steepest-2.5.2", "ignite.steepest",
      ])
    #expect(json["ceiling"] is Double)
    let curve = json["curve"] as? [[String: Any]] ?? []
    #expect(curve.count == 80)
    #expect(curve.last?["loss"] as? String == "inf")
    let repeats = json["repeats"] as? [[String: Any]] ?? []
    #expect(repeats.map { $0["stopped"] as? String } == ["not-a-number"])
    #expect((json["spent"] as? [String: Any])?["steps"] as? Int == 80)
  }

  @Test func `A decaying schedule bears a higher rate`() throws {
    let constant = try #require(Double(try find(Self.valley).output.dropLast()))
    let cosine = try #require(Double(try find(Self.valley, "--schedule", "cosine").output.dropLast()))
    #expect(cosine > 2 * constant)
  }

  @Test func `A flat curve has no usable rate: exit 3, a null and a reason`() throws {
    let flat = "rate,loss\n" + (0..<40).map { "\(pow(10, -6 + Double($0) / 8)),2.3\n" }.joined()
    let run = try find(flat)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("No usable rate. "))
    #expect(run.status == 3)
    let json = try find(flat, "--json")
    #expect(json.json["suggestion"] is NSNull)
    #expect(json.json["reason"] is String)
    #expect(json.status == 3)
  }

  @Test(arguments: [
    ("rate,loss\n1,2\n2,x\n", "curve.csv:3: the loss \"x\" is not a number (nan and inf are allowed)."),
    ("rate,loss\n1,2,3\n", "curve.csv:2: the line has 3 fields; the first has 2."),
    ("", "curve.csv: the curve holds no points; it needs lines of rate,loss under a header."),
  ])
  func `A curve that does not read is told with its line`(curve: String, sentence: String) throws {
    let run = try find(curve)
    #expect(run.errors == "error: \(sentence)\n")
    #expect(run.status == 1)
  }

  @Test func `SVG and HTML go to files`() throws {
    let run = try find(Self.valley, "--svg", "a.svg", "--html", "a.html")
    #expect(try folder.text("a.svg").hasPrefix("<svg"))
    #expect(try folder.text("a.html").contains("fastai.valley"))
    #expect(Double(run.output.dropLast()) != nil)
    #expect(try find(Self.valley, "--svg", "none/a.svg").status == 1)
  }

  @Test func `On a terminal there is a picture, in ASCII where the locale is`() throws {
    let file = try folder.write(Self.valley, to: "curve.csv")
    let screen = try descentOnTerminal("find", "--curve", file)
    #expect(screen.errors.contains("lightning.steepest"))
    #expect(screen.errors.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    #expect(Double(screen.output.dropLast()) != nil)
    let plain = try descentOnTerminal(
      "find", "--curve", file, environment: ["LC_ALL": "C", "NO_COLOR": "1"]
    ).errors
    #expect(plain.contains("lightning.steepest"))
    #expect(!plain.contains("\u{1B}["))
    #expect(plain.prefix { $0 != "f" }.allSatisfy { $0.isASCII })
  }
}
