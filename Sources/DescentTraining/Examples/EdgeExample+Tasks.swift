internal import DescentData
internal import DescentModels
internal import DescentRandom

extension EdgeExample {
  /// 20 points of T₅ on −1…1.
  static func chebyshevTask() throws -> TrainingTask {
    let data = try loadDataset("chebyshev(rows: 20, degree: 5)")
    return try TrainingTask(data: data, split: .all(of: data), loss: .squared)
  }

  /// Weights of variance 2/(in + out), those of the first layer 1.9 times as large; no bias in the last.
  ///
  /// Biases begin near 0, not at it: there the mirror symmetry of the data would hold them in single precision for ever,
  /// and an adaptive rule's P of a parameter that never had a gradient says nothing.
  static let chebyshevModel = ExampleNetwork(
    layers: [
      ExampleNetwork.Layer(width: 100, deviation: 1.9 * (2.0 / 101).squareRoot(), bias: 1e-3),
      ExampleNetwork.Layer(width: 1, deviation: (2.0 / 101).squareRoot(), bias: nil),
    ], activation: .tanh)

  /// Four clouds for each of ten classes: centres normal, points round them with deviation 1.2; 400 rows, standardised.
  static func classifierTask() throws -> TrainingTask {
    let (classes, clouds, features, points) = (10, 4, 32, 10)
    var random = RandomSequence(seed: 0, stream: .generation, index: 0)
    var values: [Float] = []
    var labels: [Int32] = []
    for label in 0..<classes {
      for _ in 0..<clouds {
        let centre = (0..<features).map { _ in random.normal() }
        for _ in 0..<points {
          values += centre.map { Float($0 + 1.2 * random.normal()) }
          labels.append(Int32(label))
        }
      }
    }
    let data = Dataset(
      name: "clouds", featureShape: [features], features: .floats(values),
      targets: .classes(labels, names: (0..<classes).map(String.init)), wantsStandardization: true)
    return try TrainingTask(data: data, split: .all(of: data), loss: .squared)
  }

  /// Weights of variance 1/(3·in).
  static let classifierModel = ExampleNetwork(
    layers: zip([32, 64, 64], [64, 64, 10]).map { inputs, outputs in
      ExampleNetwork.Layer(width: outputs, deviation: (1 / (3 * Double(inputs))).squareRoot(), bias: 0)
    }, activation: .tanh)
}
