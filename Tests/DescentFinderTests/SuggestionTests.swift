import DescentFinder
import Foundation
import Testing

@Suite struct SuggestionTests {
  private let rates: [Double]

  init() throws { rates = try defaultTest().ladder }

  private func result(
    repeats: Int = 3, rates: [Double]? = nil, kind: ScheduleKind = .constant, _ change: (Double) -> Double = { $0 }
  ) -> RangeTestResult {
    let runs = (0..<repeats).map { index in
      RepeatResult(
        seed: UInt64(index), stopped: .diverged, rates: rates ?? self.rates,
        losses: typicalLosses(self.rates, seed: UInt64(index + 1)).map(change))
    }
    return RangeTestResult(repeats: runs, scheduleKind: kind)
  }

  @Test(arguments: ScheduleKind.allCases)
  func `is the geometric mean of the repeats' minima over the divisor, inside its interval`(kind: ScheduleKind) throws {
    let result = result(kind: kind)
    let suggestion = try #require(result.suggestion)
    let minima = result.repeats.map { run in
      log(run.curve.min { $0.smoothed < $1.smoothed }?.rate ?? .nan)
    }
    let expected = exp(minima.reduce(0, +) / 3) / kind.divisor
    #expect(abs(suggestion.rate / expected - 1) < 1e-9)
    #expect(suggestion.low < suggestion.rate && suggestion.rate < suggestion.high)
    let ceiling = try #require(result.ceiling)
    #expect(suggestion.high <= ceiling)
    // The repeats can only widen the half decade of the rule itself.
    #expect(suggestion.rate / suggestion.low >= pow(10, 0.5) * (1 - 1e-9))
    #expect(suggestion.rate / suggestion.low < 5)
    #expect(result.noSuggestion == nil)
    #expect(suggestion.basis.contains("3 repeats") && suggestion.basis.contains(kind.rawValue))
  }

  @Test func `a constant schedule gets a lower rate than a decaying one`() throws {
    let constant = try #require(result(kind: .constant).suggestion)
    let decaying = try #require(result(kind: .decaying).suggestion)
    #expect(constant.rate < decaying.rate)
  }

  @Test func `repeats that differ widen the interval`() throws {
    let shifted = (0..<3).map { index in
      RepeatResult(
        seed: 0, stopped: .diverged, rates: rates,
        losses: typicalLosses(rates, seed: 4, blow: 0.5 * Double(index - 1)))
    }
    let wide = try #require(RangeTestResult(repeats: shifted).suggestion)
    let narrow = try #require(RangeTestResult(repeats: [shifted[1], shifted[1], shifted[1]]).suggestion)
    #expect(wide.high / wide.low > 1.1 * narrow.high / narrow.low)
  }

  @Test(arguments: [1e-4, 0.37, 3, 1e5])
  func `scaling the loss changes nothing`(factor: Double) throws {
    let plain = result()
    let scaled = result { factor * $0 }
    #expect(try abs(#require(scaled.suggestion).rate / #require(plain.suggestion).rate - 1) < 1e-9)
    #expect(scaled.ceiling == plain.ceiling)
    #expect(scaled.regions == plain.regions)
  }

  @Test(arguments: [-100, -2.5, 1, 1000])
  func `shifting the loss changes nothing`(shift: Double) throws {
    let plain = result()
    let shifted = result { $0 + shift }
    #expect(try abs(#require(shifted.suggestion).rate / #require(plain.suggestion).rate - 1) < 1e-9)
    #expect(shifted.ceiling == plain.ceiling)
    #expect(shifted.regions == plain.regions)
  }

  @Test(arguments: [1e-3, 40])
  func `scaling the rates scales the suggestion`(factor: Double) throws {
    let plain = result()
    let scaled = result(rates: rates.map { factor * $0 })
    let (a, b) = (try #require(plain.suggestion), try #require(scaled.suggestion))
    #expect(abs(b.rate / a.rate / factor - 1) < 1e-9)
    #expect(abs(b.low / a.low / factor - 1) < 1e-9)
    #expect(abs(b.high / a.high / factor - 1) < 1e-9)
    #expect(try abs(#require(scaled.ceiling) / #require(plain.ceiling) / factor - 1) < 1e-9)
  }

  @Test(arguments: 1..<30 as Range<UInt64>)
  func `order holds and the regions join over many noisy curves`(seed: UInt64) throws {
    for noise in [0, 0.02, 0.1, 0.25] {
      let runs = (0..<3).map { index in
        RepeatResult(
          seed: 0, stopped: .diverged, rates: rates,
          losses: typicalLosses(rates, seed: seed * 10 + index, noise: noise, blow: 0.1 * Double(seed % 7)))
      }
      for kind in ScheduleKind.allCases {
        let result = RangeTestResult(repeats: runs, scheduleKind: kind)
        let suggestion = try #require(result.suggestion, "\(result.noSuggestion?.reason ?? "")")
        let ceiling = try #require(result.ceiling)
        #expect(suggestion.low <= suggestion.rate && suggestion.rate <= suggestion.high && suggestion.high <= ceiling)
        #expect(result.regions.map(\.kind) == [.flat, .falling, .climbing])
        #expect(result.regions.first?.from == rates.first && result.regions.last?.to == result.curve.last?.rate)
        for (a, b) in zip(result.regions, result.regions.dropFirst()) { #expect(a.to == b.from) }
        #expect(result.regions.last?.from == ceiling)
        // The loss falls round 10⁻² and the blow-up is 0.3 above the bottom at 10^blow.
        #expect(result.regions[1].from > 1e-4 && result.regions[1].from < 1e-2)
        #expect(ceiling > 0.05 && ceiling < 2 * pow(10, 0.1 * Double(seed % 7)))
      }
    }
  }

  @Test func `the ceiling of gradient descent on a parabola is where it diverges`() throws {
    for curvature in [1.0, 20] {
      // ax² contracts by |1 − 2aη| a step: it diverges above η = 1/a.
      let source = ParabolaSource(prototype: Parabola(a: curvature))
      let result = try RangeTest(from: 1e-5, to: 100, steps: 140).run(source: source)
      let ceiling = try #require(result.ceiling) * curvature
      #expect(ceiling > 0.8 && ceiling < 1.3, "\(ceiling)")
      let suggestion = try #require(result.suggestion)
      #expect(suggestion.rate * curvature < 1)
    }
  }
}
