import Foundation

/// What the benchmark measured, kept in one file that is written as it grows.
struct Results: Codable {
  /// Final validation losses of each arm by seed.
  var oracle: [[Double]] = []
  var choices: [Choice] = []
  /// How many of four equal settings stayed, by repetition.
  var equalSets: [Int] = []

  /// What one comparison came to.
  struct Choice: Codable {
    var repetition: Int
    /// Fresh seeds of a finalist.
    var seeds: Int
    /// Arms that could not be told from the best.
    var set: [Int]
    var winner: Int
    var stepsSpent: Int
    /// Of the steps of every arm on every fresh seed.
    var share: Double
  }

  static let path = "Documentation/data/compare-bench.json"

  static func load() throws -> Results {
    guard FileManager.default.fileExists(atPath: path) else { return Results() }
    return try JSONDecoder().decode(Results.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  func save() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try encoder.encode(self).write(to: URL(fileURLWithPath: Self.path), options: .atomic)
  }

  func choice(_ repetition: Int, seeds: Int) -> Choice? {
    choices.first { $0.repetition == repetition && $0.seeds == seeds }
  }

  /// Mean loss of each arm.
  var means: [Double] { oracle.map { $0.reduce(0, +) / Double(max(1, $0.count)) } }
}
