import DescentCharts

/// The y scale a chart resolves for given values.
enum ChartProbe {
  static func scale(_ axis: Axis, _ values: [Double]) -> Scale {
    Scale(axis: axis, values: values, references: [], padding: 0.05)
  }
}
