import Testing

@testable import DescentStudies

/// Which rates go on from short runs.
struct RateScreenTests {
  private let grid = RateScreen(exponents: [-4, -3.5, -3, -2.5, -2, -1.5, -1])

  /// A valley with its lowest point at `exponent`, from an initial loss of 2.
  private func losses(_ screen: RateScreen, lowest exponent: Double) -> [Double] {
    screen.exponents.map { min(2, 1 + ($0 - exponent) * ($0 - exponent)) }
  }

  @Test func `the shortest runs keep what is a little higher and a decade lower`() {
    #expect(grid.afterFirst(losses(grid, lowest: -2.5), initialLoss: 2) == [1, 2, 3, 4])
  }

  @Test func `the shift between two lengths is carried on to the whole run`() {
    let kept = Array(grid.exponents.indices)
    // From −2 to −2.5, so −3 is expected of a whole run.
    let places = grid.afterSecond(
      first: losses(grid, lowest: -2), kept: kept, second: losses(grid, lowest: -2.5), initialLoss: 2)
    #expect(places == [1, 2, 3])
    // A shift upward counts as none.
    let still = grid.afterSecond(
      first: losses(grid, lowest: -3), kept: kept, second: losses(grid, lowest: -2.5), initialLoss: 2)
    #expect(still == [2, 3, 4])
  }

  @Test func `where nothing fell all rates go on`() {
    let flat = grid.exponents.map { _ in 2.0 }
    #expect(grid.afterFirst(flat, initialLoss: 2).count == 7)
    #expect(grid.afterSecond(first: flat, kept: [2, 3], second: [2, 2], initialLoss: 2) == [2, 3])
  }

  @Test func `of a coarse grid one rate goes on even if none is near the lowest point`() {
    let coarse = RateScreen(exponents: [-6, -3, 0])
    // The parabola's lowest point is 1.2 decades below the middle rate: further than any reach.
    let losses = [1.1, 1, 1.9]
    #expect(coarse.afterFirst(losses, initialLoss: 2) == [1])
    #expect(coarse.afterSecond(first: losses, kept: [0, 1, 2], second: losses, initialLoss: 2) == [1])
  }
}
