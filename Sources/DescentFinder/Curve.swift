/// One step of a range test.
public struct CurvePoint: Sendable, Hashable, Codable {
  /// Zero-based step.
  public var step: Int
  /// Learning rate of the update made at this step.
  public var rate: Double
  /// Raw mini-batch loss before that update, in the loss's own unit; may be not finite.
  public var loss: Double
  /// The loss after ``smoothed(_:window:)``; infinite where most of the window is not finite.
  public var smoothed: Double

  public init(step: Int, rate: Double, loss: Double, smoothed: Double) {
    self.step = step
    self.rate = rate
    self.loss = loss
    self.smoothed = smoothed
  }
}

/// Why a range test ended.
public enum StopReason: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every step was made.
  case completed
  /// The loss rose past the limit of ``StopRule``.
  case diverged
  /// A loss, gradient or parameter was not finite.
  case notANumber = "not-a-number"
  /// The trainee had no further batch.
  case dataExhausted = "data-exhausted"
  /// The caller asked to stop.
  case interrupted

  /// True if the learning rate is what ended the test.
  public var isBlowUp: Bool { self == .diverged || self == .notANumber }
}

/// One pass over the rates.
public struct RepeatResult: Sendable, Hashable, Codable {
  /// The batch order this repeat used.
  public var seed: UInt64
  public var stopped: StopReason
  public var curve: [CurvePoint]

  public init(seed: UInt64, stopped: StopReason, curve: [CurvePoint]) {
    self.seed = seed
    self.stopped = stopped
    self.curve = curve
  }

  /// A repeat from raw losses, smoothed here.
  public init(seed: UInt64, stopped: StopReason, rates: [Double], losses: [Double], window: Int? = nil) {
    self.init(seed: seed, stopped: stopped, curve: makeCurve(rates: rates, losses: losses, window: window))
  }
}

/// Points with their smoothed losses.
func makeCurve(rates: [Double], losses: [Double], window: Int?) -> [CurvePoint] {
  let smooth = smoothed(losses, window: window)
  return losses.indices.map { CurvePoint(step: $0, rate: rates[$0], loss: losses[$0], smoothed: smooth[$0]) }
}
