/// A picture described once and drawn by any renderer: a title and one or more panels, stacked, that share the x axis.
///
/// Nothing here can fail. Points that cannot be placed (not finite, or not positive on a logarithmic axis) break a line
/// and are counted in ``accessibleDescription`` and in a visible note.
public struct Chart: Sendable, Hashable {
  /// What the picture shows, one line.
  public var title: String
  /// How it was made (one line), or empty.
  public var subtitle: String
  /// The horizontal axis of every panel.
  public var xAxis: Axis
  /// The panels, top to bottom.
  public var panels: [Panel]

  /// A chart of stacked panels.
  public init(title: String, subtitle: String = "", xAxis: Axis, panels: [Panel]) {
    self.title = title
    self.subtitle = subtitle
    self.xAxis = xAxis
    self.panels = panels
  }

  /// A chart of one panel.
  public init(title: String, subtitle: String = "", xAxis: Axis, yAxis: Axis, marks: [Mark]) {
    self.init(title: title, subtitle: subtitle, xAxis: xAxis, panels: [Panel(yAxis: yAxis, marks: marks)])
  }
}

/// One drawing area with its own vertical axis.
public struct Panel: Sendable, Hashable {
  /// The vertical axis.
  public var yAxis: Axis
  /// What is drawn. Order matters only within a kind: regions and bands lie under contours, those under lines, bold
  /// lines above thin ones, points on top.
  public var marks: [Mark]
  /// Height relative to the other panels; values that are not positive and finite count as 1.
  public var weight: Double

  /// A panel; `weight` is its share of the height, 1 by default.
  public init(yAxis: Axis, marks: [Mark], weight: Double = 1) {
    self.yAxis = yAxis
    self.marks = marks
    self.weight = weight
  }
}
