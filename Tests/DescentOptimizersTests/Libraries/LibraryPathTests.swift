import DescentOptimizers
import Foundation
import Testing

/// Calls of other libraries against the paths that they themselves took (Scripts/fixtures/optimizer_library_calls.py).
@Suite struct LibraryPathTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var library: OptimizerLibrary
    var call: String
    var tolerance: Double
    /// By problem and step.
    var runs: [String: [String: [Double]]]
    var testDescription: String { "\(library.rawValue): \(call)" }
  }

  struct File: Decodable {
    var versions: [String: String]
    /// By library and name with a blank between them.
    var signatures: [String: String]
    var cases: [Case]
  }

  static let cases: [Case] = file?.cases ?? []

  static let file: File? = {
    guard
      let url = Bundle.module.url(forResource: "library-calls", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url)
    else { return nil }
    return try? JSONDecoder().decode(File.self, from: data)
  }()

  @Test func `every library is there`() {
    #expect(Self.cases.count >= 200)
    #expect(Set(Self.cases.map(\.library)) == Set(OptimizerLibrary.allCases))
  }

  @Test(arguments: cases)
  func `our path is that of the library`(_ theirs: Case) throws {
    let ours = try LibraryOptimizer(parsing: theirs.call, of: theirs.library)
    for (problem, path) in theirs.runs {
      let found = try Trajectory<Double>(ours.optimizer, on: problem, until: 30) { _ in ours.learningRate }
      let worst = found.worst(from: path, floor: 1e-3)
      #expect(worst <= theirs.tolerance, "\(ours.optimizer) on \(problem)")
    }
  }

  @Test(arguments: OptimizerLibrary.allCases)
  func `every name that is read is compared`(_ library: OptimizerLibrary) throws {
    let texts = Self.cases.filter { $0.library == library }.map(\.call)
    for name in library.names {
      let isCompared = texts.contains { $0.contains("\(name)(") }
      let isRefused = isRefusedByName(name, of: library)
      #expect(isCompared || isRefused || library == .pytorchOptimizer || library == .timm, "\(name)")
    }
  }

  private func isRefusedByName(_ name: String, of library: OptimizerLibrary) -> Bool {
    do {
      _ = try LibraryOptimizer(parsing: "\(name)(model)", of: library)
      return false
    } catch { return "\(error)".contains("cannot be followed") }
  }
}
