internal import Foundation

extension Dataset {
  /// The mean loss, on the rows `part`, of the model that knows nothing but how often each class is in the rows
  /// `training`: the yardstick for a language model. In nats per label; nil for regression and for a part without rows.
  ///
  /// −(1/M)·Σ log p(label) over the M labels of the part, with p(c) = (n(c) + 1) / (N + C): n(c) of the N labels of the
  /// training part are c, there are C classes, and the added one keeps a class finite that training does not have.
  ///
  /// - Parameters:
  ///   - part: row numbers of what is predicted.
  ///   - training: row numbers of what frequencies are taken from.
  /// - Source: Laplace's rule of succession ("add-one smoothing").
  public func unigramLoss(on part: [Int32], from training: [Int32]) -> Double? {
    guard let classes = classCount, !part.isEmpty else { return nil }
    let known = classCounts(of: training)
    let asked = classCounts(of: part)
    let total = Double(known.reduce(0, +) + classes)
    var sum = 0.0
    for (label, count) in asked.enumerated() where count > 0 {
      sum -= Double(count) * log(Double(known[label] + 1) / total)
    }
    return sum / Double(asked.reduce(0, +))
  }

  /// exp of ``unigramLoss(on:from:)``: how many equally likely classes that model is as unsure between.
  public func unigramPerplexity(on part: [Int32], from training: [Int32]) -> Double? {
    unigramLoss(on: part, from: training).map { exp($0) }
  }

  /// How often each class is a label of `rows`.
  private func classCounts(of rows: [Int32]) -> [Int] {
    var counts = [Int](repeating: 0, count: classCount ?? 0)
    var labels = [Int32](repeating: 0, count: positionsPerRow)
    for row in rows {
      labels.withUnsafeMutableBufferPointer { labels in
        withUnsafePointer(to: row) { _ = gatherClasses(UnsafeBufferPointer(start: $0, count: 1), into: labels) }
      }
      for label in labels { counts[Int(label)] += 1 }
    }
    return counts
  }
}
