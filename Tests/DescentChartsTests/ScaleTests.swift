import DescentCharts
import Testing

struct ScaleTests {
  private func y(_ axis: Axis, _ values: [Double]) -> Scale {
    ChartProbe.scale(axis, values)
  }

  @Test func `a log axis puts equal ratios at equal distances`() throws {
    let scale = y(Axis(scale: .log, range: 1e-4...1), [])
    let middle = try #require(scale.fraction(0.01))
    #expect(abs(middle - 0.5) < 1e-12)
    #expect(scale.fraction(0) == nil && scale.fraction(-1) == nil && scale.fraction(.nan) == nil)
    #expect(abs(scale.value(at: 0.25) - 1e-3) < 1e-15)
  }

  @Test func `linear ticks are round and cover the range`() {
    let ticks = y(Axis(range: -0.02...1.03), []).ticks(count: 6)
    #expect(ticks.map(\.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
  }

  @Test func `log ticks are decades with minor ticks between`() {
    let ticks = y(Axis(scale: .log, range: 1e-5...1), []).ticks(count: 8)
    #expect(ticks.filter(\.isMajor).map(\.label) == ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1"])
    #expect(ticks.count == 46)
    #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value })
  }

  @Test func `many decades are thinned, few are refined`() {
    let many = y(Axis(scale: .log, range: 1e-300...1e300), []).ticks(count: 6).filter(\.isMajor)
    #expect((2...7).contains(many.count))
    #expect(
      y(Axis(scale: .log, range: 0.15...0.8), []).ticks(count: 5).filter(\.isMajor).map(\.label) == ["0.2", "0.5"])
    #expect(y(Axis(scale: .log, range: 0.31...0.36), []).ticks(count: 5).filter(\.isMajor).count >= 2)
  }

  @Test(arguments: [
    -1e300...1e300, 1e9...(1e9 + 1e-6), -2024 * .leastNonzeroMagnitude...2024 * .leastNonzeroMagnitude, 0...1e-300,
    999.5...1000.5,
  ])
  func `odd ranges have at least two distinct labels`(_ range: ClosedRange<Double>) {
    let labels = y(Axis(range: range), []).ticks(count: 5).map(\.label)
    #expect(Set(labels).count >= 2)
    #expect(labels.count <= 21)
  }

  @Test func `clipAbove keeps a diverging tail from flattening the picture`() {
    let values = [2.0, 1.5, 1, 0.5, 1e9]
    #expect(y(Axis(), values).upper > 1e9)
    let clipped = y(Axis(clipAbove: 3), values)
    #expect(clipped.upper > 3 && clipped.upper < 3.3)
    #expect(y(Axis(clipAbove: 0.1), values).upper > 1e9, "a bound below all data is ignored")
    #expect(y(Axis(clipBelow: 1), values).lower < 1 && y(Axis(clipBelow: 1, clipsOutliers: true), values).upper < 10)
  }

  @Test func `an unusable range is ignored`() {
    #expect(y(Axis(scale: .log, range: -1...1), [1, 10]).lower > 0.5)
    #expect(y(Axis(range: 1...1), [3, 4]).lower > 2.5)
    #expect(y(Axis(range: -Double.infinity...1), [3, 4]).lower > 2.5)
  }

  @Test func `equal values get room on both sides`() {
    let scale = y(Axis(), [5, 5, 5])
    #expect(scale.lower < 5 && scale.upper > 5)
    let log = y(Axis(scale: .log), [5, 5])
    #expect(log.lower < 5 && log.upper > 5 && log.lower > 0)
  }
}
