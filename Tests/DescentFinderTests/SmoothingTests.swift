import DescentFinder
import Foundation
import Testing

@Suite struct SmoothingTests {
  @Test func `has no lag: a symmetric valley keeps its minimum`() {
    let losses = (0..<101).map { pow(Double($0) - 60, 2) }
    let smooth = smoothed(losses)
    #expect(smooth.indices.min { smooth[$0] < smooth[$1] } == 60)
  }

  @Test func `a straight line stays as it is away from the ends`() {
    let losses = (0..<50).map { 3 - 0.25 * Double($0) }
    let smooth = smoothed(losses)
    #expect(Array(smooth[3..<47]) == Array(losses[3..<47]))
  }

  @Test func `single spikes vanish`() {
    var losses = [Double](repeating: 1, count: 40)
    losses[7] = 100
    losses[20] = .nan
    losses[33] = .infinity
    #expect(smoothed(losses) == [Double](repeating: 1, count: 40))
  }

  @Test func `an explosion does not leak more than one step back`() {
    let losses = [Double](repeating: 1, count: 20) + [Double](repeating: 1e9, count: 10)
    let smooth = smoothed(losses)
    #expect(smooth[..<19].allSatisfy { $0 == 1 })
    let infinite = smoothed([Double](repeating: 1, count: 20) + [Double](repeating: .nan, count: 10))
    #expect(infinite[..<20].allSatisfy { $0 == 1 })
    #expect(infinite[20...].allSatisfy { $0 == .infinity })
  }

  @Test func `commutes with shifts and positive factors`() {
    var state: UInt64 = 3
    let losses = (0..<80).map { _ in normal(&state) }
    let plain = smoothed(losses)
    for (a, b) in zip(smoothed(losses.map { 8 * $0 }), plain) { #expect(a == 8 * b) }
    for (a, b) in zip(smoothed(losses.map { $0 - 4 }), plain) { #expect(abs(a - (b - 4)) < 1e-12) }
  }

  @Test func `the window grows with the curve and can be set`() {
    #expect(automaticWindow(12) == 5)
    #expect(automaticWindow(100) == 5)
    #expect(automaticWindow(1000) == 51)
    #expect(smoothed([3, 1, 2], window: 1) == [3, 1, 2])
    #expect(smoothed([]).isEmpty)
  }
}
