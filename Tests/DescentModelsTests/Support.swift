import DescentAutodiff
import Foundation
import Testing

/// A fixture of this module's tests.
func fixture<Content: Decodable>(_ name: String, as type: Content.Type = Content.self) throws -> Content {
  let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
  return try JSONDecoder().decode(type, from: try Data(contentsOf: url))
}

/// An array with its shape, as fixtures hold it.
struct Shaped<Element: Decodable & Sendable>: Decodable, Sendable {
  var shape: [Int]
  var values: [Element]
}
