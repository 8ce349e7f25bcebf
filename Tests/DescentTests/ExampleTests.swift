import Descent
import Foundation
import Testing

@Suite struct ExampleTests {
  @Test func `The example of the README finds a rate, trains with it and learns the digits`() throws {
    let (found, trained, record) = try gettingStarted()
    let suggestion = try #require(found.suggestion)
    #expect(suggestion.low <= suggestion.rate && suggestion.rate <= suggestion.high)
    #expect((1e-4...1e-1).contains(suggestion.rate))
    #expect(trained.outcome == .finished)
    #expect(record.rows.count == 1000)
    #expect(try #require(trained.test?.accuracy) > 0.95)
  }

  @Test func `A model of one's own has its rate found`() throws {
    #expect((1e-4...1e-1).contains(try #require(findForOwnModel().suggestion?.rate)))
  }

  @Test func `A convolutional model of one's own is found a rate, trained side by side and measured`() throws {
    let (found, lanes, sharpness) = try findAndTrainOwnModel()
    #expect((1e-4...1e-1).contains(try #require(found.suggestion?.rate)))
    #expect(lanes.count == 3)
    #expect(try #require(lanes[1]?.result.validation?.accuracy) > 0.8)
    #expect(sharpness > 0)
  }

  @Test func `A loop of one's own has its rate found and trains with it`() throws {
    // On one sample of the batch the loss shrinks as long as 2η·x² < 2; x² reaches 4.
    for found in [try findForOwnLoop(), try findWithoutSource()] {
      let rate = try #require(found.suggestion?.rate)
      #expect((0.005...0.5).contains(rate))
      #expect(abs(try trainOwnLoop(at: rate) - 3) < 0.05)
    }
  }

  @Test func `A training comes to the edge of stability`() throws {
    let result = try trainAtTheEdge()
    #expect(result.record.verdict == .atEdge)
    #expect(abs(try #require(result.record.summary.meanRatio) - 1.016) < 0.02)
  }

  @Test func `Every Swift block of the README and of the articles is code of these tests`() throws {
    let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    let catalogue = root.appendingPathComponent("Sources/Descent/Descent.docc")
    let pages = try files(in: catalogue, ending: "md") + [root.appendingPathComponent("README.md")]
    let sources = try files(in: tests, ending: "swift").map { try String(contentsOf: $0, encoding: .utf8) }
    let tested = sources.map(code).joined(separator: "\n")
    var blocks = 0
    for page in pages {
      for block in swiftBlocks(of: try String(contentsOf: page, encoding: .utf8)) {
        blocks += 1
        #expect(tested.contains(block), "\(page.lastPathComponent) has code that no test runs")
      }
    }
    #expect(blocks >= 4)
  }

  private func files(in folder: URL, ending: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == ending }.sorted { $0.path < $1.path }
  }

  private func swiftBlocks(of page: String) -> [String] {
    page.components(separatedBy: "```swift\n").dropFirst().map { rest in
      code(rest.components(separatedBy: "\n```")[0])
    }
  }

  /// The lines without indentation, imports and blank lines.
  private func code(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("import ") }.joined(separator: "\n")
  }

  @Test func `A rate is found for a schedule, and settings are compared`() throws {
    let (found, summary) = try choose(steps: 120, seeds: 2)
    #expect((1e-4...1e-1).contains(try #require(found.rate)))
    #expect(summary.rows.count == 12 && summary.indistinguishable.contains(summary.winner))
    #expect(summary.rows[summary.winner].meanLoss < 0.5)
  }
}
