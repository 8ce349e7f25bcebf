import DescentCharts
import Foundation
import Testing

struct EnvelopeTests {
  private func chart(_ lower: [Double], _ upper: [Double]) -> Chart {
    func points(_ values: [Double]) -> [PlotPoint] {
      values.enumerated().map { PlotPoint(Double($0.offset), $0.element) }
    }
    return Chart(
      title: "rates", xAxis: Axis("step"), yAxis: Axis("rate", scale: .log),
      marks: [
        .line(Series("first", points: points(lower))), .line(Series("second", points: points(upper))),
        .envelope(Envelope("second", lower: points(lower), upper: points(upper))),
      ])
  }

  @Test func `the area has the colour of the line of its name and no legend entry`() {
    let svg = SVGRenderer().render(chart([1, 2, 1], [10, 20, 10]))
    let areas = svg.split(separator: "\n").filter { $0.hasPrefix("<polygon") }
    #expect(areas.count == 1)
    // The second colour of the palette.
    #expect(areas.first?.contains("class=\"band f1\"") == true)
    #expect(areas.first?.split(separator: " ").filter { $0.contains(",") }.count == 6)
    #expect(svg.components(separatedBy: ">second<").count == 2)
  }

  @Test func `what cannot be placed makes a gap`() {
    let svg = SVGRenderer().render(chart([1, 2, .nan, 2, -1, 3], [10, 20, 30, 20, 10, 30]))
    #expect(svg.components(separatedBy: "<polygon").count - 1 == 3)
    #expect(!svg.contains("nan"))
  }

  @Test func `the area decides the range and stands in a terminal as two faint edges`() {
    let alone = Chart(
      title: "", xAxis: Axis("x"), yAxis: Axis("y"),
      marks: [
        .envelope(
          Envelope("", lower: [PlotPoint(0, -5), PlotPoint(1, -5)], upper: [PlotPoint(0, 5), PlotPoint(1, 5)]))
      ])
    let text = TerminalRenderer(width: 40, height: 12, characterSet: .ascii).render(alone)
    #expect(!text.contains("no data"))
    #expect(text.contains("5+"))
    #expect(text.split(separator: "\n").filter { $0.contains("....") }.count == 2)
  }
}
