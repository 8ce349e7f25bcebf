import DescentFinder
import Foundation
import Testing

@Suite struct RefusalTests {
  private let rates: [Double]

  init() throws { rates = try defaultTest().ladder }

  /// The refusal of three repeats, checked to be whole.
  private func refusal(
    _ stopped: StopReason = .completed, sourceLocation: SourceLocation = #_sourceLocation,
    _ losses: (inout UInt64) -> [Double]
  ) throws -> NoSuggestion.Kind {
    let runs = (1...3).map { index in
      var state = UInt64(index)
      let values = losses(&state)
      return RepeatResult(seed: 0, stopped: stopped, rates: Array(rates.prefix(values.count)), losses: values)
    }
    let result = RangeTestResult(repeats: runs)
    #expect(result.suggestion == nil, sourceLocation: sourceLocation)
    let refusal = try #require(result.noSuggestion, sourceLocation: sourceLocation)
    #expect(refusal.reason.hasSuffix(".") && !refusal.advice.isEmpty, sourceLocation: sourceLocation)
    return refusal.kind
  }

  @Test func `a flat curve`() throws {
    #expect(try refusal { _ in rates.map { _ in 2.3 } } == .flat)
    for noise in [1e-6, 0.01, 0.3] {
      #expect(try refusal { state in rates.map { _ in 2.3 + noise * normal(&state) } } == .flat)
    }
  }

  @Test func `flat curves are hardly ever taken for a descent`() {
    var accepted = 0
    for seed in 1...300 {
      var state = UInt64(seed)
      let runs = (0..<3).map { _ in
        RepeatResult(seed: 0, stopped: .completed, rates: rates, losses: rates.map { _ in normal(&state) })
      }
      if RangeTestResult(repeats: runs).suggestion != nil { accepted += 1 }
    }
    #expect(accepted <= 2)
  }

  @Test func `nothing but NaN`() throws {
    #expect(try refusal(.notANumber) { _ in [.nan] } == .noFiniteLoss)
    #expect(single([], []).noSuggestion?.kind == .noFiniteLoss)
    let recorded = try RecordedCurve(csv: "rate,loss\n1e-3,nan\n1e-2,nan\n1e-1,inf\n").result()
    #expect(recorded.noSuggestion?.kind == .noFiniteLoss)
  }

  @Test func `too few points`() throws {
    #expect(try refusal(.dataExhausted) { _ in [2, 1.9, 1.7, 1.2, 1, 1.5] } == .tooFewPoints)
  }

  @Test func `diverging from the first steps`() throws {
    #expect(try refusal(.notANumber) { _ in [2, 40, 3000, .infinity] } == .divergedAtOnce)
    #expect(try refusal(.diverged) { _ in (0..<20).map { 2 * pow(1.4, Double($0)) } } == .divergedAtOnce)
  }

  @Test(arguments: [(ScheduleKind.constant, 4.0), (.decaying, 2)])
  func `climbing without having fallen: a rate below the climb, and the basis says so`(
    _ kind: ScheduleKind, _ divisor: Double
  ) throws {
    let runs = (1...3).map { index in
      var state = UInt64(index)
      let losses = rates.prefix(90).map { 0.1 + 0.01 * normal(&state) + exp(min(6 * log($0 / 0.3), 9)) }
      return RepeatResult(seed: 0, stopped: .diverged, rates: Array(rates.prefix(90)), losses: losses)
    }
    let result = RangeTestResult(repeats: runs, scheduleKind: kind)
    let (suggestion, ceiling) = (try #require(result.suggestion), try #require(result.ceiling))
    #expect(ceiling > 0.02 && ceiling < 0.3)
    #expect(abs(suggestion.rate * divisor / ceiling - 1) < 1e-12)
    #expect(suggestion.high == ceiling && suggestion.low < suggestion.rate)
    #expect(suggestion.basis.contains("without having fallen"))
  }

  @Test func `still falling at the largest rate`() throws {
    #expect(try refusal { state in rates.map { 2 - 0.2 * log($0 / 1e-6) + 0.02 * normal(&state) } } == .stillFalling)
  }

  @Test func `repeats that disagree wildly`() {
    let runs = [-3.0, -1, 1].map { blow in
      let losses = rates.map { rate in
        let x = log(rate) / log(10)
        return 2.3 - 2 / (1 + exp(-3 * (x - blow + 1.5))) + 0.3 * exp(min(4 * (x - blow), 9))
      }
      return RepeatResult(seed: 0, stopped: .diverged, rates: rates, losses: losses)
    }
    #expect(RangeTestResult(repeats: runs).noSuggestion?.kind == .repeatsDisagree)
  }

  @Test func `other tools' rules are reported all the same`() {
    var state: UInt64 = 1
    let result = single(rates, rates.map { _ in 2.3 + 0.01 * normal(&state) })
    #expect(result.noSuggestion?.kind == .flat)
    #expect(result.rules.count == SuggestionRule.allCases.count)
  }

  @Test func `falling and then not a number in one step is no refusal`() throws {
    let losses = rates.prefix(80).map { 2 - 0.1 * log($0 / 1e-6) }
    let result = single(Array(rates.prefix(81)), losses + [.nan], stopped: .notANumber)
    let ceiling = try #require(result.ceiling)
    #expect(try #require(result.suggestion).high <= ceiling)
    #expect(ceiling >= rates[77] && ceiling <= rates[79])
  }

  @Test func `a bottom that never climbs is suggested without a ceiling, and the basis says so`() throws {
    let losses = rates.map { rate in 2 - 1.5 / (1 + exp(-3 * log(rate / 1e-3))) + 1e-3 * pow(log(rate / 0.05), 2) }
    let result = single(rates, losses)
    #expect(result.ceiling == nil)
    #expect(try #require(result.suggestion).basis.contains("never climbs"))
  }
}
