internal import DescentRandom

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// `spiral(rows: 1000, classes: 3, turns: 1, noise: 0.2)`: interleaved arms in the plane, one per class.
///
/// The k-th of the K points of arm c lies at radius r = (k + ½)/K and angle 2π·(c/classes + turns·r) + noise·N(0, 1).
///
/// - Source: after Karpathy, CS231n notes "Minimal neural network case study", there with turns = 0.64.
func spiral(_ arguments: GeneratorArguments, name: String, seed: UInt64) throws -> Dataset {
  try arguments.allowOnly(["rows", "classes", "turns", "noise"])
  let rows = try arguments.count("rows", default: 1000, in: generatedRows)
  let classes = try arguments.count("classes", default: 3, in: 2...100)
  let turns = try arguments.number("turns", default: 1, atLeast: 0, atMost: 100)
  let noise = try arguments.number("noise", default: 0.2, atLeast: 0)
  var random = RandomSequence(seed: seed, stream: .generation)
  return classified(name, rows: rows, classes: classes, features: 2) { row, c in
    let armLength = (rows - c + classes - 1) / classes
    let r = (Double(row / classes) + 0.5) / Double(armLength)
    let angle = 2 * Double.pi * (Double(c) / Double(classes) + turns * r) + noise * random.normal()
    return [r * cos(angle), r * sin(angle)]
  }
}
