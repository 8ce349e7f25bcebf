/// A sum of small decision trees that stands for the log-odds of something (gradient boosting; Friedman 2001).
///
/// Every tree has three levels. It is written as 22 numbers: seven questions in heap order, each a feature and a threshold,
/// then eight answers from left to right. A value goes left if it is at most the threshold. Features count from 1; where the
/// number is below 0 a value that is missing goes right, otherwise left. Feature 0 asks nothing and goes left.
package struct BoostedTrees: Sendable {
  let bias: Double
  let trees: [[Float]]

  /// The probability, 0…1. Missing features are not a number.
  package func probability(_ features: [Double]) -> Double {
    var sum = bias
    for tree in trees {
      var node = 0
      while node < 7 {
        let code = Int(tree[2 * node])
        let place = abs(code) - 1
        let value = place >= 0 && place < features.count ? features[place] : 0
        let isRight = value.isNaN ? code < 0 : code != 0 && Float(value) > tree[2 * node + 1]
        node = 2 * node + (isRight ? 2 : 1)
      }
      sum += Double(tree[7 + node])
    }
    return 1 / (1 + Statistic.exponential(-sum))
  }
}
