import DescentFinder
import Testing

@Suite struct MedianCurveTests {
  private let rates = [1e-3, 2e-3, 3e-3, 4e-3]

  private func made(_ losses: [Double], _ stopped: StopReason = .completed) -> RepeatResult {
    RepeatResult(seed: 0, stopped: stopped, rates: Array(rates.prefix(losses.count)), losses: losses)
  }

  private func losses(_ repeats: [RepeatResult]) -> [Double] { RangeTestResult(repeats: repeats).curve.map(\.loss) }

  @Test func `takes the middle value at every step`() {
    #expect(losses([made([1, 5, 3, 4]), made([2, 2, 9, 4]), made([7, 3, 4, 4])]) == [2, 3, 4, 4])
    #expect(losses([made([1, 5]), made([2, 2])]) == [1.5, 3.5])
    #expect(RangeTestResult(repeats: [made([1, 5, 3])]).curve.map(\.rate) == [1e-3, 2e-3, 3e-3])
  }

  @Test func `a repeat that blew up counts as above all others`() {
    #expect(losses([made([1, 1, 1, 1]), made([2, 2, 2, 2]), made([0, .nan], .notANumber)]) == [1, 2, 2, 2])
    #expect(losses([made([1, 1, 1, 1]), made([2, 2], .diverged), made([0, .nan], .notANumber)]) == [1, 2])
  }

  @Test func `a repeat that ran out of data is left out`() {
    #expect(losses([made([1, 1, 1, 1]), made([3, 3], .dataExhausted)]) == [2, 2, 1, 1])
    #expect(losses([made([1, 1, 1]), made([3], .interrupted), made([5, 5, 5])]) == [3, 3, 3])
  }

  @Test func `nothing finite gives an empty curve`() {
    #expect(losses([made([.nan], .notANumber)]).isEmpty)
    #expect(losses([]).isEmpty)
  }
}
