import DescentOptimizers
import Foundation
import Testing

@Suite struct RuleSummaryTests {
  @Test(arguments: OptimizerSpec.names)
  func `every optimizer has a purpose, a formula and a source`(_ name: String) throws {
    let summary = try OptimizerSpec(parsing: name).summary.rule
    #expect(summary.purpose.count > 20 && summary.purpose.hasSuffix("."))
    #expect(summary.formula.contains("←") || summary.formula.contains("="))
    #expect(summary.source.count > 20)
  }

  /// They are made by Scripts/rule-summaries.py, which is to be run again when a docstring changes.
  @Test func `formulas and purposes are those of the docstrings`() throws {
    let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/DescentOptimizers/Rules").standardizedFileURL
    let files =
      FileManager.default.enumerator(at: rules, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" } ?? []
    var docs = ""
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      docs += text.split(separator: "\n").filter { $0.hasPrefix("///") }.map { $0.dropFirst(4) }.joined(separator: "\n")
      docs += "\n"
    }
    let lines = Set(docs.split(separator: "\n"))
    let words = docs.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing("``", with: "")
    for preset in OptimizerSpec.presets {
      let summary = OptimizerSpec(preset).summary.rule
      for line in summary.formula.split(separator: "\n") {
        let isThere = lines.contains(line)
        #expect(isThere, "\(preset.name): \(line)")
      }
      for text in [summary.purpose, summary.source] {
        let isThere = words.contains(text)
        #expect(isThere, "\(preset.name): \(text)")
      }
    }
  }

  @Test func `settings are told with value and range, and can be changed by name`() throws {
    let spec = try OptimizerSpec(parsing: "adam(beta1: 0.8)")
    let told = Dictionary(uniqueKeysWithValues: spec.settings.map { ($0.name, $0) })
    #expect(told["beta1"]?.value == "0.8" && told["beta1"]?.range == "at least 0 and below 1")
    #expect(told["biasCorrection"]?.value == "true" && told["biasCorrection"]?.isFlag == true)
    #expect(try OptimizerSpec(parsing: "nadam").settings.contains { $0.range.contains("torch") })
    let changed = try spec.setting([("beta2", "0.95"), ("biasCorrection", "false")])
    #expect(changed.description == "adam(beta1: 0.8, beta2: 0.95, biasCorrection: false)")
    #expect(throws: (any Error).self) { try spec.setting([("beta3", "0.9")]) }
    #expect(throws: (any Error).self) { try spec.setting([("beta2", "1.5")]) }
  }
}
