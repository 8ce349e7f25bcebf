import DescentSchedules

/// Random controllers of every kind and settings, and random observations with gaps and values that are not finite.
struct RandomControllers {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(state: seed) }

  private mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
  private mutating func real(_ low: Double, _ high: Double) -> Double { .random(in: low...high, using: &generator) }
  private mutating func count(_ low: Int, _ high: Int) -> Int { .random(in: low...high, using: &generator) }

  private mutating func improvement() -> Improvement {
    Improvement(
      mode: chance(0.7) ? .min : .max, threshold: chance(0.3) ? 0 : real(0, 0.1),
      thresholdMode: chance(0.5) ? .relative : .absolute,
      watch: WatchedFigure.allCases.randomElement(using: &generator).flatMap { chance(0.6) ? $0 : nil })
  }

  mutating func next() -> Controller {
    switch count(0, 4) {
    case 0:
      .plateau(
        ReduceOnPlateau(
          factor: real(0.05, 0.95), patience: count(0, 4), cooldown: count(0, 3),
          minimum: chance(0.5) ? 0 : real(0, 0.2),
          minimumRate: chance(0.7) ? 0 : real(0, 0.1), average: chance(0.6) ? 1 : count(2, 5),
          improvement: improvement()))
    case 1:
      .greedy(
        Greedy(
          factor: real(0.3, 0.95), patience: count(0, 3), cooldown: count(0, 2), warmup: count(0, 2),
          minimum: real(0.05, 0.9), maximum: real(1, 4), minimumRate: chance(0.7) ? 0 : real(0, 0.1),
          maximumRate: chance(0.7) ? nil : real(0.2, 2), smooth: chance(0.5) ? 1 : count(2, 6),
          reset: count(0, 4), improvement: improvement()))
    case 2:
      .backoff(
        DivergenceBackoff(
          factor: real(0.2, 0.9), cooldown: count(0, 4), minimum: chance(0.5) ? 0 : real(0, 0.1), recover: count(0, 5),
          growth: real(1.05, 2)))
    case 3:
      .hypergradient(
        Hypergradient(
          beta: real(0, 0.1), form: chance(0.5) ? .additive : .multiplicative, minimum: real(0, 0.1),
          maximum: chance(0.5) ? nil : real(1, 5)))
    default:
      .polyak(
        Polyak(target: real(-1, 1), maximum: real(0.1, 3), scale: real(0.2, 2), epsilon: chance(0.5) ? 0 : real(0, 1)))
    }
  }

  /// A figure as runs have them: mostly finite, of either sign, now and then something else.
  private mutating func figure() -> Double {
    if chance(0.05) { return .nan }
    if chance(0.05) { return chance(0.5) ? .infinity : -.infinity }
    return chance(0.05) ? real(-100, 100) : real(-2, 2)
  }

  mutating func log(_ length: Int) -> [Observation] {
    (0..<length).map { step in
      Observation(
        step: step, loss: figure(), metric: chance(0.5) ? figure() : nil,
        gradientSquaredNorm: chance(0.9) ? abs(figure()) : nil, gradientDot: chance(0.9) ? figure() : nil,
        scheduledRate: chance(0.05) ? 0 : real(0.01, 1))
    }
  }
}
