internal import DescentSpecs

/// The arguments of a generated dataset, read with defaults and ranges.
struct GeneratorArguments {
  private let call: SpecCall

  init(_ call: SpecCall) { self.call = call }

  func allowOnly(_ labels: [String]) throws(SpecError) { try call.allowOnly(labels) }

  /// A whole number in a range.
  func count(_ label: String, default standard: Int, in range: ClosedRange<Int>) throws -> Int {
    guard let value = try call.number(label) else { return standard }
    guard let count = Int(exactly: value), range.contains(count) else {
      throw outOfRange(label, "a whole number from \(range.lowerBound) to \(range.upperBound)", value)
    }
    return count
  }

  /// A finite number of at least `minimum`, at most `maximum`.
  func number(_ label: String, default standard: Double, atLeast minimum: Double, atMost maximum: Double = 1e6) throws
    -> Double
  {
    guard let value = try call.number(label) else { return standard }
    guard value >= minimum, value <= maximum else {
      throw outOfRange(label, "a number from \(minimum) to \(maximum)", value)
    }
    return value
  }

  /// Refuses sizes that would not fit into memory by an order of magnitude.
  func checkSize(rows: Int, features: Int) throws {
    guard rows * features <= 200_000_000 else {
      throw DataError(
        .invalidSpecification,
        "\(call.name): \(rows) rows of \(features) features are too many; rows · features may be 2e8.")
    }
  }

  private func outOfRange(_ label: String, _ right: String, _ value: Double) -> DataError {
    DataError(.invalidSpecification, "\(call.name): \(label) must be \(right), not \(value).")
  }
}

/// Rows any generated dataset may have.
let generatedRows = 1...10_000_000

/// A set of points in classes taking turns: row i has the class i mod `classes`.
func classified(
  _ name: String, rows: Int, classes: Int, features: Int, _ point: (_ row: Int, _ class: Int) -> [Double]
) -> Dataset {
  var values: [Float] = []
  values.reserveCapacity(rows * features)
  for row in 0..<rows { for value in point(row, row % classes) { values.append(Float(value)) } }
  return Dataset(
    name: name, featureShape: [features], features: .floats(values),
    targets: .classes((0..<rows).map { Int32($0 % classes) }, names: (0..<classes).map(String.init)))
}
