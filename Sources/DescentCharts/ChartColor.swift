/// The palette: Okabe and Ito's eight colours (2008), made to be told apart with any colour vision. Black becomes grey
/// and yellow is darkened on a light ground, lightened on a dark one, so that all stay readable on both.
public enum ChartColor: Int, Sendable, Hashable, CaseIterable {
  case blue, vermillion, green, orange, purple, sky, yellow, gray

  /// The colour at `index` of the palette, in turn without end.
  public init(index: Int) {
    let all = Self.allCases
    self = all[((index % all.count) + all.count) % all.count]
  }

  /// The colour on a light ground.
  var light: String {
    ["#0072b2", "#d55e00", "#009e73", "#e69f00", "#b8578f", "#3a9fd8", "#a89a00", "#6b7280"][rawValue]
  }

  /// The colour on a dark ground.
  var dark: String {
    ["#5ab0e8", "#ff8a4c", "#35c99c", "#f2b632", "#e39ac4", "#8fd0f5", "#f0e442", "#9aa4b2"][rawValue]
  }

  /// The ANSI colour number.
  var ansi: Int { [34, 31, 32, 33, 35, 36, 93, 90][rawValue] }
}
