/// A setting of an update rule that a schedule or a request may drive, by its frozen name.
///
/// The raw values are the names used in specs, checkpoints and JSON; they never change.
public enum Hyperparameter: String, Sendable, Hashable, Codable, CaseIterable {
  case learningRate
  case momentum
  case dampening
  case nesterov
  case beta1
  case beta2
  case epsilon
  case weightDecay
  case decoupled
  case biasCorrection
}
