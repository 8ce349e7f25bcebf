internal import DescentCore
internal import DescentData
internal import DescentModels
internal import Foundation

/// What a language model's losses mean, beside a model that knows nothing but how often each character occurs.
public struct LanguageFigures: Sendable, Hashable {
  /// Of one part of the text.
  public struct Part: Sendable, Hashable {
    /// exp of the mean loss in nats: how many equally likely characters the model is as unsure between.
    public var perplexity: Double
    /// The mean loss in bits: what a character would cost in an ideal code made from the model.
    public var bitsPerCharacter: Double
    /// The perplexity of the training part's character frequencies; nil where the training part is not at hand.
    public var unigramPerplexity: Double?
  }

  public var validation: Part?
  public var test: Part?

  /// - Parameters:
  ///   - evaluations: on the parts of the task's data.
  ///   - task: with the text.
  ///   - hasTraining: whether the task's training part is what the model was trained on.
  /// - Returns: nil if the data is not text, or the loss not the cross-entropy.
  public init?(_ evaluations: Evaluations, task: TrainingTask, hasTraining: Bool = true) {
    guard task.data.text != nil, task.loss.measured == .crossEntropy else { return nil }
    func part(_ evaluation: Evaluation?, _ rows: [Int32]) -> Part? {
      evaluation.map { evaluation in
        Part(
          perplexity: exp(evaluation.loss), bitsPerCharacter: evaluation.loss / M_LN2,
          unigramPerplexity: hasTraining ? task.data.unigramPerplexity(on: rows, from: task.split.train) : nil)
      }
    }
    validation = part(evaluations.validation, task.split.validation)
    test = part(evaluations.test, task.split.test)
  }
}
