internal import DescentData
public import DescentModels

/// A small training on which the edge of stability is seen within seconds.
///
/// Model and data come with it; rate, schedule, optimizer and steps are what to begin with, free to change.
///
/// - Source: Cohen et al. 2021 (arXiv:2103.00065) for the Chebyshev task; Lewkowycz et al. 2020 (arXiv:2003.02218) for the
///   catapult; Andreyev & Beneventano 2024 (arXiv:2412.20553) for mini-batches.
public struct EdgeExample: Sendable {
  public let name: String
  /// What it shows, as one sentence.
  public let summary: String
  public let task: TrainingTask
  public let model: any Model
  /// Rows of a training step; nil: all, as plain gradient descent does.
  public let batchSize: Int?
  /// The update rule, as a specification.
  public let optimizer: String
  public let learningRate: Double
  /// The schedule on top of the rate, as a specification.
  public let schedule: String
  public let steps: Int
  /// Steps between measurements.
  public let interval: Int

  /// Names that ``init(named:)`` knows.
  public static let names = ["chebyshev", "classifier", "stochastic", "catapult", "rate-change"]

  /// - Parameter name: one of ``names``.
  /// - Throws: ``TaskError`` for another name.
  public init(named name: String) throws {
    switch name {
    case "chebyshev": self = try .chebyshev()
    case "classifier": self = try .classifier()
    case "stochastic": self = try .stochastic()
    case "catapult": self = try .catapult()
    case "rate-change": self = try .rateChange()
    default:
      throw TaskError(
        "There is no example \"\(name)\"; there are " + Self.names.dropLast().joined(separator: ", ") + " and "
          + "\(Self.names[Self.names.count - 1]).")
    }
  }

  init(
    name: String, summary: String, task: TrainingTask, model: any Model, batchSize: Int? = nil,
    optimizer: String = "sgd",
    learningRate: Double, schedule: String = "constant", steps: Int, interval: Int
  ) {
    self.name = name
    self.summary = summary
    self.task = task
    self.model = model
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.schedule = schedule
    self.steps = steps
    self.interval = interval
  }

  /// Regression on 20 points of T₅ by 1-100-1 with tanh, 300 parameters, full batch: at η = 0.4 sharpness rises from 3 to
  /// 2/η = 5 within about a thousand steps and hovers there while the loss falls, rising on every third step.
  public static func chebyshev() throws -> EdgeExample {
    EdgeExample(
      name: "chebyshev", summary: "Sharpness rises to 2/η and hovers there while the loss goes on falling.",
      task: try chebyshevTask(), model: chebyshevModel, learningRate: 0.4, steps: 8000, interval: 10)
  }

  /// Ten classes of four clouds each in 32 dimensions by 32-64-64-10 with tanh and squared loss, full batch: at η = 0.4
  /// the edge is reached after about 300 steps.
  public static func classifier() throws -> EdgeExample {
    EdgeExample(
      name: "classifier", summary: "A classifier with squared loss hovers just above 2/η.",
      task: try classifierTask(), model: classifierModel, learningRate: 0.4, steps: 2000, interval: 20)
  }

  /// The classifier in mini-batches of 16: the full-batch sharpness settles well below 2/η, the Batch Sharpness nearer.
  public static func stochastic() throws -> EdgeExample {
    EdgeExample(
      name: "stochastic", summary: "Mini-batches keep the full-batch sharpness well below 2/η.",
      task: try classifierTask(), model: classifierModel, batchSize: 16, learningRate: 0.4, steps: 8000, interval: 80)
  }

  /// Two linear layers of width 1000 on one point, f = v·u/√1000 with the loss ½·f²: at η = 3/λ₀ the loss first grows
  /// a hundredfold, then falls to a flatter place with λ below 2/η.
  public static func catapult() throws -> EdgeExample {
    let width = 1000
    let data = Dataset(
      name: "catapult", featureShape: [1], features: .floats([1]), targets: .values([0], width: 1))
    let layers = [width, 1].map { ExampleNetwork.Layer(width: $0, deviation: 1, bias: nil) }
    return EdgeExample(
      name: "catapult", summary: "Between 2/λ and 4/λ the loss first grows, then lands where it is flatter.",
      task: try TrainingTask(data: data, split: .all(of: data), loss: .squared),
      model: ExampleNetwork(layers: layers, activation: .linear, outputScale: 1 / Double(width).squareRoot()),
      learningRate: 1.5, steps: 60, interval: 1)
  }

  /// The Chebyshev task with the rate halved after 4,000 steps and raised again over 200: sharpness follows the new 2/η.
  public static func rateChange() throws -> EdgeExample {
    EdgeExample(
      name: "rate-change", summary: "After a cut of the rate, sharpness climbs to the new 2/η: raise it again slowly.",
      task: try chebyshevTask(), model: chebyshevModel, learningRate: 0.4,
      schedule: "hold 4000 -> hold 4000 from 50% -> linear 200 from 50% to 100% -> hold", steps: 12000, interval: 10)
  }
}
