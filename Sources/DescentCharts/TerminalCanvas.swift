extension TerminalRenderer {
  /// The characters a terminal picture is made of.
  public enum CharacterSet: String, Sendable, Hashable, CaseIterable {
    /// 2 × 4 dots in each cell (Unicode braille patterns).
    case braille
    /// 2 × 2 blocks in each cell (Unicode quadrants), for fonts without braille.
    case block
    /// One sign in each cell; nothing beyond ASCII in the whole picture.
    case ascii

    var dotsAcross: Int { self == .ascii ? 1 : 2 }
    var dotsDown: Int { self == .braille ? 4 : self == .block ? 2 : 1 }
    /// Signs from low to high ground.
    var shades: [String] { self == .ascii ? [" ", ".", ":", "-", "="] : [" ", "·", "░", "▒", "▓"] }
    var pointGlyphs: [String] { self == .ascii ? ["o", "x", "+", "%"] : ["•", "◦", "▪", "▫"] }
  }
}

/// A grid of dots drawn as characters; a cell has the colour of the last line through it.
struct TerminalCanvas {
  let characters: TerminalRenderer.CharacterSet
  let width: Int
  let height: Int
  private var dots: [UInt8]
  private var colors: [ChartColor?]
  /// ASCII: the sign of the last line through a cell. Else: a letter or point on top of the dots.
  private var glyphs: [String?]

  init(_ characters: TerminalRenderer.CharacterSet, width: Int, height: Int) {
    self.characters = characters
    self.width = width
    self.height = height
    dots = Array(repeating: 0, count: width * height)
    colors = Array(repeating: nil, count: width * height)
    glyphs = Array(repeating: nil, count: width * height)
  }

  private func dot(_ point: PlotPoint) -> (x: Int, y: Int) {
    let (across, down) = (width * characters.dotsAcross - 1, height * characters.dotsDown - 1)
    return (Int((point.x * Double(across)).rounded()), Int(((1 - point.y) * Double(down)).rounded()))
  }

  /// The cell of a place given in fractions of the plot.
  func cell(_ point: PlotPoint) -> (column: Int, row: Int) {
    let (x, y) = dot(point)
    return (x / characters.dotsAcross, y / characters.dotsDown)
  }

  private mutating func light(_ x: Int, _ y: Int, _ color: ChartColor, _ glyph: String) {
    let (column, row) = (x / characters.dotsAcross, y / characters.dotsDown)
    guard x >= 0, y >= 0, column < width, row < height else { return }
    let index = row * width + column
    dots[index] |= 1 << UInt8((y % characters.dotsDown) * characters.dotsAcross + x % characters.dotsAcross)
    colors[index] = color
    if characters == .ascii { glyphs[index] = glyph }
  }

  /// Draws a run of points in fractions of the plot (Bresenham's line). `gap` leaves dots out: every `gap`-th is drawn.
  mutating func draw(_ run: [PlotPoint], color: ChartColor, glyph: String, gap: Int = 1, bold: Bool = false) {
    guard var (x, y) = run.first.map(dot) else { return }
    var count = 0
    func step(_ canvas: inout TerminalCanvas) {
      if count.isMultiple(of: gap) {
        canvas.light(x, y, color, glyph)
        if bold { canvas.light(x, y + 1, color, glyph) }
      }
      count += 1
    }
    step(&self)
    for point in run.dropFirst() {
      let (endX, endY) = dot(point)
      let (dx, dy) = (abs(endX - x), -abs(endY - y))
      let (stepX, stepY) = (endX > x ? 1 : -1, endY > y ? 1 : -1)
      var error = dx + dy
      while x != endX || y != endY {
        let doubled = 2 * error
        if doubled >= dy {
          error += dy
          x += stepX
        }
        if doubled <= dx {
          error += dx
          y += stepY
        }
        step(&self)
      }
    }
  }

  /// Puts a sign on a cell.
  mutating func put(_ glyph: String, column: Int, row: Int, color: ChartColor) {
    guard (0..<width).contains(column), (0..<height).contains(row) else { return }
    glyphs[row * width + column] = glyph
    colors[row * width + column] = color
  }

  /// The cell's text and colour, or nil if nothing was drawn there.
  func content(_ column: Int, _ row: Int) -> (text: String, color: ChartColor?)? {
    let index = row * width + column
    if let glyph = glyphs[index] { return (glyph, colors[index]) }
    guard dots[index] != 0 else { return nil }
    return (characters == .braille ? Self.braille(dots[index]) : Self.quadrant(dots[index]), colors[index])
  }

  /// Braille numbers its dots down the columns, the last row afterwards.
  private static func braille(_ dots: UInt8) -> String {
    let order: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
    let pattern = (0..<8).reduce(UInt32(0x2800)) { dots & (1 << UInt8($1)) != 0 ? $0 + order[$1] : $0 }
    return Unicode.Scalar(pattern).map { String(Character($0)) } ?? " "
  }

  private static func quadrant(_ dots: UInt8) -> String {
    ["", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█"][Int(dots & 15)]
  }
}
