import DescentCore

/// Gradient descent on ½·Σ λᵢ·xᵢ² with noise that follows from the seed: a training whose best rate is known, in a few lines.
struct NoisyBowl: TraineeSource {
  var curvature = 1.0
  /// Standard deviation of what is added to a gradient.
  var noise = 0.0
  /// Rows of validation; 0: none.
  var validationRows = 1
  /// Rows of the test part; 0: none.
  var testRows = 1
  /// Steps until the data ends; nil: never.
  var batches: Int?
  /// Added to the seed, for twins that share nothing but what they are.
  var salt: UInt64 = 0

  func makeTrainee(seed: UInt64, batchOrder: UInt64) -> Made {
    Made(bowl: self, state: (seed &+ salt) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
  }

  struct Made: Evaluable, Restorable {
    let bowl: NoisyBowl
    var state: UInt64
    var point = [1.0, 1, 1]
    var steps = 0

    private var curvatures: [Double] { [0.05, 0.2, 1].map { $0 * bowl.curvature } }
    private var loss: Double { zip(curvatures, point).reduce(0) { $0 + 0.5 * $1.0 * $1.1 * $1.1 } }

    mutating func step(_ request: StepRequest) throws -> StepReport {
      if steps == bowl.batches { throw DataExhausted() }
      steps += 1
      let report = StepReport(loss: loss)
      for i in point.indices {
        point[i] -= request.learningRate * (curvatures[i] * point[i] + bowl.noise * normal())
      }
      return report
    }

    func evaluate(on part: DataPart) -> Evaluation {
      let rows =
        switch part {
        case .validation: bowl.validationRows
        case .test: bowl.testRows
        default: 1
        }
      return Evaluation(rows: rows, loss: rows > 0 ? loss : .nan)
    }

    /// About normal: the sum of twelve uniform numbers.
    private mutating func normal() -> Double {
      (0..<12).reduce(-6) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Double(state >> 11) / Double(1 << 53)
      }
    }

    func snapshot() -> Made { self }
    mutating func restore(_ snapshot: Made) { self = snapshot }
    func fork() -> Made { self }
  }
}
