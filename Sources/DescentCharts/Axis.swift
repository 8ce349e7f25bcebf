/// How values are spread along an axis.
public enum AxisScale: String, Sendable, Hashable {
  /// Equal distances for equal differences.
  case linear
  /// Equal distances for equal ratios; only positive values can be placed.
  case log
}

/// What an axis measures and which part of it is shown.
public struct Axis: Sendable, Hashable {
  /// The quantity, with its unit if it has one.
  public var label: String
  /// Linear or logarithmic.
  public var scale: AxisScale
  /// Shows exactly this range. Ignored if it is empty, not finite, or not positive on a logarithmic axis.
  public var range: ClosedRange<Double>?
  /// Values above this do not stretch the automatic range: lines leave through the top edge, and a note says so.
  public var clipAbove: Double?
  /// Values below this do not stretch the automatic range.
  public var clipBelow: Double?
  /// Chooses ``clipAbove`` by itself so that a diverging tail does not flatten the picture: the automatic range ends
  /// at Tukey's upper fence, q₃ + 1.5·(q₃ − q₁) in axis units (logarithms on a logarithmic axis). Does nothing when
  /// the quartiles coincide.
  public var clipsOutliers: Bool

  /// An axis; by default linear and as wide as the data.
  public init(
    _ label: String = "", scale: AxisScale = .linear, range: ClosedRange<Double>? = nil, clipAbove: Double? = nil,
    clipBelow: Double? = nil, clipsOutliers: Bool = false
  ) {
    self.label = label
    self.scale = scale
    self.range = range
    self.clipAbove = clipAbove
    self.clipBelow = clipBelow
    self.clipsOutliers = clipsOutliers
  }
}
