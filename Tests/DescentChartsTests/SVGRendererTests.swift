import DescentCharts
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Counts elements; fails on anything that is not well-formed XML.
private final class Outline: NSObject, XMLParserDelegate {
  var counts: [String: Int] = [:]
  var texts: [String: [String]] = [:]
  private var open: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    counts[name, default: 0] += 1
    texts[name, default: []].append("")
    open.append(name)
  }
  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }
  func parser(_ parser: XMLParser, foundCharacters string: String) {
    guard let name = open.last, let last = texts[name]?.indices.last else { return }
    texts[name]?[last] += string
  }
}

struct SVGRendererTests {
  private func parse(_ svg: String) throws -> Outline {
    let outline = Outline()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = outline
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return outline
  }

  @Test func `a find chart has its lines, markers and labels`() throws {
    let outline = try parse(SVGRenderer(width: 800, height: 440).render(Samples.find))
    #expect(outline.counts["polyline"] == 3)
    #expect(outline.texts["title"] == ["Range <test>"])
    let labels = Set(outline.texts["text"] ?? [])
    for label in ["suggested", "valley", "minimum / 10", "2/λmax", "flat", "80 % interval", "median", "1e-5", "loss"] {
      #expect(labels.contains(label))
    }
    #expect(outline.texts["desc"]?.first?.contains("valley at 0.04") == true)
    #expect(outline.texts["desc"]?.first?.contains("cut (up to") == true)
  }

  @Test func `panels share one labelled x axis`() throws {
    let outline = try parse(SVGRenderer().render(Samples.training))
    #expect(outline.counts["polyline"] == 3)
    #expect(outline.texts["text"]?.filter { $0 == "100" }.count == 1)
    #expect(outline.texts["text"]?.filter { $0 == "step" }.count == 1)
  }

  @Test func `contours and paths are drawn, and a path that leaves ends without a disc`() throws {
    let svg = SVGRenderer().render(Samples.contours)
    #expect(try parse(svg).counts["path"] == 12)
    #expect(svg.components(separatedBy: "class=\"ring").count - 1 == 2)
    #expect(svg.components(separatedBy: "class=\"disc").count - 1 == 1)
  }

  @Test func `a path that leaves the picture is told, with the step`() {
    let text = SVGRenderer().render(Samples.contours)
    #expect(text.contains("adam leaves the picture at step 1."))
    #expect(!text.contains("sgd leaves"))
  }

  @Test func `charts stand one under the other in one document`() throws {
    let svg = SVGRenderer(width: 500).render(stacked: [(Samples.contours, 400), (Samples.training, 300)])
    let outline = try parse(svg)
    #expect(outline.counts["svg"] == 4, "the whole, two charts, and the contours' own viewport")
    #expect(svg.contains("width=\"500\" height=\"700\""))
    #expect(svg.contains("<g transform=\"translate(0 400)\">"))
    #expect(outline.texts["title"]?.first == "Paths; Training")
  }

  @Test func `nothing is loaded from elsewhere and both themes are there`() {
    let svg = SVGRenderer().render(Samples.find)
    #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("<script"))
    #expect(svg.components(separatedBy: "http").count == 2, "only the namespace")
    #expect(svg.contains("prefers-color-scheme:dark"))
  }

  @Test(arguments: Samples.hostile.indices, [AxisScale.linear, .log])
  func `hostile data still give well-formed pictures with finite coordinates`(_ index: Int, _ scale: AxisScale) throws {
    let (name, points) = Samples.hostile[index]
    let svg = SVGRenderer(width: 300, height: 200).render(Samples.chart(points, scale, scale))
    let outline = try parse(svg)
    for bad in ["\"nan", "\"inf", "\"-inf", ",nan", ",inf", "e+"] { #expect(!svg.contains(bad), "\(name)") }
    if ["no points", "all NaN"].contains(name) { #expect(outline.texts["text"]?.contains("no data to draw") == true) }
  }

  @Test func `no panels and empty panels say so`() throws {
    let empty = Chart(title: "", xAxis: Axis(), panels: [])
    #expect(try parse(SVGRenderer(width: -5, height: 0).render(empty)).texts["text"] == ["no data to draw"])
    let svg = SVGRenderer().render(Chart(title: "x", xAxis: Axis(), panels: [Panel(yAxis: Axis(), marks: [])]))
    #expect(svg.contains("no data to draw"))
  }

  @Test func `markup in labels is escaped and control characters are replaced`() throws {
    #expect(escapedMarkup("<a href=\"x\">&'\u{0}\u{1B}") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\u{FFFD}\u{FFFD}")
    let evil = "</text><script>alert(1)</script>&\u{8}"
    let chart = Chart(
      title: evil, subtitle: evil, xAxis: Axis(evil), yAxis: Axis(evil),
      marks: [
        .line(Series(evil, values: [1, 2])), .verticalLine(x: 0.5, label: evil), .horizontalLine(y: 1.5, label: evil),
        .band(0...1, label: evil), .regions([Band(0...1, label: evil)]),
      ])
    #expect(try parse(SVGRenderer(width: 1200).render(chart)).counts["script"] == nil)
  }

  @Test func `a long line is thinned but keeps its spike`() {
    var values = (0..<20_000).map { _ in 1.0 }
    values[14_321] = 9
    let svg = SVGRenderer(width: 600, height: 300).render(
      Chart(title: "", xAxis: Axis(), yAxis: Axis(range: 0...9), marks: [.line(Series("", values: values))]))
    #expect(svg.utf8.count < 60_000)
    let places =
      svg.components(separatedBy: "points=\"").last?.split(separator: "\"").first?.split(separator: " ") ?? []
    let heights = places.compactMap { Double($0.split(separator: ",").last ?? "") }
    #expect((heights.max() ?? 0) - (heights.min() ?? 0) > 200)
  }
}
