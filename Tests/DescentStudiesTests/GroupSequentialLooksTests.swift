import Testing

@testable import DescentStudies

@Suite struct GroupSequentialLooksTests {
  @Test func `looks double up to all pairs`() {
    #expect(GroupSequentialLooks(pairs: 60).counts == [8, 15, 30, 60])
    #expect(GroupSequentialLooks(pairs: 20).counts == [5, 10, 20])
    #expect(GroupSequentialLooks(pairs: 9).counts == [9])
    #expect(GroupSequentialLooks(pairs: 0).counts == [1])
  }

  @Test func `two even looks have Pocock's level`() {
    // Pocock 1977, table 1: two looks at 0.05 on two sides test at 0.0294 each.
    #expect(abs(2 * GroupSequentialLooks(pairs: 10).nominalLevel(for: 0.025) - 0.0294) < 5e-5)
  }

  @Test func `one look tests at the level itself, more looks between it and its share`() {
    #expect(GroupSequentialLooks(pairs: 5).nominalLevel(for: 0.05) == 0.05)
    for level in [0.05, 0.01, 0.001] {
      let nominal = GroupSequentialLooks(pairs: 60).nominalLevel(for: level)
      #expect(nominal < level && nominal > level / 4)
    }
    #expect(GroupSequentialLooks(pairs: 60).nominalLevel(for: 0) == 0)
  }

  @Test func `among runs that differ by chance alone, as many err at some look as the level says`() {
    let looks = GroupSequentialLooks(pairs: 20)
    let nominal = looks.nominalLevel(for: 0.1)
    var state: UInt64 = 7
    func normal() -> Double {
      (0..<12).reduce(-6) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Double(state >> 11) / Double(1 << 53)
      }
    }
    var errors = 0
    let trials = 1000
    for _ in 0..<trials {
      let differences = (0..<20).map { _ in normal() }
      let zeros = [Double](repeating: 0, count: 20)
      if looks.counts.contains(where: { count in
        PairedDifference(from: Array(zeros[..<count]), to: Array(differences[..<count])).pValue <= nominal
      }) {
        errors += 1
      }
    }
    // 0.1 with a standard error of 0.0095.
    #expect(abs(Double(errors) / Double(trials) - 0.1) < 0.029)
  }
}
