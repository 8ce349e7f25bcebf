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

/// The largest |a − b| / max(1, |b|); infinite for arrays of different lengths.
func worstDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { worst, pair in
    let difference = abs(pair.0 - pair.1) / max(1, abs(pair.1))
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}
