import DescentCharts
import Testing

struct ContourTests {
  private static let bowl = Contours(xRange: -2...2, yRange: -2...2, columns: 81, rows: 81) { $0 * $0 + $1 * $1 }

  @Test func `the outline of a bowl is a circle, walked with the inside on the left`() throws {
    let outlines = Self.bowl.outlines(level: 1)
    let outline = try #require(outlines.first)
    #expect(outlines.count == 1)
    // Grid units: 20 to one unit of x, centre at 40. Linear interpolation on cells of 1/20 errs by less than 0.01.
    for node in outline {
      let (x, y) = ((node.x - 40) / 20, (node.y - 40) / 20)
      #expect(abs((x * x + y * y).squareRoot() - 1) < 1e-3)
    }
    let doubledArea = zip(outline, outline.dropFirst() + outline.prefix(1))
      .reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y }
    #expect(abs(doubledArea / 2 / 400 - Double.pi) < 0.01)
  }

  @Test func `an outline that reaches the border is closed along it`() {
    // x ≤ 0 is the left half: one rectangle of 40 × 80 grid units.
    let half = Contours(xRange: -2...2, yRange: -2...2, columns: 81, rows: 81) { x, _ in x }
    let outlines = half.outlines(level: 0)
    #expect(outlines.count == 1)
    let xs = outlines.joined().map(\.x), ys = outlines.joined().map(\.y)
    #expect(xs.min() == 0 && xs.max() == 40 && ys.min() == 0 && ys.max() == 80)
  }

  @Test func `a saddle is joined or parted by its middle`() {
    // Low corners on one diagonal at 0, high ones on the other at 1: the mean is 0.5.
    let saddle = Contours(xRange: 0...1, yRange: 0...1, columns: 2, rows: 2, values: [0, 1, 1, 0])
    #expect(saddle.outlines(level: 0.4).count == 2)
    #expect(saddle.outlines(level: 0.6).count == 1)
    let other = Contours(xRange: 0...1, yRange: 0...1, columns: 2, rows: 2, values: [1, 0, 0, 1])
    #expect(other.outlines(level: 0.4).count == 2 && other.outlines(level: 0.6).count == 1)
  }

  @Test func `a hole is an outline of its own`() {
    let ring = Contours(xRange: -2...2, yRange: -2...2, columns: 81, rows: 81) { abs(($0 * $0 + $1 * $1) - 1) }
    #expect(ring.outlines(level: 0.5).count == 2)
  }

  @Test func `automatic levels are spaced by equal ratios above the minimum`() {
    let levels = Self.bowl.resolvedLevels
    #expect(levels.count == 12)
    let ratios = zip(levels, levels.dropFirst()).map { $1 / $0 }
    for ratio in ratios { #expect(abs(ratio - ratios[0]) < 1e-9 && ratio > 1.2) }
  }

  @Test func `samples that are missing or not finite are high ground`() {
    let short = Contours(xRange: 0...1, yRange: 0...1, columns: 3, rows: 3, values: [0, 0, 0, .nan])
    #expect(short.values.count == 9)
    #expect(short.outlines(level: 1).count == 1)
    let none = Contours(xRange: 0...1, yRange: 0...1, columns: 3, rows: 3, values: [])
    #expect(none.outlines(level: 1).isEmpty && none.resolvedLevels.isEmpty)
    let flat = Contours(xRange: 0...1, yRange: 0...1) { _, _ in 1 }
    #expect(flat.resolvedLevels.isEmpty)
    let explicit = Contours(xRange: 0...1, yRange: 0...1, levels: .values([3, 1, .nan, 1])) { x, _ in x }
    #expect(explicit.resolvedLevels == [1, 3])
  }

  @Test(arguments: [(0, 0), (1, 5), (-3, 2), (2, 2)])
  func `grids too small to have cells are not drawn`(_ columns: Int, _ rows: Int) {
    let contours = Contours(xRange: 0...0, yRange: 0...1, columns: columns, rows: rows, values: [1, 2, 3, 4])
    let chart = Chart(title: "", xAxis: Axis(scale: .log), yAxis: Axis(), marks: [.contours(contours)])
    #expect(SVGRenderer().render(chart).contains("<svg"))
    #expect(!TerminalRenderer().render(chart).isEmpty)
  }
}
