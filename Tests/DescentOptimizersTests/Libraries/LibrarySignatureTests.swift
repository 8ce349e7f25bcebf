@testable import DescentOptimizers
import DescentSpecs
import Testing

/// Our signatures beside those that the libraries themselves tell.
@Suite struct LibrarySignatureTests {
  static let theirs = (LibraryPathTests.file?.signatures ?? [:]).sorted { $0.key < $1.key }

  @Test(arguments: theirs)
  func `names, order and defaults are the library's`(_ key: String, _ text: String) throws {
    let parts = key.split(separator: " ").map(String.init)
    let library = try #require(OptimizerLibrary(rawValue: parts[0]))
    let rule = try #require(library.table.first { $0.name == parts[1] })
    let ours = try LibrarySignature(try #require(rule.signature))
    let theirs = try LibrarySignature(text)
    #expect(ours.parameters.map(\.name) == theirs.parameters.map(\.name))
    #expect(ours.positional == theirs.positional)
    for (a, b) in zip(ours.parameters, theirs.parameters) {
      // None also stands for a default that is no literal.
      guard let b = b.value?.value, b != .none else { continue }
      let a = try #require(a.value?.value, "\(b)")
      #expect(LibraryArguments.same(a, b), "\(parts[1])")
    }
  }

  @Test func `every library is there`() {
    #expect(Self.theirs.count >= 120)
  }
}
