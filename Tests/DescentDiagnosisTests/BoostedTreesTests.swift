import Testing

@testable import DescentDiagnosis

struct BoostedTreesTests {
  /// One question at the root and one below it to the left.
  private let one = BoostedTrees(
    bias: 0.5, trees: [[2, 1, -1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 2, 0, 4, 0, 0, 0]])

  private func logOdds(_ features: [Double]) -> Double {
    let p = one.probability(features)
    return Statistic.logarithm(p / (1 - p))
  }

  @Test func `A value at the threshold goes left, one above it right`() {
    #expect(abs(logOdds([3, 1]) + 0.5) < 1e-9)
    #expect(abs(logOdds([3.5, 1]) - 2.5) < 1e-9)
    #expect(abs(logOdds([0, 1.5]) - 4.5) < 1e-9)
  }

  @Test func `What is missing goes where the question says`() {
    #expect(abs(logOdds([.nan, 1]) - 2.5) < 1e-9)
    #expect(abs(logOdds([0, .nan]) + 0.5) < 1e-9)
  }

  @Test(arguments: [BoostedTrees.tooLow, .tooLowFromLosses, .tooHigh, .tooHighFromLosses])
  func `The fitted trees are whole and ask for features that there are`(_ trees: BoostedTrees) throws {
    #expect(trees.trees.count == 120)
    #expect(trees.trees.allSatisfy { $0.count == 22 })
    let codes = trees.trees.flatMap { tree in (0..<7).map { Int(tree[2 * $0]) } }
    let most = try #require(codes.map { abs($0) }.max())
    #expect(most <= 42)
    #expect(codes.contains { $0 != 0 })
  }
}
