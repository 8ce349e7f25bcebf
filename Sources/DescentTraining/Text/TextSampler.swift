internal import DescentAutodiff
internal import DescentCore
internal import DescentData
internal import DescentLinearAlgebra
public import DescentModels
internal import DescentRandom
internal import Foundation

/// Draws text from a language model, one character after another. Owned by one thread.
public final class TextSampler {
  private let task: TrainingTask
  private let machine: Machine
  private let layout: ParameterLayout
  private let compiled: CompiledModel.Compiled
  private let arena: Arena
  private let batch: Batch<Float>
  private let parameters: AlignedBuffer<Float>
  private let outputs: AlignedBuffer<Float>

  /// - Parameters:
  ///   - model: as it was trained.
  ///   - task: with the text it was trained on.
  ///   - threads: threads to compute on.
  /// - Throws: ``TaskError`` if the task's data is not text, `ShapeError` where the model does not fit.
  public init(_ model: any Model, task: TrainingTask, threads: Int = 1) throws {
    guard task.data.text != nil else { throw TaskError("\(task.data.name) is not text, so none can be drawn.") }
    self.task = task
    machine = Machine(threads: threads)
    let traced = TracedModel(model, task: task, rows: 1, mode: .evaluation)
    let result = traced.tape.buffer("outputs")
    layout = traced.scope.layout
    compiled = try traced.compiled([ProgramOutput(traced.outputs, to: result)], [result], rows: 1)
    arena = Arena(for: compiled.program, precision: .float32)
    batch = Batch(rows: 1, of: task.data)
    parameters = AlignedBuffer(layout.count)
    outputs = AlignedBuffer(task.data.positionsPerRow * task.data.outputCount)
    batch.bind(to: arena, compiled)
    arena.bind(compiled.results[0], to: outputs.pointer)
    // No masks are drawn, so any place will do for their state.
    arena.bind(
      compiled.sources, parameters: parameters.pointer, kept: parameters.pointer + layout.trainableCount * 4,
      random: outputs.pointer)
  }

  /// The tokens that follow a prompt, each drawn from softmax(outputs / temperature) given the ones before it, of which
  /// the model sees as many as a row has.
  ///
  /// - Parameters:
  ///   - prompt: at least one token of the vocabulary.
  ///   - count: tokens to draw.
  ///   - parameters: the whole vector of the model's layout.
  ///   - temperature: above 0; 1 draws by the model's probabilities, less keeps closer to the likely ones.
  ///   - seed: of the run; the same seed draws the same text.
  ///   - index: tells several draws of one seed apart.
  /// - Returns: nil if the model's outputs are not finite.
  public func continuation(
    of prompt: [Int32], count: Int, parameters: [Float], temperature: Double, seed: UInt64, index: UInt64 = 0
  ) -> [Int32]? {
    precondition(!prompt.isEmpty && temperature > 0, "a prompt of one token at least, and a temperature above 0")
    precondition(parameters.count == layout.count, "the whole vector of the model's layout")
    self.parameters.update(from: parameters)
    var random = RandomSequence(seed: seed, stream: .sampling, index: index)
    let (context, width) = (task.data.positionsPerRow, task.data.outputCount)
    var tokens = prompt
    tokens.reserveCapacity(prompt.count + count)
    for _ in 0..<count {
      let seen = min(context, tokens.count)
      // What stands after the last token is not seen: every position looks back only.
      for i in 0..<context { batch.tokens.base[i] = i < seen ? tokens[tokens.count - seen + i] : 0 }
      arena.run(on: machine)
      let last = outputs.elements[((seen - 1) * width)..<(seen * width)]
      guard let token = Self.draw(last.map { Double($0) / temperature }, random.uniform()) else { return nil }
      tokens.append(token)
    }
    return Array(tokens[prompt.count...])
  }

  /// The place that a uniform number falls on where each place has the probability softmax(x).
  private static func draw(_ x: [Double], _ uniform: Double) -> Int32? {
    guard let largest = x.max(), x.allSatisfy(\.isFinite) else { return nil }
    let weights = x.map { exp($0 - largest) }
    let goal = uniform * weights.reduce(0, +)
    var sum = 0.0
    for (place, weight) in weights.enumerated() {
      sum += weight
      if sum > goal { return Int32(place) }
    }
    return weights.lastIndex { $0 > 0 }.map { Int32($0) }
  }
}

/// Text that a model has drawn, and what it was to go on from.
public struct TextSample: Sendable, Hashable {
  public var prompt: String
  public var text: String
}

extension TextSampler {
  /// Characters that a report's sample has.
  public static let sampleLength = 200
  /// The temperature it is drawn at.
  public static let sampleTemperature = 0.8

  /// A sample for a report: 200 characters at temperature 0.8 that go on from the beginning of the validation part, of
  /// which the model sees half as many as it could.
  ///
  /// - Parameters:
  ///   - trainee: gives the parameters, or their average where one is kept.
  ///   - seed: of the run.
  /// - Returns: nil if the model's outputs are not finite.
  public func sample(of trainee: ModelTrainee, seed: UInt64) -> TextSample? {
    guard let text = task.data.text, let row = task.split.validation.first ?? task.split.train.first else { return nil }
    let context = task.data.positionsPerRow
    let start = Int(row) * context
    let prompt = (start..<(start + max(1, context / 2))).map { text[$0] }
    return continuation(
      of: prompt, count: Self.sampleLength, parameters: trainee.evaluatedState,
      temperature: Self.sampleTemperature, seed: seed
    ).map { TextSample(prompt: text.vocabulary.text(prompt), text: text.vocabulary.text($0)) }
  }
}
