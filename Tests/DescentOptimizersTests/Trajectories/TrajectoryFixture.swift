import Foundation
import Testing

/// The files of Fixtures/trajectories; their README says what the keys mean.
struct TrajectoryFamily: Decodable {
  var cases: [TrajectoryCase]

  /// Every file but the problems'.
  static let names = [
    "adagrad", "adam", "changing", "curvature", "factored", "groups", "lion", "matrix", "rate-free", "schedule-free",
    "sgd",
  ]

  static let all: [String: TrajectoryFamily] = Dictionary(
    uniqueKeysWithValues: names.compactMap { name in decoded(name).map { (name, $0) } })

  static func decoded<Value: Decodable>(_ name: String) -> Value? {
    guard
      let url = Bundle.module.url(
        forResource: name, withExtension: "json", subdirectory: "Fixtures/trajectories"),
      let data = try? Data(contentsOf: url)
    else { return nil }
    return try? JSONDecoder().decode(Value.self, from: data)
  }
}

struct TrajectoryCase: Decodable, Sendable {
  struct Run: Decodable, Sendable {
    var problem: String
    var learningRate: Double
    var learningRates: [Double]?
    var tolerance: Double?
    var path: [String: [Double]]?
    var averaged: [String: [Double]]?
    var sensitivity: Double?
    var gap32: Double?
    var path32: [String: [Double]]?

    func rate(at step: Int) -> Double { learningRates?[step] ?? learningRate }
  }

  /// Settings by their names beside the tensors they are for.
  struct Group: Decodable, Sendable {
    var tensors: [String]
    var rateFactor: Double
    var settings: [String: Double]
    /// A rule of its own, which a group cannot have.
    var rule: String?

    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      tensors = try container.decode([String].self, forKey: Key(stringValue: "tensors"))
      rateFactor = try container.decode(Double.self, forKey: Key(stringValue: "rateFactor"))
      rule = try container.decodeIfPresent(String.self, forKey: Key(stringValue: "rule"))
      settings = [:]
      for key in container.allKeys where !["tensors", "rateFactor", "rule"].contains(key.stringValue) {
        settings[key.stringValue] = try container.decode(Double.self, forKey: key)
      }
    }
  }

  var id: String
  var spec: String
  var library: String
  var tolerance: Double
  var groups: [Group]?
  var sameAs: String?
  var runs: [Run]
}

/// The constants of a problem.
struct TrajectoryConstants: Decodable {
  var kind: String
  var shapes: [[Int]]
  var names: [String]?
  var start: [Double]
  var h: [[Double]]?
  var a: [[Double]]?
  var b: [[Double]]?
  var c: [[Double]]?
  var points: [[Double]]?
  var targets: [[Double]]?

  static let all: [String: TrajectoryConstants] = {
    struct File: Decodable { var problems: [String: TrajectoryConstants] }
    let file: File? = TrajectoryFamily.decoded("problems")
    return file?.problems ?? [:]
  }()
}
