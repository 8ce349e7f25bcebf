import DescentCharts
import Testing

struct MarkerLabelTests {
  /// Every arrangement of labels on a coarse grid must be free of collisions.
  @Test(arguments: 0..<60)
  func `no label touches another label or a leader`(_ seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: UInt64) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double((state >> 33) % bound)
    }
    let markers = (0..<Int(2 + next(8))).map { _ in (at: next(600), width: 20 + next(80)) }
    let placed = MarkerLabels(markers, inside: 0...620, gap: 4)
    #expect(placed.flags.count == markers.count)
    for flag in placed.flags {
      for other in placed.flags where other != flag {
        let touches = flag.from < other.to && other.from < flag.to
        #expect(!(touches && flag.row == other.row))
        let leader = markers[other.index].at
        let crosses = leader > flag.from && leader < flag.to && other.row > flag.row
        #expect(!crosses)
      }
    }
  }

  @Test func `labels stay inside when one side has room`() {
    let placed = MarkerLabels([(at: 95, width: 30), (at: 5, width: 30), (at: 50, width: 0)], inside: 0...100, gap: 2)
    #expect(placed.flags.count == 2)
    for flag in placed.flags { #expect(flag.from >= 0 && flag.to <= 100) }
  }

  @Test func `far apart labels share the lowest row`() {
    let placed = MarkerLabels(
      [(at: 0, width: 30), (at: 100, width: 30), (at: 200, width: 30)], inside: 0...300, gap: 5)
    #expect(placed.rows == 1)
  }
}
