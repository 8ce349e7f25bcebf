import DescentData
import DescentModels
import DescentRandom
import DescentTraining
import Foundation

extension BenchTask {
  static let all: [BenchTask] = [
    BenchTask(
      name: "digits-mlp", isForDesign: true, hasLongRuns: true, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [64, 64], outputs: 10), batch: 32),
    BenchTask(
      name: "digits-batchnorm", isForDesign: true, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [64, 64], outputs: 10, normalization: .batch), batch: 32),
    BenchTask(
      name: "autoencoder", isForDesign: true, hasLongRuns: true, makeTask: { try numbers(pictures()) },
      model: MLP(hidden: [48, 12, 48], outputs: 64, activation: .tanh, initializer: .glorot), batch: 32),
    BenchTask(
      name: "ill-conditioned", isForDesign: true, hasLongRuns: true, makeTask: { try numbers(stretchedLinear()) },
      model: MLP(hidden: [], outputs: 1, initializer: .normal(0.01)), batch: 32),
    BenchTask(
      name: "digits-cnn", isForDesign: false, hasLongRuns: true, makeTask: { try classes(.digits()) },
      model: CNN(channels: [8, 16], outputs: 10), batch: 16),
    BenchTask(
      name: "teacher", isForDesign: false, hasLongRuns: true, makeTask: { try numbers(teacher()) },
      model: MLP(hidden: [64, 64], outputs: 1), batch: 32),
    BenchTask(
      name: "transformer", isForDesign: false, makeTask: { try text() },
      model: GPT(vocabulary: letters.count, layers: 1, width: 32, heads: 2), batch: 8),
    BenchTask(
      name: "fine-tuning", isForDesign: false, hasLongRuns: true, makeTask: { try classes(inverted()) },
      model: MLP(hidden: [64, 64], outputs: 10), batch: 32,
      pretraining: Pretraining(makeTask: { try classes(.digits()) }, steps: 400, rate: 2e-3)),
    BenchTask(
      name: "spiral", isForDesign: false, makeTask: { try classes(loadDataset("spiral")) },
      model: MLP(hidden: [32, 32], outputs: 3, activation: .tanh, initializer: .glorot), batch: 32),
    BenchTask(
      name: "dropout", isForDesign: false, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [96, 96], outputs: 10, dropout: 0.3), batch: 32),
  ]

  private static func classes(_ data: Dataset) throws -> TrainingTask {
    try TrainingTask(data: data, split: DataSplit(of: data), loss: .crossEntropy)
  }

  private static func numbers(_ data: Dataset) throws -> TrainingTask {
    try TrainingTask(data: data, split: DataSplit(of: data), loss: .squared)
  }

  /// The digits as what is to be given back.
  private static func pictures() throws -> Dataset {
    let pixels = pixels()
    return Dataset(
      name: "pictures", featureShape: [64], features: .floats(pixels), targets: .values(pixels, width: 64))
  }

  /// The digits in negative and with noise: other inputs, the same classes.
  private static func inverted() throws -> Dataset {
    var random = RandomSequence(seed: 11, stream: .generation)
    let digits = Dataset.digits()
    return Dataset(
      name: "inverted", featureShape: [64],
      features: .floats(pixels().map { 1 - $0 + 0.2 * Float(random.normal()) }), targets: digits.targets)
  }

  private static func pixels() -> [Float] {
    switch Dataset.digits().features {
    case .bytes(let values, let divisor): values.map { Float($0) / divisor }
    case .floats(let values): values
    case .tokens: []
    }
  }

  /// y = w·x + noise, with features whose variances span four decades.
  private static func stretchedLinear() throws -> Dataset {
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
  private static func teacher() throws -> Dataset {
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

  private static let letters = Array("abcdefghijklmnopqrstuvwxyz ")

  /// Letters from a random chain of second order: what follows a pair is one of a few letters.
  private static func text() throws -> TrainingTask {
    var random = RandomSequence(seed: 14, stream: .generation)
    let count = letters.count
    let followers = (0..<(count * count)).map { _ in (0..<4).map { _ in random.integer(below: count) } }
    var (a, b) = (0, 1)
    var text = String(letters)
    for _ in 0..<40_000 {
      // The first of the four is the likeliest.
      let draw = random.integer(below: 10)
      let next = followers[a * count + b][draw < 5 ? 0 : draw < 8 ? 1 : draw < 9 ? 2 : 3]
      text.append(letters[next])
      (a, b) = (b, next)
    }
    let data = Dataset(name: "letters", text: try TokenSequence(text), context: 16)
    return try TrainingTask(data: data, split: DataSplit(of: data), loss: .crossEntropy)
  }
}
