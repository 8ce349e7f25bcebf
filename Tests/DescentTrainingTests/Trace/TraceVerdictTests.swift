import DescentOptimizers
import DescentTraining
import Foundation
import Testing

@Suite struct TraceVerdictTests {
  private func trace(
    _ problem: TraceProblem, _ optimizer: String, _ rate: Double, steps: Int
  ) throws -> TraceResult {
    try Trace.run(problem: problem, optimizer: OptimizerSpec(parsing: optimizer), rate: { _ in rate }, steps: steps)
  }

  private func verdict(
    _ function: AnalyticFunction, from start: [Double]? = nil, _ optimizer: String, _ rate: Double, steps: Int
  ) throws -> TraceVerdict {
    let problem = try start.map { try TraceProblem(function).starting(at: $0) } ?? TraceProblem(function)
    return try #require(try trace(problem, optimizer, rate, steps: steps).verdict)
  }

  /// The factor that a sentence gives for the steepest direction.
  private func factor(in sentence: String) throws -> Double {
    let match = try #require(
      try /multiplies the (?:distance|swing) by (?:\|1 − η·λ\| = )?([0-9.e+-]+[0-9])/.firstMatch(in: sentence))
    return try #require(Double(match.1))
  }

  @Test(arguments: [
    ("sgd", 0.3), ("sgd", 0.95), ("sgd", 1.05), ("sgd(momentum: 0.5)", 0.03), ("sgd(momentum: 0.5)", 0.4),
    ("sgd(momentum: 0.9)", 0.001), ("sgd(momentum: 0.9)", 0.5), ("sgd(momentum: 0.9)", 1.89),
    ("sgd(momentum: 0.9)", 1.95), ("sgd(momentum: 0.9, nesterov: true)", 0.3),
    ("sgd(momentum: 0.9, nesterov: true)", 0.6), ("sgd(momentum: 0.9, nesterov: true)", 0.8),
    ("sgd(momentum: 0.8, dampening: 0.5)", 0.4), ("sgd(momentum: 0.8, weightDecay: 0.3)", 0.4),
    ("sgd(momentum: 0.8, weightDecay: 0.3, decoupled: true)", 0.4), ("sgd(weightDecay: 0.5)", 0.2),
  ])
  func `the factor in the sentence is what the path shows`(_ optimizer: String, _ rate: Double) throws {
    let result = try trace(TraceProblem(.square), optimizer, rate, steps: 1200)
    let verdict = try #require(result.verdict)
    // The largest of many neighbouring points, because a swing passes through 0.
    let sizes = result.path.map { abs($0[0]) }
    let (early, late) = (sizes[200..<260].max() ?? 0, sizes[500..<560].max() ?? 0)
    let seen = pow(late / early, 1.0 / 300)
    try #require(early > 0 && late > 1e-300)
    #expect(abs(try factor(in: verdict.sentence) / seen - 1) < 5e-3, "\(verdict.sentence) \(seen)")
    #expect((verdict.outcome == .blowsUp) == (seen > 1))
  }

  @Test func `momentum swings with the period in the sentence`() throws {
    let result = try trace(TraceProblem(.square), "sgd(momentum: 0.99)", 0.001, steps: 700)
    let sentence = try #require(result.verdict).sentence
    let match = try #require(sentence.firstMatch(of: /period of ([0-9.]+) steps/))
    let x = result.path.map { $0[0] }
    let crossings = x.indices.dropFirst().filter { (x[$0] < 0) != (x[$0 - 1] < 0) }
    let half = Double(crossings[crossings.count - 1] - crossings[0]) / Double(crossings.count - 1)
    #expect(abs(try #require(Double(match.1)) / (2 * half) - 1) < 0.01, "\(sentence) \(2 * half)")
  }

  @Test func `a rate that is far too small crawls, with the steps that halving takes`() throws {
    let slow = try verdict(.square, "sgd", 0.001, steps: 20)
    #expect(slow.outcome == .crawls)
    // ln 2 / −ln 0.998
    #expect(slow.sentence.contains("= 0.998, so that halving it takes 347 steps"))
    #expect(try verdict(.square, "sgd", 0.001, steps: 400).outcome == .converges)
    let valley = try verdict(.ravine, "sgd", 0.005, steps: 20)
    #expect(valley.outcome == .crawls)
    #expect(valley.sentence.contains("along the flattest direction, λ = 1,"))
  }

  @Test func `a saddle holds a path on its ridge and lets go of any other`() throws {
    let ridge = try verdict(.saddle, from: [1, 0], "sgd", 0.05, steps: 200)
    #expect(ridge.outcome == .saddle)
    #expect(ridge.sentence.contains("is 0, so that no step leaves it"))
    let near = try verdict(.saddle, "sgd", 0.05, steps: 20)
    #expect(near.outcome == .saddle)
    // ln(1/0.001)/ln 1.1
    #expect(near.sentence.contains("by ×1.1 each step and takes about 73 steps"))
    #expect(try verdict(.saddle, "sgd", 0.05, steps: 80).outcome == .blowsUp)
    #expect(try verdict(.saddle, from: [1, 0], "adam", 0.05, steps: 20).outcome == .saddle)
    let adam = try verdict(.saddle, "adam", 0.05, steps: 60)
    #expect(adam.outcome == .blowsUp)
    #expect(adam.sentence.contains("the loss falls without end along the falling direction, λ = -2"))
  }

  @Test func `Rastrigin ends in a local minimum, and says which`() throws {
    let local = try verdict(.rastrigin, "sgd", 0.004, steps: 60)
    #expect(local.outcome == .localMinimum)
    #expect(local.sentence.contains("(1.99, 1.99) with the loss 7.96"))
    #expect(local.sentence.contains("the lowest, 0, is at (0, 0)"))
    #expect(try verdict(.rastrigin, from: [0.2, -0.1], "sgd", 0.004, steps: 60).outcome == .minimum)
  }

  @Test(arguments: [
    ([0.0, 0], "(3, 2), one of 4"), ([-3, 3], "(-2.805, 3.131), one of 4"), ([-4, -3], "(-3.779, -3.283), one of 4"),
    ([4, -2], "(3.584, -1.848), one of 4"),
  ])
  func `Himmelblau's minimum is named`(_ start: [Double], _ words: String) throws {
    let verdict = try verdict(.himmelblau, from: start, "sgd", 0.005, steps: 300)
    #expect(verdict.outcome == .minimum)
    #expect(verdict.sentence.hasPrefix("It reaches the minimum \(words)"), "\(verdict.sentence)")
  }

  @Test func `a stationary point between the minima is a saddle`() throws {
    // The local maximum of Himmelblau's function attracts nothing; its saddle at (0.0867, 2.8843) holds what starts there.
    let verdict = try verdict(.himmelblau, from: [0.08667750456, 2.88425470117], "sgd", 1e-4, steps: 12)
    #expect(verdict.outcome == .saddle)
    #expect(verdict.sentence.hasPrefix("It stays at the saddle (0.08668, 2.884)"), "\(verdict.sentence)")
  }

  @Test func `a blow-up off a quadratic is explained by the curvature it met`() throws {
    let verdict = try verdict(.rosenbrock, "sgd", 0.05, steps: 20)
    #expect(verdict.outcome == .blowsUp)
    // The largest eigenvalue of the Hessian at (−1.2, 1), ((1330, 480), (480, 200)); 2/η = 40.
    let largest = 765 + (565.0 * 565 + 480 * 480).squareRoot()
    #expect(
      verdict.sentence.contains("λ = \(Int(largest.rounded())), is above the threshold 40"), "\(verdict.sentence)")
  }

  @Test func `a path that keeps jumping does not settle`() throws {
    #expect(try verdict(.himmelblau, "sgd", 0.03, steps: 60).outcome == .unsettled)
    #expect(try verdict(.rosenbrock, "adam", 0.01, steps: 30).outcome == .underWay)
    #expect(try verdict(.rosenbrock, "adam", 0.1, steps: 3000).outcome == .minimum)
  }
}
