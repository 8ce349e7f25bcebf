import DescentCharts
import Testing

struct TerminalRendererTests {
  private static let sets = TerminalRenderer.CharacterSet.allCases

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: sets, [1, 7, 20, 33, 80, 200])
  func `no line is wider than asked`(_ set: TerminalRenderer.CharacterSet, _ width: Int) {
    for chart in [Samples.find, Samples.training, Samples.contours] {
      for line in lines(TerminalRenderer(width: width, characterSet: set).render(chart)) {
        #expect(line.count <= width, "\(line)")
      }
    }
  }

  @Test func `the height is as asked when there is room`() {
    #expect(lines(TerminalRenderer(width: 80, height: 24).render(Samples.find)).count == 24)
    #expect(lines(TerminalRenderer(width: 80, height: 30).render(Samples.contours)).count == 30)
  }

  @Test func `ascii pictures hold ascii only`() {
    for chart in [Samples.find, Samples.training, Samples.contours] {
      let text = TerminalRenderer(characterSet: .ascii).render(chart)
      #expect(text.unicodeScalars.allSatisfy { $0.isASCII && ($0.value >= 32 || $0 == "\n") })
    }
    #expect(TerminalRenderer(characterSet: .ascii).render(Samples.find).contains("2/lambdamax"))
  }

  @Test func `a find chart names its marks under the axis`() {
    let text = TerminalRenderer(width: 80, height: 24).render(Samples.find)
    for part in [
      "suggested", "▲", "80 % interval", "flat", "falling", "1e-5", "0.001", "learning rate", "median", "cut (up to",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test func `several lines are lettered, and colour only adds`() {
    let plain = TerminalRenderer(height: 24).render(Samples.training)
    #expect(plain.contains("a loss") && plain.contains("b validation loss") && !plain.contains("\u{1B}"))
    let colored = TerminalRenderer(height: 24, color: true).render(Samples.training)
    #expect(colored.contains("\u{1B}[34m"))
    #expect(colored.replacing(/\u{1B}\[\d+m/, with: "") == plain)
  }

  @Test func `the labels of a high panel's axis keep all their digits`() {
    let chart = Chart(
      title: "", xAxis: Axis(range: 0...1), yAxis: Axis(range: -0.5...2.25),
      marks: [.line(Series("", points: [PlotPoint(0, 0), PlotPoint(1, 1)]))])
    let text = TerminalRenderer(width: 60, height: 24).render(chart)
    for label in ["2.0┤", "1.5┤", "0.0┤", "-0.5┤"] { #expect(text.contains(label), "\(label)") }
  }

  @Test func `a diagonal goes from corner to corner`() {
    let chart = Chart(
      title: "", xAxis: Axis(range: 0...1), yAxis: Axis(range: 0...1),
      marks: [.line(Series("", points: [PlotPoint(0, 0), PlotPoint(1, 1)]))])
    let rows = lines(TerminalRenderer(width: 24, height: 12, characterSet: .ascii).render(chart))
    let first = rows.firstIndex { $0.contains("*") }, last = rows.lastIndex { $0.contains("*") }
    #expect(first == 0 && last == 9)
    #expect(rows[0].last == "*" && rows[0].count == 24)
  }

  @Test(arguments: Samples.hostile.indices, sets)
  func `hostile data still give a picture`(_ index: Int, _ set: TerminalRenderer.CharacterSet) {
    let (name, points) = Samples.hostile[index]
    for (x, y) in [(AxisScale.linear, AxisScale.linear), (.log, .log), (.log, .linear)] {
      let text = TerminalRenderer(width: 40, height: 15, characterSet: set).render(Samples.chart(points, x, y))
      #expect(lines(text).allSatisfy { $0.count <= 40 }, "\(name)")
      if ["no points", "all NaN"].contains(name) { #expect(text.contains("no data to draw"), "\(name)") }
    }
  }

  @Test(arguments: [5, 11, 12]) func `wide and control characters do not widen lines`(_ width: Int) {
    let title = "学習率学習率学習率 \u{1B}[31m\u{7} e\u{301} 🚀 loss"
    let text = TerminalRenderer(width: width, height: 8).render(
      Chart(title: title, xAxis: Axis("学習率"), yAxis: Axis("損失"), marks: [.line(Series("線", values: [1, 2]))]))
    #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
    for line in lines(text) { #expect(line.reduce(0) { $0 + ("一"..."龥" ~= $1 || $1 == "🚀" ? 2 : 1) } <= width) }
  }
}
