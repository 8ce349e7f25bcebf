import DescentStudies
import Testing

@Suite struct PairedDifferenceTests {
  @Test func `mean, interval and p are those of a t-test`() {
    // scipy 1.17.1, stats.ttest_1samp(b − a, 0): alternative 'greater', and the two-sided interval.
    let (a, b) = ([1.0, 1.2, 0.9, 1.1, 1.05, 0.95], [1.1, 1.25, 1.05, 1.12, 1.0, 1.1])
    let difference = PairedDifference(from: a, to: b)
    #expect(abs(difference.mean - 0.07) < 1e-12)
    #expect(abs(difference.low + 0.012632644918096042) < 1e-9 && abs(difference.high - 0.15263264491809614) < 1e-9)
    #expect(abs(difference.pValue - 0.04067954718989452) < 1e-9)
    #expect(difference.pairs == 6 && abs(difference.lowerShare - 1.0 / 6) < 1e-15)
  }

  @Test func `the other way round it says the opposite`() {
    let (a, b) = ([3.0, 1, 2, 5], [2.5, 1.5, 2.25, 6])
    let (there, back) = (PairedDifference(from: a, to: b), PairedDifference(from: b, to: a))
    #expect(there.mean == -back.mean && abs(there.low + back.high) < 1e-12)
    #expect(abs(there.pValue + back.pValue - 1) < 1e-12)
    #expect(there.lowerShare + back.lowerShare == 1)
  }

  @Test func `equal values are no difference, equal differences are certain, one pair says nothing`() {
    #expect(PairedDifference(from: [1, 2, 3], to: [1, 2, 3]).pValue == 1)
    #expect(PairedDifference(from: [1, 2, 3], to: [1, 2, 3]).lowerShare == 0.5)
    #expect(PairedDifference(from: [1, 2, 3], to: [1.5, 2.5, 3.5]).pValue == 0)
    #expect(PairedDifference(from: [1, 2, 3], to: [0.5, 1.5, 2.5]).pValue == 1)
    let one = PairedDifference(from: [1], to: [2])
    #expect(one.pValue == 1 && one.low == -.infinity && one.high == .infinity)
  }
}
