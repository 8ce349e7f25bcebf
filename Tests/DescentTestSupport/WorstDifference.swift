/// The largest |a − b| / max(1, |b|), where equal elements and two NaNs do not differ; infinite for arrays of different
/// lengths and for a NaN in one of them.
package func worstDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { worst, pair in
    let (x, y) = pair
    if x == y || x.isNaN && y.isNaN { return worst }
    let difference = abs(x - y) / max(1, abs(y))
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}
