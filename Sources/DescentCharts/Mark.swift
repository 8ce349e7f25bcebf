/// One thing drawn in a panel.
public enum Mark: Sendable, Hashable {
  /// A line through points in the given order.
  case line(Series)
  /// Separate points (scatter).
  case points(Series)
  /// The way of an optimizer over a contour picture: a line whose start (ring) and end (disc) are marked.
  case path(Series)
  /// A tinted area between a lower and an upper line: a minimum and a maximum, an interval.
  case envelope(Envelope)
  /// A vertical line at one x, labelled outside the plot.
  case verticalLine(ReferenceLine)
  /// A horizontal line at one y, labelled outside the plot.
  case horizontalLine(ReferenceLine)
  /// A shaded interval of x over the full height.
  case band(Band)
  /// Neighbouring stretches of x, each named and tinted.
  case regions([Band])
  /// Level lines of a function of x and y.
  case contours(Contours)

  /// A labelled vertical line at `x`.
  public static func verticalLine(
    x: Double, label: String, color: ChartColor? = nil, emphasized: Bool = false
  ) -> Mark {
    .verticalLine(ReferenceLine(at: x, label: label, color: color, emphasized: emphasized))
  }

  /// A labelled horizontal line at `y`.
  public static func horizontalLine(
    y: Double, label: String, color: ChartColor? = nil, emphasized: Bool = false
  ) -> Mark {
    .horizontalLine(ReferenceLine(at: y, label: label, color: color, emphasized: emphasized))
  }

  /// A shaded, labelled interval of x.
  public static func band(_ range: ClosedRange<Double>, label: String, color: ChartColor? = nil) -> Mark {
    .band(Band(range, label: label, color: color))
  }
}

/// A place in data units.
public struct PlotPoint: Sendable, Hashable {
  public var x: Double
  public var y: Double

  /// The point (x, y); either may be non-finite, which makes a gap.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// Named points in drawing order.
public struct Series: Sendable, Hashable {
  /// How heavy a line is.
  public enum Style: String, Sendable, Hashable {
    /// The usual line; the first of a panel is solid, the others differ by dashes, so that colour is never all.
    case normal
    /// The line that matters, always solid and on top.
    case bold
    /// One of many: faint, solid, underneath.
    case thin
    /// Always dashed.
    case dashed
  }

  /// The legend entry. Series of one name in one panel share an entry and a colour; an empty name has no entry.
  public var name: String
  public var points: [PlotPoint]
  public var style: Style
  /// The colour, or nil for the next free one of the panel.
  public var color: ChartColor?

  /// A series of points.
  public init(_ name: String, points: [PlotPoint], style: Style = .normal, color: ChartColor? = nil) {
    self.name = name
    self.points = points
    self.style = style
    self.color = color
  }

  /// A series from two columns; the longer one is cut to the length of the shorter.
  public init(_ name: String, x: [Double], y: [Double], style: Style = .normal, color: ChartColor? = nil) {
    self.init(name, points: zip(x, y).map { PlotPoint($0, $1) }, style: style, color: color)
  }

  /// A series over 0, 1, 2, …
  public init(_ name: String, values: [Double], style: Style = .normal, color: ChartColor? = nil) {
    self.init(
      name, points: values.enumerated().map { PlotPoint(Double($0.offset), $0.element) }, style: style, color: color)
  }
}

/// What lies between two lines over the same x.
public struct Envelope: Sendable, Hashable {
  /// That of the line it belongs to, whose colour it takes; it has no legend entry.
  public var name: String
  public var lower: [PlotPoint]
  public var upper: [PlotPoint]
  /// The tint, or nil for the one that belongs to the name.
  public var color: ChartColor?

  /// The area between `lower` and `upper`, which have the same x in the same order; the longer one is cut. A point that
  /// cannot be placed makes a gap.
  public init(_ name: String, lower: [PlotPoint], upper: [PlotPoint], color: ChartColor? = nil) {
    self.name = name
    self.lower = lower
    self.upper = upper
    self.color = color
  }
}

/// A labelled line across the panel at one value of an axis.
public struct ReferenceLine: Sendable, Hashable {
  /// Where, in data units of the axis it crosses.
  public var position: Double
  public var label: String
  /// The colour, or nil for the colour of text.
  public var color: ChartColor?
  /// Drawn heavier, with a bold label: for the answer among the alternatives.
  public var emphasized: Bool

  /// A reference line.
  public init(at position: Double, label: String, color: ChartColor? = nil, emphasized: Bool = false) {
    self.position = position
    self.label = label
    self.color = color
    self.emphasized = emphasized
  }
}

/// A labelled range of x.
public struct Band: Sendable, Hashable {
  public var range: ClosedRange<Double>
  public var label: String
  /// The tint, or nil for blue (a band) or the next in turn (regions).
  public var color: ChartColor?

  /// A band.
  public init(_ range: ClosedRange<Double>, label: String, color: ChartColor? = nil) {
    self.range = range
    self.label = label
    self.color = color
  }
}
