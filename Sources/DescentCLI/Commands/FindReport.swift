import DescentFinder

extension Report {
  /// What `find` says of a recorded range test.
  init(_ result: RangeTestResult, title: String, session: Session) {
    self.init(
      json: session.global.json ? result.json : .null,
      result: result.suggestion.map { session.answer(result.verdict, rate: $0.rate) } ?? "",
      picture: session.drawn(result.chart(title: title)).map { "\($0)\n\n\(table(result.ruleRows, leading: [0]))\n" },
      next: result.suggestion == nil ? result.verdict : nil,
      status: result.suggestion == nil ? .badNews : .fine)
  }

  /// What `find` says of a search of its own.
  init(_ answer: FindAnswer, _ command: FindCommand, session: Session) {
    let suggestion = answer.suggestion
    var picture = session.drawn(answer.rampChart)
    if let uCurve = answer.uCurve, let own = session.drawn(uCurve, height: 16) {
      picture = picture.map { "\(own)\n\n\($0)" }
    }
    let start = answer.curvature.map { "\n\n" + $0.text(width: session.terminal.width) } ?? ""
    var words = suggestion == nil ? [answer.verdict] : []
    words += [answer.comparison].compactMap(\.self) + answer.notes
    if suggestion != nil, answer.method == .rangeTest, command.depth == .quick, command.training.schedule == nil,
      let decaying = answer.decayingRate, let rate = suggestion?.rate
    {
      words.append("\(figure(rate)) is for a constant rate; a schedule that decays bears \(figure(decaying)).")
    }
    words.append(answer.cost)
    self.init(
      json: session.global.json ? answer.json : .null,
      result: suggestion.map { session.answer(answer.verdict, rate: $0.rate) } ?? "",
      picture: picture.map { "\($0)\n\n\(table(answer.ramp.ruleRows, leading: [0]))\(start)\n" },
      next: words.joined(separator: " "), command: answer.nextCommand(command),
      status: suggestion == nil ? .badNews : .fine)
    if Interruption.isRequested {
      status = .interrupted
      self.command = nil
      next = "Interrupted; this is what was measured until then. " + (next ?? "")
    }
  }
}

extension Session {
  /// The answer in words for a person, the number alone in a pipe.
  fileprivate func answer(_ verdict: String, rate: Double) -> String {
    terminal.outputIsTerminal ? wrapped(verdict, to: terminal.width).joined(separator: "\n") : figure(rate)
  }
}
