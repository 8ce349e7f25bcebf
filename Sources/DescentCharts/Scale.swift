#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Places values of one axis on 0 … 1.
package struct Scale: Sendable, Hashable {
  package let kind: AxisScale
  /// The ends in data units, `lower < upper`.
  package let lower: Double
  package let upper: Double
  /// The ends in axis units (decimal logarithms on a logarithmic axis).
  let start: Double
  let end: Double

  /// A scale between two ends in axis units. Ends that coincide are pulled apart; ends beyond what Double can span are
  /// pulled in.
  init(kind: AxisScale, start: Double, end: Double) {
    let limit = kind == .log ? 320.0 : 8e307
    var a = min(max(min(start, end), -limit), limit)
    var b = min(max(max(start, end), -limit), limit)
    if !(b - a > max(abs(a), abs(b)) * 1e-12) || b - a < 1e-306 {
      let margin = kind == .log ? 0.5 : (a == 0 ? 1 : abs(a) * 0.5)
      (a, b) = (a - max(margin, 1e-300), b + max(margin, 1e-300))
    }
    self.kind = kind
    self.start = a
    self.end = b
    lower = Self.fromAxis(a, kind)
    upper = Self.fromAxis(b, kind)
  }

  /// `value` in axis units, or nil if it has no place there.
  static func toAxis(_ value: Double, _ kind: AxisScale) -> Double? {
    guard value.isFinite else { return nil }
    if kind == .linear { return value }
    return value > 0 ? log10(value) : nil
  }

  static func fromAxis(_ position: Double, _ kind: AxisScale) -> Double {
    kind == .linear ? position : pow(10, position)
  }

  /// Where `value` lies: 0 at `lower`, 1 at `upper`, beyond outside (at most ±10⁶). Nil if it has no place.
  package func fraction(_ value: Double) -> Double? {
    guard let position = Self.toAxis(value, kind) else { return nil }
    return min(max((position - start) / (end - start), -1e6), 1e6)
  }

  /// The value at a fraction of the way.
  package func value(at fraction: Double) -> Double { Self.fromAxis(start + fraction * (end - start), kind) }
}

extension Scale {
  /// The scale for an axis.
  ///
  /// - `values`: the data; decide the range unless the axis fixes it.
  /// - `references`: positions of reference lines; they widen the range by at most its own length each way.
  /// - `padding`: fraction of the length left free at each end of an automatic range.
  package init(axis: Axis, values: [Double], references: [Double], padding: Double) {
    let kind = axis.scale
    if let range = axis.range, range.lowerBound < range.upperBound,
      let a = Self.toAxis(range.lowerBound, kind), let b = Self.toAxis(range.upperBound, kind)
    {
      self.init(kind: kind, start: a, end: b)
      return
    }
    let lines = references.compactMap { Self.toAxis($0, kind) }
    var data = values.compactMap { Self.toAxis($0, kind) }
    if data.isEmpty { data = lines }
    guard var low = data.min(), var high = data.max() else {
      self.init(kind: kind, start: kind == .log ? -1 : 0, end: 1)
      return
    }
    if axis.clipsOutliers { high = min(high, Self.upperFence(data)) }
    if let clip = axis.clipAbove.flatMap({ Self.toAxis($0, kind) }), clip > low { high = min(high, clip) }
    if let clip = axis.clipBelow.flatMap({ Self.toAxis($0, kind) }), clip < high { low = max(low, clip) }
    let reach = high - low
    let (floor, ceiling) = (low - reach, high + reach)
    for line in lines where line >= floor && line <= ceiling {
      (low, high) = (min(low, line), max(high, line))
    }
    // Ends whose distance overflows are pulled in before anything is multiplied by it.
    (low, high) = (max(low, -8e307), min(high, 8e307))
    let margin = (high - low) * padding
    self.init(kind: kind, start: low - margin, end: high + margin)
  }

  /// Tukey's upper fence, or ∞ when the quartiles coincide.
  static func upperFence(_ data: [Double]) -> Double {
    let sorted = data.sorted()
    let (q1, q3) = (sorted[sorted.count / 4], sorted[sorted.count * 3 / 4])
    return q3 > q1 ? q3 + 1.5 * (q3 - q1) : .infinity
  }
}
