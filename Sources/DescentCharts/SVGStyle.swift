/// The style sheet of a chart. Every rule is scoped, so that charts can stand inside a page; colours are written out
/// (no custom properties) because several SVG viewers know none.
enum SVGStyle {
  static let sheet: String = {
    let base = """
      .descent-chart{font-family:system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif;font-size:11px}
      .descent-chart text{stroke:none}
      .descent-chart .title{font-size:15px;font-weight:600}
      .descent-chart .label{font-size:11.5px}
      .descent-chart .strong{font-weight:600}
      .descent-chart .line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:butt}
      .descent-chart .bold{stroke-width:2.8}
      .descent-chart .thin{stroke-width:1;opacity:.5}
      .descent-chart .edge{fill:none;stroke-width:1}
      .descent-chart .grid,.descent-chart .tick{stroke-width:1}
      .descent-chart .reference{stroke-width:1.2;stroke-dasharray:4 3}
      .descent-chart .emphasized{stroke-width:2;stroke-dasharray:none}
      .descent-chart .leader{stroke-width:1;opacity:.55}
      .descent-chart .band{fill-opacity:.16;stroke:none}
      .descent-chart .region{fill-opacity:.08;stroke:none}
      .descent-chart .strip{fill-opacity:.55;stroke:none}
      .descent-chart .level{stroke-width:.7;stroke-opacity:.55;fill-opacity:.085;stroke-linejoin:round}
      .descent-chart .halo{fill:none;stroke-width:4.2;stroke-opacity:.75;stroke-linejoin:round}
      .descent-chart .ring{stroke-width:2}

      """
    return base
      + theme(
        ground: "#ffffff", ink: "#1f2430", muted: "#5d6675", grid: "#e6e9ee", frame: "#aab2bf", slate: "#5f7ca8",
        \.light)
      + "@media screen and (prefers-color-scheme:dark){\n"
      + theme(
        ground: "#14181f", ink: "#e8ebf0", muted: "#a2acba", grid: "#2a313c", frame: "#566072", slate: "#7f9ac4", \.dark
      ) + "}\n"
  }()

  private static func theme(
    ground: String, ink: String, muted: String, grid: String, frame: String, slate: String,
    _ shade: (ChartColor) -> String
  ) -> String {
    var rules = """
      .descent-chart .ground{fill:\(ground)}
      .descent-chart .halo{stroke:\(ground)}
      .descent-chart .ring{fill:\(ground)}
      .descent-chart .disc{stroke:\(ground)}
      .descent-chart text{fill:\(ink)}
      .descent-chart text.muted{fill:\(muted)}
      .descent-chart .grid{stroke:\(grid)}
      .descent-chart .tick,.descent-chart .edge{stroke:\(frame)}
      .descent-chart .level{fill:\(slate);stroke:\(slate)}
      .descent-chart .ink{stroke:\(ink)}

      """
    for color in ChartColor.allCases {
      rules += ".descent-chart .s\(color.rawValue){stroke:\(shade(color))}"
      rules += ".descent-chart .f\(color.rawValue){fill:\(shade(color))}\n"
    }
    return rules
  }
}

/// About how wide `text` is drawn, in pixels: on the safe side for common sans-serif faces.
func textWidth(_ text: String, size: Double = 11) -> Double {
  text.unicodeScalars.reduce(0) { width, scalar in
    let em: Double
    switch scalar {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ", "(", ")", "t", "f", "r", "/": em = 0.38
    case "m", "w", "M", "W", "@", "%": em = 0.95
    case "A"..."Z": em = 0.7
    default: em = scalar.value >= 0x1100 ? 1.0 : 0.61
    }
    return width + em * size
  }
}

/// `text`, shortened with an ellipsis to fit.
func fitted(_ text: String, width: Double, size: Double = 11) -> String {
  guard textWidth(text, size: size) > width else { return text }
  var kept = text
  while !kept.isEmpty, textWidth(kept + "…", size: size) > width { kept.removeLast() }
  return kept.isEmpty ? "" : kept + "…"
}
