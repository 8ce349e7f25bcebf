import CDescentKernels
import Foundation
import Testing

/// Softmax of the first `seen` elements of a row by the definition, in double, and how far it may be missed.
///
/// The argument of each exponential is rounded twice, which its magnitude makes the result's relative error; the sums,
/// both in double, differ in order.
private func softmax<Element: ArrayElement>(
  _ row: ArraySlice<Element>, scale: Double, seen: Int
) -> (values: [Double], bounds: [Double]) {
  let z = row.prefix(seen).map { Double($0) }
  let rest = [Double](repeating: 0, count: row.count - seen)
  let top = z.max() ?? 0
  guard z.allSatisfy({ $0 < .infinity }), top > -.infinity else {
    return ([Double](repeating: .nan, count: seen) + rest, [Double](repeating: 0, count: seen) + rest)
  }
  let arguments = z.map { scale * ($0 - top) }
  let terms = arguments.map { exp($0) }
  let sum = terms.reduce(0, +)
  let bounds = zip(terms, arguments).map { term, argument in
    let room = Double(Element.ulpOfOne) * (4 + 2 * min(200, abs(argument))) + Double(seen) * 0x1p-53
    return term / sum * room + Double(Element.leastNormalMagnitude)
  }
  return (terms.map { $0 / sum } + rest, bounds + rest)
}

/// −log softmax(z)[label] in double, without the loss of a small value.
private func crossEntropy(_ z: [Double], _ label: Int) -> Double {
  guard z.indices.contains(label), z.allSatisfy({ $0 < .infinity }), let best = z.indices.max(by: { z[$0] < z[$1] }),
    z[best] > -.infinity
  else { return .nan }
  let others = z.indices.filter { $0 != best }.reduce(0) { $0 + exp(z[$1] - z[best]) }
  return log1p(others) + (z[best] - z[label])
}

@Suite struct RowTests {
  static let lengths = [1, 2, 15, 16, 17, 31, 33, 64, 65, 200]

  private func softmaxAgrees<Element: ArrayElement>(
    _ type: Element.Type, columns: Int, rows: Int, causal: Bool, scale: Double, _ logits: [Element], cuts: [Int] = []
  ) {
    for path in paths {
      var result = [Element](repeating: 7, count: rows * columns)
      inParts(of: rows, cuts: cuts) {
        Element.softmax(path, scale, causal ? Int64(columns) : 0, Int64(columns), $0, $1, logits, &result)
      }
      var misses: [String] = []
      for r in 0..<rows {
        let range = (r * columns)..<((r + 1) * columns)
        let (expected, bounds) = softmax(logits[range], scale: scale, seen: causal ? r % columns + 1 : columns)
        for (c, i) in range.enumerated() {
          let isClose = expected[c].isNaN ? result[i].isNaN : abs(Double(result[i]) - expected[c]) <= bounds[c]
          if !isClose { misses.append("row \(r), column \(c): \(result[i]), not \(expected[c])") }
        }
      }
      #expect(misses.prefix(3) == [])
    }
  }

  @Test(arguments: lengths)
  func `softmax agrees with the definition, scaled, causal and divided anyhow`(columns: Int) {
    var lottery = Lottery(columns)
    let rows = columns < 20 ? 3 * columns : min(columns, 66)
    for (scale, size) in [(1.0, 1.0), (0.125, 1), (3, 20), (0.02, 3000)] {
      let single: [Float] = lottery.fractions(rows * columns).map { $0 * Float(size) }
      let double: [Double] = lottery.fractions(rows * columns).map { $0 * size }
      let cuts = [lottery.next(0...rows), lottery.next(0...rows)]
      for causal in [false, true] {
        softmaxAgrees(Float.self, columns: columns, rows: rows, causal: causal, scale: scale, single, cuts: cuts)
        softmaxAgrees(Double.self, columns: columns, rows: rows, causal: causal, scale: scale, double, cuts: cuts)
      }
    }
  }

  /// A matrix of squares, in which every kind of row stands once: huge numbers, infinities, NaN, at places that a
  /// causal row sees and at places that it does not.
  private func oddities<Element: ArrayElement>(_ columns: Int) -> [Element] {
    var lottery = Lottery(columns)
    var rows = (0..<columns).map { _ -> [Element] in lottery.fractions(columns) }
    for r in rows.indices {
      let (first, last) = (r / 2, columns - 1)
      switch r % 9 {
      case 1: rows[r][first] = .nan
      case 2: rows[r][last] = .nan
      case 3: rows[r][first] = .infinity
      case 4: rows[r][last] = .infinity
      case 5: rows[r][first] = -.infinity
      case 6: rows[r] = [Element](repeating: -.infinity, count: columns)
      case 7: rows[r] = rows[r].map { $0 * Element.greatestFiniteMagnitude / 4 }
      case 8: rows[r][first] = Element(1e30)
      default: break
      }
    }
    return rows.flatMap { $0 }
  }

  @Test(arguments: lengths)
  func `softmax of infinities is not a number, of minus infinity 0, of huge numbers exact`(columns: Int) {
    for causal in [false, true] {
      softmaxAgrees(
        Float.self, columns: columns, rows: columns, causal: causal, scale: 1, oddities(columns), cuts: [columns / 3])
      softmaxAgrees(
        Double.self, columns: columns, rows: columns, causal: causal, scale: 0.5, oddities(columns), cuts: [columns / 3]
      )
    }
  }

  private func crossEntropyAgrees<Element: ArrayElement>(
    _ type: Element.Type, columns: Int, _ logits: [Element], _ labels: [Int32], cuts: [Int] = []
  ) {
    for path in paths {
      var result = [Element](repeating: 7, count: labels.count)
      inParts(of: labels.count, cuts: cuts) {
        Element.crossEntropy(path, Int64(columns), $0, $1, logits, labels, &result)
      }
      var misses: [String] = []
      for (r, label) in labels.enumerated() {
        let z = logits[(r * columns)..<((r + 1) * columns)].map { Double($0) }
        let expected = crossEntropy(z, Int(label))
        let found = Double(result[r])
        // Relative to the loss, more so where a small one is the exponential of a rounded number; the sum of all
        // exponentials is made in double and begins with a 1.
        let room = Double(Element.ulpOfOne) * abs(expected) * (5 + max(0, -log(expected)))
        let bound = room + Double(columns) * 0x1p-52
        let isClose = expected.isNaN ? found.isNaN : found == expected || abs(found - expected) <= bound
        if !isClose { misses.append("row \(r): \(found), not \(expected)") }
      }
      #expect(misses.prefix(3) == [])
    }
  }

  @Test(arguments: lengths)
  func `cross-entropy agrees with the definition, tiny and huge, divided anyhow`(columns: Int) {
    var lottery = Lottery(columns)
    let rows = 40
    for size in [1.0, 20, 3000, 1e30] {
      let single: [Float] = lottery.fractions(rows * columns).map { $0 * Float(size) }
      let double: [Double] = lottery.fractions(rows * columns).map { $0 * size }
      // Every other row has its largest element's label, which makes small losses.
      let labels = (0..<rows).map { r -> Int32 in
        let row = single[(r * columns)..<((r + 1) * columns)]
        let best = row.indices.max { row[$0] < row[$1] } ?? 0
        return Int32(r.isMultiple(of: 2) ? best - row.startIndex : lottery.next(0...(columns - 1)))
      }
      let cuts = [lottery.next(0...rows), lottery.next(0...rows)]
      crossEntropyAgrees(Float.self, columns: columns, single, labels, cuts: cuts)
      crossEntropyAgrees(Double.self, columns: columns, double, labels, cuts: cuts)
    }
  }

  @Test(arguments: lengths)
  func `cross-entropy of infinities and of labels out of range is not a number`(columns: Int) {
    let labels = (0..<Int32(columns)).map { row -> Int32 in
      switch row % 7 {
      case 3: -1
      case 4: Int32(columns)
      case 5: .max
      case 6: .min
      default: (row * 5) % Int32(columns)
      }
    }
    crossEntropyAgrees(Float.self, columns: columns, oddities(columns), labels, cuts: [columns / 2])
    crossEntropyAgrees(Double.self, columns: columns, oddities(columns), labels, cuts: [columns / 2])
  }

  @Test(arguments: lengths)
  func `rows divided anyhow give the same bits`(columns: Int) {
    var lottery = Lottery(columns + 1)
    let rows = 35
    let logits: [Float] = lottery.fractions(rows * columns)
    let labels = (0..<rows).map { _ in Int32(lottery.next(0...(columns - 1))) }
    for path in paths {
      func results(_ cuts: [Int]) -> [[Float]] {
        var softmax = [Float](repeating: 7, count: rows * columns)
        var losses = [Float](repeating: 7, count: rows)
        inParts(of: rows, cuts: cuts) {
          dk_softmax_f32(path, 0.7, Int64(columns), Int64(columns), $0, $1, logits, &softmax)
          dk_cross_entropy_f32(path, Int64(columns), $0, $1, logits, labels, &losses)
        }
        return [softmax, losses]
      }
      let whole = results([])
      for cuts in [[1], [16], [17, 34], Array(1..<rows)] { #expect(results(cuts) == whole) }
    }
  }
}
