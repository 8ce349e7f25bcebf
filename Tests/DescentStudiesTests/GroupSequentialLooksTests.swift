import DescentStudies
import Testing

@Suite struct GroupSequentialLooksTests {
  @Test func `looks double up to all pairs`() {
    #expect(GroupSequentialLooks(pairs: 60).counts == [8, 15, 30, 60])
    #expect(GroupSequentialLooks(pairs: 20).counts == [5, 10, 20])
    #expect(GroupSequentialLooks(pairs: 9).counts == [9])
    #expect(GroupSequentialLooks(pairs: 0).counts == [1])
  }

  @Test(arguments: [1, 9, 10, 60, 1000])
  func `the looks spend the whole level, most of it at the end`(_ pairs: Int) {
    let looks = GroupSequentialLooks(pairs: pairs)
    let shares = looks.counts.map(looks.share)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    #expect(shares.dropLast().allSatisfy { $0 > 0 && $0 <= 0.2 } && shares[shares.count - 1] >= 0.8)
    #expect(looks.share(at: pairs + 1) == 0)
  }

  @Test func `among runs that differ by chance alone, no more err at some look than the level says`() {
    let looks = GroupSequentialLooks(pairs: 20)
    var state: UInt64 = 7
    func normal() -> Double {
      (0..<12).reduce(-6) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Double(state >> 11) / Double(1 << 53)
      }
    }
    var errors = 0
    let trials = 1000
    let zeros = [Double](repeating: 0, count: 20)
    for _ in 0..<trials {
      let differences = (0..<20).map { _ in normal() }
      if looks.counts.contains(where: { count in
        let test = PairedDifference(from: Array(zeros[..<count]), to: Array(differences[..<count]))
        return test.pValue <= 0.1 * looks.share(at: count)
      }) {
        errors += 1
      }
    }
    // At most 0.1, with a standard error of 0.0095; and not far below, or the level would be wasted.
    let rate = Double(errors) / Double(trials)
    #expect(rate < 0.12 && rate > 0.06)
  }
}
