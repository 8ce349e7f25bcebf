import DescentData
import Foundation
import Testing

@Suite struct GeneratedTests {
  private func features(_ dataset: Dataset) -> [Double] {
    dataset.gather(Array(0..<Int32(dataset.rows))).map { Double($0) }
  }

  private func values(_ dataset: Dataset) -> [Double] {
    guard case .values(let values, _) = dataset.targets else { return [] }
    return values.map { Double($0) }
  }

  @Test(arguments: [("spiral", 2, 3), ("moons", 2, 2), ("blobs", 2, 3), ("linear", 10, nil), ("chebyshev", 1, nil)])
  func `defaults, and the seed decides everything`(name: String, features: Int, classes: Int?) throws {
    let dataset = try loadDataset(name, seed: 0)
    #expect(dataset.rows == (name == "chebyshev" ? 20 : 1000))
    #expect(dataset.featureShape == [features])
    #expect(dataset.classCount == classes)
    #expect(!dataset.wantsStandardization)
    let again = try loadDataset(name, seed: 0)
    #expect(again.features == dataset.features && again.targets == dataset.targets)
    if name != "chebyshev" { #expect(try loadDataset(name, seed: 1).features != dataset.features) }
  }

  @Test(arguments: [
    ("spiral", [0.029024966, 0.0047542853, -0.013762895, 0.025992973] as [Float]),
    ("moons", [0.98877925, -0.11072086, 0.017850505, 0.6196384]),
    ("blobs", [-1.4928257, -3.664714, 1.6656227, 6.6719675]),
    ("linear", [0.5900436, -0.07922471, -0.42357352, -0.16900353, 0.5316143, -0.2751494]),
  ])
  func `golden values`(name: String, start: [Float]) throws {
    let x = try loadDataset(name + "(rows: 50)", seed: 3).gather([0, 1])
    for (x, expected) in zip(x, start) { #expect(abs(x - expected) <= 4 * expected.ulp) }
    #expect(start.count == min(6, x.count), "\(x.prefix(6))")
  }

  @Test func `without noise a spiral's arms and the moons are where the formula says`() throws {
    let spiral = features(try loadDataset("spiral(rows: 40, classes: 4, turns: 0.5, noise: 0)"))
    let (r, angle) = ((3 + 0.5) / 10, 2 * Double.pi * (2.0 / 4 + 0.5 * 0.35))
    #expect(abs(spiral[2 * 14] - r * cos(angle)) < 1e-6)
    #expect(abs(spiral[2 * 14 + 1] - r * sin(angle)) < 1e-6)
    let moons = features(try loadDataset("moons(rows: 10, noise: 0)"))
    #expect(abs(moons[0] - 1) < 1e-6 && abs(moons[1]) < 1e-6)
    #expect(abs(moons[2]) < 1e-6 && abs(moons[3] - 0.5) < 1e-6)
    #expect(abs(moons[16] + 1) < 1e-6 && abs(moons[17]) < 1e-6)
    #expect(abs(moons[18] - 2) < 1e-6 && abs(moons[19] - 0.5) < 1e-6)
  }

  @Test func `blobs lie round one centre per class with the noise asked for`() throws {
    let dataset = try loadDataset("blobs(rows: 4000, classes: 4, features: 3, noise: 0.5)", seed: 2)
    let x = features(dataset)
    var sum = 0.0
    for c in 0..<4 {
      for j in 0..<3 {
        let column = stride(from: c, to: 4000, by: 4).map { x[$0 * 3 + j] }
        let mean = column.reduce(0, +) / 1000
        #expect(abs(mean) < 10.1)
        sum += column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      }
    }
    #expect(abs((sum / 11_988).squareRoot() - 0.5) < 0.015)
  }

  @Test(arguments: [1, 100, 10_000] as [Double])
  func `linear has exactly the covariance it promises`(condition: Double) throws {
    let dataset = try loadDataset("linear(rows: 200, features: 2, condition: \(condition))", seed: 4)
    let x = features(dataset)
    let rows = 200.0
    var (a, b, d, m0, m1) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for i in 0..<200 {
      let (u, v) = (x[2 * i], x[2 * i + 1])
      (a, b, d, m0, m1) = (a + u * u / rows, b + u * v / rows, d + v * v / rows, m0 + u / rows, m1 + v / rows)
    }
    #expect(abs(m0) < 1e-6 && abs(m1) < 1e-6)
    let (mean, radius) = ((a + d) / 2, ((a - d) * (a - d) / 4 + b * b).squareRoot())
    #expect(abs(mean + radius - 1) < 1e-5)
    #expect(abs((mean - radius) * condition - 1) < 2e-3)
    if condition > 1 { #expect(abs(b) > 1e-3, "rotated") }
  }

  @Test func `linear targets are linear up to the noise`() throws {
    // Least squares by the normal equations for two features.
    let dataset = try loadDataset("linear(rows: 500, features: 2, condition: 4, noise: 0.3)", seed: 5)
    let (x, y) = (features(dataset), values(dataset))
    var (a, b, d, p, q) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for i in 0..<500 {
      let (u, v) = (x[2 * i], x[2 * i + 1])
      (a, b, d, p, q) = (a + u * u, b + u * v, d + v * v, p + u * y[i], q + v * y[i])
    }
    let determinant = a * d - b * b
    let (w0, w1) = ((d * p - b * q) / determinant, (a * q - b * p) / determinant)
    let residual = (0..<500).reduce(0.0) { $0 + pow(y[$1] - w0 * x[2 * $1] - w1 * x[2 * $1 + 1], 2) }
    #expect(abs((residual / 498).squareRoot() - 0.3) < 0.04)
  }

  @Test func `chebyshev is cos(n·arccos x)`() throws {
    for degree in [0, 1, 2, 5, 9] {
      let dataset = try loadDataset("chebyshev(rows: 21, degree: \(degree))")
      let (x, y) = (features(dataset), values(dataset))
      #expect(x[0] == -1 && x[10] == 0 && x[20] == 1)
      for (x, y) in zip(x, y) { #expect(abs(y - cos(Double(degree) * acos(x))) < 2e-5) }
    }
  }

  @Test(arguments: [
    ("blobs(rows: 0)", "rows must be a whole number from 1"),
    ("blobs(rows: 1.5)", "rows must be a whole number"),
    ("blobs(classes: 1)", "classes must be a whole number from 2"),
    ("blobs(noise: -1)", "noise must be a number from 0"),
    ("blobs(clases: 4)", "did you mean \"classes\"?"),
    ("blobs(rows: many)", "rows must be a finite number"),
    ("blobs(rows: 100", "expected"),
    ("blobs(4)", "every argument needs its name"),
    ("linear(condition: 0.5)", "condition must be a number from 1"),
    ("linear(rows: 10)", "10 features need at least 11 rows"),
    ("linear(features: 1, condition: 9)", "a single feature has the condition 1"),
    ("linear(rows: 10000000, features: 1000)", "too many"),
    ("chebyshev(rows: 1)", "rows must be a whole number from 2"),
    ("digits(rows: 5)", "digits has no argument"),
  ])
  func `arguments out of range are refused`(specification: String, says: String) throws {
    let error = try #require(throws: DataError.self) { try loadDataset(specification) }
    #expect(error.code == .invalidSpecification)
    #expect(error.isArgumentError)
    #expect(error.description.contains(says), "\(error)")
  }
}
