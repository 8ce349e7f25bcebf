import DescentOptimizers
import Foundation
import Testing

/// What the pages on update rules quote.
@Suite struct QuotedSpecTests {
  private static func text(of page: String) throws -> String {
    // The test folder may be reached through a link.
    let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "Documentation/\(page).md"), encoding: .utf8)
  }

  /// Texts between single backticks.
  private static func quotes(of page: String) throws -> [String] {
    try text(of: page).split(separator: "\n").flatMap { line in
      line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        .map { String($0.element) }
    }
  }

  @Test(arguments: ["optimizers", "update-rule-differences"])
  func `every specification quoted with its settings reads`(_ page: String) throws {
    let names = Set(OptimizerSpec.names)
    let specs = try Self.quotes(of: page).filter { quote in
      quote.contains("(") && names.contains(String(quote.prefix { $0 != "(" }))
    }
    #expect(specs.count > 20)
    for text in specs { #expect(throws: Never.self, "\(text)") { try OptimizerSpec(parsing: text) } }
  }

  @Test func `the settings listed are the registry's`() throws {
    let page = try Self.text(of: "optimizers")
    for name in OptimizerSpec.names {
      let summary = try OptimizerSpec(parsing: name).summary
      let settings = (summary.inner.map { [$0] } ?? []) + summary.settings.map { "\($0.name): \($0.value)" }
      let row = "| `\(name)` | \(settings.isEmpty ? "none" : settings.joined(separator: ", ")) | "
      #expect(page.contains(row), "run Scripts/optimizer_table.py render")
    }
  }

  @Test func `the page on optimizers names every rule`() throws {
    let named = try Set(Self.quotes(of: "optimizers").map { String($0.prefix { $0 != "(" }) })
    #expect(Set(OptimizerSpec.names).subtracting(named) == [])
  }
}
