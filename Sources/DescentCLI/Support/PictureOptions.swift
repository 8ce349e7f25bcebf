import ArgumentParser
import DescentCharts
import DescentReports

/// Where else a picture goes than on the terminal.
struct PictureOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Write the picture to this SVG file.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Write a report to this HTML file, which needs no other.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  /// True if a file is to be written.
  var isAskedFor: Bool { svg != nil || html != nil }

  /// Refuses files that could not be written, so that no long work is lost to a slip in their names.
  func check() throws(Failure) {
    for path in [svg, html] { if let path { try checkWritable(path) } }
  }

  /// Writes the files asked for.
  func save(_ chart: @autoclosure () -> Chart, page: @autoclosure () -> HTMLPage, session: Session) throws(Failure) {
    try save(svg: SVGRenderer().render(chart()), page: page(), session: session)
  }

  /// Writes the files asked for, the charts one under the other, each with its height in pixels.
  func save(
    _ charts: @autoclosure () -> [(chart: Chart, height: Int)], page: @autoclosure () -> HTMLPage, session: Session
  ) throws(Failure) {
    try save(svg: SVGRenderer().render(stacked: charts()), page: page(), session: session)
  }

  private func save(
    svg text: @autoclosure () -> String, page: @autoclosure () -> HTMLPage, session: Session
  ) throws(Failure) {
    if let svg {
      try writeFile(text(), to: svg)
      session.note("wrote \(svg).")
    }
    if let html {
      try writeFile(page().render(), to: html)
      session.note("wrote \(html).")
    }
  }
}

extension Session {
  /// The picture with characters, if a person is looking.
  func drawn(_ chart: @autoclosure () -> Chart, height: Int = 20) -> String? {
    guard showsPictures else { return nil }
    return TerminalRenderer(
      width: terminal.width, height: height, characterSet: terminal.usesUnicode ? .braille : .ascii,
      color: terminal.usesColor
    ).render(chart())
  }
}

extension HTMLPage {
  /// Who made a page.
  static let footer = "Made by descent \(Descent.version)."
}
