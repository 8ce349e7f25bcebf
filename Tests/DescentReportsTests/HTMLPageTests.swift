import DescentCharts
import DescentReports
import Foundation
import Testing

struct HTMLPageTests {
  private static let evil = "<script>alert('1')</script>&\"\u{0}"
  private static let chart = Chart(
    title: "loss <of> run", xAxis: Axis("step"), yAxis: Axis("loss"),
    marks: [.line(Series("a & b", values: [3, 2, 1]))])

  private func page(_ blocks: [HTMLPage.Block]) -> String {
    HTMLPage(title: "t", sections: [HTMLPage.Section("s", blocks)]).render()
  }

  @Test func `every text is escaped`() {
    let html = HTMLPage(
      title: Self.evil, subtitle: Self.evil,
      sections: [
        HTMLPage.Section(
          Self.evil,
          [
            .paragraph(Self.evil), .callout(Self.evil), .list([Self.evil]), .preformatted(Self.evil),
            .table(.init(caption: Self.evil, columns: [Self.evil], rows: [[Self.evil]])),
            .chart(Chart(title: Self.evil, xAxis: Axis(), panels: [])),
          ])
      ], footer: Self.evil
    ).render()
    #expect(!html.contains("<script") && !html.contains("alert('") && !html.contains("\u{0}"))
    // Title twice; subtitle, heading, four texts, three of the table, footer; title of the chart twice.
    #expect(html.components(separatedBy: "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;").count - 1 == 14)
  }

  @Test func `nothing is loaded from elsewhere`() {
    let html = page([.chart(Self.chart), .paragraph("x")])
    for sign in ["src=", "href", "url(", "@import", "<link", "<script"] { #expect(!html.contains(sign)) }
    #expect(html.contains("default-src 'none'"))
    #expect(html.contains("<polyline"))
    #expect(html.contains("prefers-color-scheme:dark") && html.contains("@media print"))
  }

  @Test func `tags are balanced`() throws {
    let html = page([
      .paragraph("one\n\ntwo\nlines"), .list(["a", "b"]), .table(.init(columns: ["a"], rows: [["1", "2"], []])),
      .preformatted("x"), .chart(Self.chart), .callout("answer"),
    ])
    for tag in ["p", "ul", "li", "table", "tr", "td", "th", "pre", "figure", "svg", "section", "main", "body", "html"] {
      let opened = html.matches(of: try Regex("<\(tag)[ >]")).count
      #expect(opened > 0 && opened == html.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
    }
    #expect(html.contains("<p>one</p>\n<p>two\nlines</p>"))
  }

  @Test func `ragged tables are squared and numbers stand to the right`() {
    let html = page([
      .table(.init(columns: ["rule", "rate"], rows: [["valley", "1e-3"], ["steepest"], ["x", "12 %", "surplus"]]))
    ])
    #expect(html.components(separatedBy: "<td").count - 1 == 9)
    #expect(html.contains("<th scope=\"col\" class=\"number\">rate</th>"))
    #expect(html.contains("<th scope=\"col\">rule</th>"))
    #expect(html.contains("<td></td>") == true)
    #expect(!page([.table(.init(columns: [], rows: []))]).contains("<table"))
  }

  @Test func `preformatted text keeps its first line break and blanks`() {
    #expect(page([.preformatted("\n  a\n\n  b")]).contains("<pre tabindex=\"0\">\n\n  a\n\n  b</pre>"))
  }
}
