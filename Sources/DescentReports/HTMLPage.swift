public import DescentCharts

/// A report as one self-contained HTML file: nothing is loaded from elsewhere (a content security policy forbids it),
/// no script; light or dark as the reader prefers; prints on white.
public struct HTMLPage: Sendable, Hashable {
  /// Heads the page and names its tab.
  public var title: String
  /// One line under the title, or empty.
  public var subtitle: String
  public var sections: [Section]
  /// One line at the end, or empty: what made the page, and when.
  public var footer: String

  /// A page of sections.
  public init(title: String, subtitle: String = "", sections: [Section], footer: String = "") {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
    self.footer = footer
  }

  /// Part of a page under one heading.
  public struct Section: Sendable, Hashable {
    /// The heading, or empty for none.
    public var heading: String
    public var blocks: [Block]

    /// A section.
    public init(_ heading: String = "", _ blocks: [Block]) {
      self.heading = heading
      self.blocks = blocks
    }
  }

  /// One thing in a section. All text is shown as it is; nothing in it is read as markup.
  public enum Block: Sendable, Hashable {
    /// Running text; an empty line begins a new paragraph.
    case paragraph(String)
    /// The sentence that matters, set off: the answer.
    case callout(String)
    /// Points of a list.
    case list([String])
    case table(Table)
    /// Text in a fixed-width face with its line breaks: commands, captures.
    case preformatted(String)
    /// A file to be saved, kept in the page itself.
    case download(Download)
    /// A picture in pixels; it shrinks with the page.
    case chart(Chart, width: Int, height: Int)

    /// A picture of the usual size.
    public static func chart(_ chart: Chart) -> Block { .chart(chart, width: 860, height: 460) }
  }

  /// The HTML text of the page.
  public func render() -> String {
    var html = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(escapedMarkup(title))</title>
      <style>
      \(PageStyle.sheet)</style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(escapedMarkup(title))</h1>

      """
    if !subtitle.isEmpty { html += "<p class=\"subtitle\">\(escapedMarkup(subtitle))</p>\n" }
    html += "</header>\n"
    for section in sections {
      html += "<section>\n"
      if !section.heading.isEmpty { html += "<h2>\(escapedMarkup(section.heading))</h2>\n" }
      for block in section.blocks { html += block.html }
      html += "</section>\n"
    }
    if !footer.isEmpty { html += "<footer>\(escapedMarkup(footer))</footer>\n" }
    return html + "</main>\n</body>\n</html>\n"
  }
}

extension HTMLPage.Block {
  var html: String {
    switch self {
    case .paragraph(let text): Self.paragraphs(text, "p", nil)
    case .callout(let text): Self.paragraphs(text, "p", "callout")
    case .list(let items): "<ul>\n" + items.map { "<li>\(escapedMarkup($0))</li>\n" }.joined() + "</ul>\n"
    case .table(let table): table.html
    // HTML swallows one line feed right after the tag; this one, not the first of the text.
    case .preformatted(let text): "<pre tabindex=\"0\">\n\(escapedMarkup(text))</pre>\n"
    case .download(let file): file.html
    case .chart(let chart, let width, let height):
      "<figure>\n\(SVGRenderer(width: width, height: height).render(chart))</figure>\n"
    }
  }

  private static func paragraphs(_ text: String, _ tag: String, _ style: String?) -> String {
    let attribute = style.map { " class=\"\($0)\"" } ?? ""
    var paragraphs: [[Substring]] = [[]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) {
        paragraphs.append([])
      } else {
        paragraphs[paragraphs.count - 1].append(line)
      }
    }
    return paragraphs.filter { !$0.isEmpty }
      .map { "<\(tag)\(attribute)>\(escapedMarkup($0.joined(separator: "\n")))</\(tag)>\n" }.joined()
  }
}
