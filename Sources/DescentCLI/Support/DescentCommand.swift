import ArgumentParser
import Foundation

/// A command that does something: it turns its options into calls of the library and hands back a report.
protocol DescentCommand: ParsableCommand {
  var global: GlobalOptions { get }

  /// Does the work.
  ///
  /// - Throws: ``Failure``, or an error of the library that is ``Reportable``.
  func report(_ session: Session) throws -> Report
}

/// What a command hands back.
struct Report: Sendable {
  /// All of it, for `--json`.
  var json: JSON
  /// What goes to standard output otherwise, without the last line break.
  var result: String
  /// What a person sees above the result: pictures, tables.
  var picture: String?
  /// What a person reads below the result.
  var next: String?
  /// The next command to run, which stands on a line of its own, unbroken, to be copied.
  var command: String?
  /// How the command ends although it did its work: `badNews`, `interrupted`.
  var status = ExitStatus.fine
}

/// The surroundings a command runs in.
struct Session: Sendable {
  var global: GlobalOptions
  /// The arguments as typed, without the program's name.
  var arguments: [String] = []
  var terminal = Terminal.current

  /// Threads to compute on.
  var threads: Int { global.threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// True if a person is looking: pictures are worth drawing.
  var showsPictures: Bool { terminal.errorIsTerminal && !global.quiet && !global.json }

  /// Says something a person should know, such as a default that was chosen.
  func note(_ text: String) {
    if !global.quiet { Console.notice(fitted("note: \(text)") + "\n") }
  }

  /// Running text for standard error, broken at spaces on a terminal.
  func fitted(_ text: String) -> String {
    terminal.errorIsTerminal ? wrapped(text, to: terminal.width).joined(separator: "\n") : text
  }

  /// A bar for a loop of that many steps.
  func progress(_ label: String, total: Int, from start: Int = 0) -> ProgressBar {
    ProgressBar(label, total: total, from: start, shows: !global.quiet, terminal: terminal)
  }
}

extension DescentCommand {
  /// Does the work and prints its report.
  func execute(_ arguments: [String]) throws -> ExitStatus {
    let session = Session(global: global, arguments: arguments)
    let report = try report(session)
    if global.json {
      try Console.result(report.json.text + "\n")
    } else {
      if session.showsPictures, let picture = report.picture { Console.notice(picture + "\n") }
      if !report.result.isEmpty { try Console.result(report.result + "\n") }
      if !global.quiet, let next = report.next { Console.notice(session.fitted(next) + "\n") }
      if !global.quiet, let command = report.command { Console.notice("Next: \(command)\n") }
    }
    return report.status
  }
}
