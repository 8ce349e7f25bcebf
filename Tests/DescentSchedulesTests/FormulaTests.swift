import DescentSchedules
import Foundation
import Testing

/// A schedule of a hundred or so steps and its formula written down anew.
private struct Formula: Sendable, CustomTestStringConvertible {
  var text: String
  var steps = 100
  var rate: @Sendable (Double) -> Double
  var testDescription: String { text }
}

/// Inverse Chebyshev nodes in fractal order, made by the paper's recursion on arrays.
private func fractal(_ count: Int, ratio: Double) -> [Double] {
  var order = [0]
  while order.count < count { order = order.flatMap { [$0, 2 * order.count - 1 - $0] } }
  let m = 1 / ratio
  return order.map { m / ((1 + m) / 2 - (1 - m) / 2 * cos((Double($0) + 0.5) / Double(count) * .pi)) }
}

private let formulas: [Formula] = [
  // Optax 0.2.8: cosine_decay_schedule(init_value=1, decay_steps=100, alpha=0.1, exponent=2)
  Formula(text: "1: cosine(2) to 10%") { 0.9 * pow(0.5 * (1 + cos(.pi * $0 / 100)), 2) + 0.1 },
  // transformers: cosine with num_cycles=2.5
  Formula(text: "1: waves(2.5)") { max(0, 0.5 * (1 + cos(2 * .pi * 2.5 * $0 / 100))) },
  Formula(text: "1: waves(0.5) to 20%") { 0.2 + 0.8 * 0.5 * (1 + cos(.pi * $0 / 100)) },
  Formula(text: "1: 1-square to 10%") { 0.1 + 0.9 * (1 - pow($0 / 100, 2)) },
  // pytorch_optimizer: min + (max − min)·(1 − p)/(1 − p/2)
  Formula(text: "1: rex to 10%") { 0.1 + 0.9 * (1 - $0 / 100) / (1 - $0 / 200) },
  Formula(text: "1: rex") { (1 - $0 / 100) / (0.5 + 0.5 * (1 - $0 / 100)) },
  // axolotl, kohya: d = 0.9
  Formula(text: "1: rex(0.9)") { (1 - $0 / 100) / (0.1 + 0.9 * (1 - $0 / 100)) },
  // timm: TanhLRScheduler(lb=−7, ub=3)
  Formula(text: "1: tanh to 1%") { 0.01 + 0.5 * 0.99 * (1 - tanh(-7 * (1 - $0 / 100) + 3 * $0 / 100)) },
  Formula(text: "1: tanh(-4, 4)") { 0.5 * (1 - tanh(-4 + 8 * $0 / 100)) },
  // timm: CosineLRScheduler(k_decay=1.5), PolyLRScheduler(power=0.5, k_decay=2)
  Formula(text: "1: k-cosine(1.5) to 1%") { 0.01 + 0.5 * 0.99 * (1 + cos(.pi * pow($0, 1.5) / pow(100, 1.5))) },
  Formula(text: "1: k-polynomial(0.5, 2) to 1%") { 0.01 + 0.99 * pow(1 - pow($0, 2) / pow(100, 2), 0.5) },
  // fastai: SchedExp(1, 0.001)
  Formula(text: "1: geometric to 0.1%") { pow(0.001, $0 / 100) },
  // Keras: ExponentialDecay(1, decay_steps=30, decay_rate=0.5), staircase or not
  Formula(text: "1: exponential x0.5 every 30") { pow(0.5, $0 / 30) },
  Formula(text: "1: step x0.5 every 30") { pow(0.5, ($0 / 30).rounded(.down)) },
  Formula(text: "1: exponential x0.5 every 30 to 20%") { max(pow(0.5, $0 / 30), 0.2) },
  // Keras: PolynomialDecay(1, 30, 0.01, power=2, cycle=True), the boundary's owner excepted
  Formula(text: "1: polynomial(2) cycle 30 to 1%") {
    0.01 + 0.99 * pow(1 - $0 / (30 * (($0 / 30).rounded(.down) + 1)), 2)
  },
  // Shen et al.: min(η_max, a·n^−b) with a = η_max·20^b
  Formula(text: "1: power(0.51) knee 20") { min(1, pow(20, 0.51) * pow($0, -0.51)) },
  Formula(text: "1: warmup 10 -> power(0.51) knee 20 -> linear 20 to 0") {
    let plateau = { (n: Double) in min(1, pow(n / 20, -0.51)) }
    return $0 < 10 ? ($0 + 1) / 10 : $0 < 80 ? plateau($0) : plateau(80) * (1 - ($0 - 80) / 20)
  },
  Formula(text: "1: chebyshev(10, 32)") { fractal(32, ratio: 10)[Int($0) % 32] },
  // fairseq: tri_stage
  Formula(text: "1: tri-stage(warmup: 10, hold: 40, from: 1%, to: 5%)") {
    $0 < 10 ? 0.01 + 0.99 * ($0 + 1) / 10 : $0 < 50 ? 1 : exp(log(0.05) * ($0 - 50) / 50)
  },
  Formula(text: "1: wsd(warmup: 10%, decay: 20%)") {
    $0 < 10 ? ($0 + 1) / 10 : $0 < 80 ? 1 : 1 - (($0 - 80) / 20).squareRoot()
  },
  Formula(text: "1: wsd(warmup: 10, decay: 20, shape: 1-square, to: 10%)") {
    $0 < 10 ? ($0 + 1) / 10 : $0 < 80 ? 1 : 1 - 0.9 * pow(($0 - 80) / 20, 2)
  },
  // transformers: warmup_stable_decay(warmup_type="cosine" or "1-sqrt"), read at the step's end
  Formula(text: "1: warmup cosine 20 -> hold") { $0 < 20 ? 0.5 * (1 - cos(.pi * ($0 + 1) / 20)) : 1 },
  Formula(text: "1: warmup 1-sqrt 20 -> hold") { $0 < 20 ? 1 - (1 - ($0 + 1) / 20).squareRoot() : 1 },
  Formula(text: "1: warmup polynomial(3) 20 from 10% -> hold") { $0 < 20 ? 0.1 + 0.9 * pow(($0 + 1) / 20, 3) : 1 },
  // PyTorch: OneCycleLR(1, total_steps=101, pct_start=0.3, three_phase=True, anneal_strategy="linear")
  Formula(text: "onecycle(peak: 1, warmup: 30, phases: 3, anneal: linear)", steps: 101) {
    let (low, last) = (1.0 / 25, 1.0 / 25 / 1e4)
    return $0 <= 29
      ? low + (1 - low) * $0 / 29
      : $0 <= 58 ? 1 + (low - 1) * ($0 - 29) / 29 : low + (last - low) * ($0 - 58) / 42
  },
  // Optax: cosine_onecycle_schedule(100, 1)
  Formula(text: "1: knots cosine 0 = 4%, 30% = 100%, 100% = 4e-6 of peak") {
    $0 < 30
      ? 0.04 + 0.96 * (1 - cos(.pi * $0 / 30)) / 2 : 4e-6 + (1 - 4e-6) * (1 + cos(.pi * ($0 - 30) / 70)) / 2
  },
  // big_vision: rsqrt with cool-down, ts = 20, warm-up 10, cool-down 25; 1/√(1 + (t − 10)/20) is √2/√(1 + t/10)
  Formula(
    text: "1: (inverse-sqrt(10) from 1.4142135623730951 of peak) * (linear 10 from 0 to 100% -> hold -> linear 25)"
  ) {
    min(1, $0 / 10) * min(1, (100 - $0) / 25) / (1 + ($0 - 10) / 20).squareRoot()
  },
]

@Suite struct FormulaTests {
  @Test(arguments: formulas)
  private func `has the rates of its formula`(formula: Formula) throws {
    let run = try run(formula.text, steps: formula.steps)
    for step in 0..<formula.steps {
      let expected = formula.rate(Double(step))
      #expect(abs(run.rate(at: step) - expected) <= 2e-15 + 1e-13 * expected, "step \(step)")
    }
  }

  @Test func `pytorch's CosineAnnealingLR rises past its end, and so does after continue`() throws {
    let run = try run("1: cosine 40 | after continue", steps: 100)
    for step in 0..<100 { #expect(abs(run.rate(at: step) - (1 + cos(.pi * Double(step) / 40)) / 2) < 1e-15) }
  }

  @Test func `chebyshev takes every node once in a period, between the two rates`() throws {
    let rates = try run("1: chebyshev(20, 64)", steps: 64).rates()
    #expect(Set(rates).count == 64)
    #expect(rates.allSatisfy { $0 < 1 && $0 > 0.05 })
    #expect(try run("1: chebyshev(20, 64)", steps: 640).rates().suffix(64) == rates[...])
  }
}
