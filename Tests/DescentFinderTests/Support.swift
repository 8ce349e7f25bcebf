import DescentCore
import DescentFinder
import Foundation

/// f(x) = a·x² by plain gradient descent; diverges above the rate 1/a. The noise comes from the batch order.
struct Parabola: Restorable {
  struct Snapshot: Sendable, Hashable {
    var x: Double
    var state: UInt64
    var steps: Int
  }
  struct Broken: Error {}

  var x = 1.0
  var a = 1.0
  var noise = 0.0
  var offset = 0.0
  var state: UInt64 = 1
  var steps = 0
  var throwsAt = Int.max
  var endsAt = Int.max

  mutating func step(_ request: StepRequest) throws -> StepReport {
    if steps == throwsAt { throw Broken() }
    if steps == endsAt { throw DataExhausted() }
    steps += 1
    let loss = a * x * x + offset + noise * normal(&state)
    x -= request.learningRate * 2 * a * x
    return StepReport(loss: loss)
  }
  func snapshot() -> Snapshot { Snapshot(x: x, state: state, steps: steps) }
  mutating func restore(_ snapshot: Snapshot) {
    (x, state, steps) = (snapshot.x, snapshot.state, snapshot.steps)
  }
  func fork() -> Parabola { self }
}

struct ParabolaSource: TraineeSource {
  var prototype = Parabola()
  func makeTrainee(seed: UInt64, batchOrder: UInt64) -> Parabola {
    var made = prototype
    made.state = batchOrder &+ 1
    return made
  }
}

/// A trainee that only reports: losses by step.
struct Playback: Trainee {
  var losses: [Double]
  var next = 0
  mutating func step(_ request: StepRequest) throws -> StepReport {
    guard next < losses.count else { throw DataExhausted() }
    next += 1
    return StepReport(loss: losses[next - 1])
  }
}

struct PlaybackSource: TraineeSource {
  var losses: @Sendable (UInt64) -> [Double]
  func makeTrainee(seed: UInt64, batchOrder: UInt64) -> Playback { Playback(losses: losses(batchOrder)) }
}

/// SplitMix64.
func uniform(_ state: inout UInt64) -> Double {
  state &+= 0x9E37_79B9_7F4A_7C15
  var z = state
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return Double((z ^ (z >> 31)) >> 11) / 9007199254740992
}

/// Roughly normal with unit variance: the sum of twelve uniforms less six.
func normal(_ state: inout UInt64) -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform(&state) } }

/// A typical curve over the default rates: flat, falling round 10^-2, rising past `blow` (log₁₀).
func typicalLosses(_ rates: [Double], seed: UInt64 = 1, noise: Double = 0.05, blow: Double = 0) -> [Double] {
  var state = seed &* 7919
  return rates.map { rate in
    let x = log(rate) / log(10)
    let fall = 2 / (1 + exp(-3 * (x + 2)))
    return 2.3 - fall + 0.3 * exp(min(4 * (x - blow), 9)) + noise * normal(&state)
  }
}

func defaultTest() throws -> RangeTest { try RangeTest() }

extension RangeTest {
  var ladder: [Double] { (0..<steps).map { rate(at: $0) } }
}

func single(_ rates: [Double], _ losses: [Double], stopped: StopReason = .completed) -> RangeTestResult {
  RangeTestResult(repeats: [RepeatResult(seed: 0, stopped: stopped, rates: rates, losses: losses)])
}
