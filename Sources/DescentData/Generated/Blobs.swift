internal import DescentRandom

/// `blobs(rows: 1000, classes: 3, features: 2, noise: 1)`: round clouds, one per class.
///
/// Each class has a centre uniform on −10…10 in every coordinate; its points lie round it with standard deviation `noise`.
///
/// - Source: scikit-learn's `make_blobs`.
func blobs(_ arguments: GeneratorArguments, name: String, seed: UInt64) throws -> Dataset {
  try arguments.allowOnly(["rows", "classes", "features", "noise"])
  let rows = try arguments.count("rows", default: 1000, in: generatedRows)
  let classes = try arguments.count("classes", default: 3, in: 2...1000)
  let features = try arguments.count("features", default: 2, in: 1...100_000)
  let noise = try arguments.number("noise", default: 1, atLeast: 0)
  try arguments.checkSize(rows: max(rows, classes), features: features)
  var centres = RandomSequence(seed: seed, stream: .generation, index: 0)
  let centre = (0..<classes).map { _ in (0..<features).map { _ in centres.uniform(in: -10..<10) } }
  var random = RandomSequence(seed: seed, stream: .generation, index: 1)
  return classified(name, rows: rows, classes: classes, features: features) { _, c in
    centre[c].map { $0 + noise * random.normal() }
  }
}
