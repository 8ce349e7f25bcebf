import ArgumentParser
import DescentCharts
import DescentSpecs

/// `descent explain`: a short answer with its formula and a picture.
struct ExplainCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a term or an optimizer: a short answer with formula and picture.",
    usage: "descent explain [<topic>] [<setting> ...] [--svg <file>] [--html <file>] [options]",
    discussion: examples(
      "descent explain",
      "descent explain warm-up",
      "descent explain optimizer adam --bias-correction false")
        + """


        Without a topic it lists them. An optimizer's settings are typed like options (--beta2 0.95) or stand in its
        specification ('adam(beta2: 0.95)'); --lr and --steps choose the rate and how many steps are shown.
        """)

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("The topic, and what it takes: an optimizer's name and settings.", valueName: "topic"),
    completion: .list(Topic.all.map(\.name)))
  var arguments: [String] = []

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    var rest = TopicArguments(arguments)
    guard let name = rest.takeWord() else {
      try rest.checkEmpty(of: "without a topic")
      return list
    }
    let names = Topic.all.map(\.name)
    guard let topic = Topic.all.first(where: { $0.name == name.lowercased() }) else {
      throw Failure(
        "unknown-topic", "there is no topic \"\(name)\"", hint: flattened(suggestion(for: name, among: names)))
    }
    let explanation = try topic.explain(&rest)
    try rest.checkEmpty(of: topic.name)
    try pictures.check()
    try pictures.save(explanation.chart, page: explanation.page, session: session)
    return Report(
      json: .object(
        [
          ("topic", .string(topic.name)), ("title", .string(explanation.title)),
          ("text", .string(explanation.text(width: nil))), ("formula", .string(explanation.formula)),
          ("source", .string(explanation.source)), ("next", .string(explanation.next)),
          ("figures", .object(explanation.figures)),
        ]),
      result: explanation.text(width: session.terminal.outputIsTerminal ? session.terminal.width : nil),
      picture: session.drawn(explanation.chart, height: explanation.chart.panels.count > 1 ? 26 : 18),
      command: explanation.next)
  }

  private var list: Report {
    Report(
      json: [
        "topics": .array(Topic.all.map { ["name": .string($0.name), "summary": .string($0.summary)] })
      ],
      result: table(Topic.all.map { [$0.name, $0.summary] }, leading: [0, 1]),
      command: "descent explain \(Topic.all[0].name)")
  }
}
