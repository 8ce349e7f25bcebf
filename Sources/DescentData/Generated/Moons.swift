internal import DescentRandom

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// `moons(rows: 1000, noise: 0.1)`: two half circles that reach into each other.
///
/// With t equally spaced on 0…π, the first class lies at (cos t, sin t), the second at (1 − cos t, ½ − sin t), each
/// coordinate with noise·N(0, 1) added.
///
/// - Source: scikit-learn's `make_moons`.
func moons(_ arguments: GeneratorArguments, name: String, seed: UInt64) throws -> Dataset {
  try arguments.allowOnly(["rows", "noise"])
  let rows = try arguments.count("rows", default: 1000, in: generatedRows)
  let noise = try arguments.number("noise", default: 0.1, atLeast: 0)
  var random = RandomSequence(seed: seed, stream: .generation)
  return classified(name, rows: rows, classes: 2, features: 2) { row, c in
    let last = max(1, (rows - c + 1) / 2 - 1)
    let t = Double.pi * Double(row / 2) / Double(last)
    let (x, y) = c == 0 ? (cos(t), sin(t)) : (1 - cos(t), 0.5 - sin(t))
    return [x + noise * random.normal(), y + noise * random.normal()]
  }
}
