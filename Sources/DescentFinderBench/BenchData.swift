import DescentData
import DescentModels
import DescentRandom
import DescentTraining
import Foundation

/// What the tasks learn from.
extension BenchTask {
  static func classes(_ data: Dataset) throws -> TrainingTask {
    try TrainingTask(data: data, split: DataSplit(of: data), loss: .crossEntropy)
  }

  static func numbers(_ data: Dataset) throws -> TrainingTask {
    try TrainingTask(data: data, split: DataSplit(of: data), loss: .squared)
  }

  /// The digits as what is to be given back.
  static func pictures() throws -> Dataset {
    let pixels = pixels()
    return Dataset(
      name: "pictures", featureShape: [64], features: .floats(pixels), targets: .values(pixels, width: 64))
  }

  /// The digits in negative and with noise: other inputs, the same classes.
  static func inverted() throws -> Dataset {
    var random = RandomSequence(seed: 11, stream: .generation)
    let digits = Dataset.digits()
    return Dataset(
      name: "inverted", featureShape: [64],
      features: .floats(pixels().map { 1 - $0 + 0.2 * Float(random.normal()) }), targets: digits.targets)
  }

  static func pixels() -> [Float] {
    switch Dataset.digits().features {
    case .bytes(let values, let divisor): values.map { Float($0) / divisor }
    case .floats(let values): values
    case .tokens: []
    }
  }

  /// y = w·x + noise, with features whose variances span four decades.
  static func stretchedLinear() throws -> Dataset {
    var random = RandomSequence(seed: 12, stream: .generation)
    let (rows, width) = (1500, 30)
    let scales = (0..<width).map { pow(10, -2 * Double($0) / Double(width - 1)) }
    let weights = scales.map { random.normal() / $0 }
    var features: [Float] = []
    var targets: [Float] = []
    for _ in 0..<rows {
      let x = scales.map { $0 * random.normal() }
      features += x.map { Float($0) }
      let y = zip(x, weights).reduce(0) { $0 + $1.0 * $1.1 } / Double(width).squareRoot()
      targets.append(Float(y + 0.1 * random.normal()))
    }
    return Dataset(
      name: "stretched", featureShape: [width], features: .floats(features), targets: .values(targets, width: 1))
  }

  /// What a random network of one hidden layer says, with noise.
  static func teacher() throws -> Dataset {
    var random = RandomSequence(seed: 13, stream: .generation)
    let (rows, width, hidden) = (2000, 16, 24)
    let first = (0..<(width * hidden)).map { _ in random.normal() / Double(width).squareRoot() }
    let second = (0..<hidden).map { _ in random.normal() * (2 / Double(hidden)).squareRoot() }
    var features: [Float] = []
    var targets: [Float] = []
    for _ in 0..<rows {
      let x = (0..<width).map { _ in random.normal() }
      features += x.map { Float($0) }
      var y = 0.0
      for unit in 0..<hidden {
        let sum = (0..<width).reduce(0.0) { $0 + x[$1] * first[$1 * hidden + unit] }
        y += max(0, sum) * second[unit]
      }
      targets.append(Float(y + 0.3 * random.normal()))
    }
    return Dataset(
      name: "teacher", featureShape: [width], features: .floats(features), targets: .values(targets, width: 1))
  }

  static let letters = Array("abcdefghijklmnopqrstuvwxyz ")

  static func text(_ characters: String) throws -> TrainingTask {
    let data = Dataset(name: "letters", text: try TokenSequence(characters), context: 16)
    return try TrainingTask(data: data, split: DataSplit(of: data), loss: .crossEntropy)
  }

  /// Letters from a random chain of first or second order: what follows one or a pair is one of a few letters.
  static func chain(order: Int, count: Int, seed: UInt64) -> String {
    var random = RandomSequence(seed: seed, stream: .generation)
    let size = letters.count
    let followers = (0..<(size * size)).map { _ in (0..<4).map { _ in random.integer(below: size) } }
    var (a, b) = (0, 1)
    var text = String(letters)
    for _ in 0..<count {
      // The first of the four is the likeliest.
      let draw = random.integer(below: 10)
      let next = followers[(order == 1 ? 0 : a) * size + b][draw < 5 ? 0 : draw < 8 ? 1 : draw < 9 ? 2 : 3]
      text.append(letters[next])
      (a, b) = (b, next)
    }
    return text
  }

  /// Letters of which seven in eight are the one three before.
  static func copied() -> String {
    var random = RandomSequence(seed: 16, stream: .generation)
    var text = Array(letters.prefix(8))
    for _ in 0..<20_000 {
      text.append(random.integer(below: 8) == 0 ? letters[random.integer(below: 8)] : text[text.count - 3])
    }
    return String(text)
  }

  /// Points of a square that is a board of four by four fields.
  static func checkerboard() -> Dataset {
    var random = RandomSequence(seed: 17, stream: .generation)
    var features: [Float] = []
    var labels: [Int] = []
    for _ in 0..<2000 {
      let (x, y) = (4 * random.uniform(), 4 * random.uniform())
      features += [Float(x - 2), Float(y - 2)]
      labels.append((Int(x) + Int(y)) % 2)
    }
    return labelled("checkerboard", width: 2, features, labels, classes: 2)
  }

  /// Whether an odd number of the first four of ten signs is positive.
  static func parity() -> Dataset {
    var random = RandomSequence(seed: 18, stream: .generation)
    var features: [Float] = []
    var labels: [Int] = []
    for _ in 0..<2000 {
      let bits = (0..<10).map { _ in random.integer(below: 2) }
      features += bits.map { Float(2 * $0 - 1) }
      labels.append((bits[0] + bits[1] + bits[2] + bits[3]) % 2)
    }
    return labelled("parity", width: 10, features, labels, classes: 2)
  }

  /// The digits, one label in five drawn anew.
  static func mislabelled() -> Dataset {
    var random = RandomSequence(seed: 19, stream: .generation)
    let digits = Dataset.digits()
    guard case .classes(var labels, let names) = digits.targets else { return digits }
    for i in labels.indices where random.integer(below: 5) == 0 { labels[i] = Int32(random.integer(below: 10)) }
    return Dataset(
      name: "mislabelled", featureShape: digits.featureShape, features: digits.features,
      targets: .classes(labels, names: names))
  }

  private static func labelled(
    _ name: String, width: Int, _ features: [Float], _ labels: [Int], classes: Int
  ) -> Dataset {
    Dataset(
      name: name, featureShape: [width], features: .floats(features),
      targets: .classes(labels.map(Int32.init), names: (0..<classes).map(String.init)))
  }
}
