/// The observations of a recorded run, from a CSV text.
///
/// Columns by the names of a header line, in any order: `loss`; and where there are any `step`, `lr`, `gradNorm`, `valLoss`,
/// `gradDot`. Other columns are passed over. Losses may be `nan`, `inf` or `-inf`; an empty field was not measured. Without
/// a column `step` the rows are numbered from 0. Blank lines are skipped.
public struct ObservationLog: Sendable, Hashable {
  /// In the order of the lines, with the rate that was applied as their scheduled rate where the log has one, otherwise 1.
  public var observations: [Observation]
  /// True if every row has the rate that was applied.
  public var hasRates: Bool
  /// True if a validation figure was measured anywhere.
  public var hasMetrics: Bool { observations.contains { $0.metric != nil } }

  public init(observations: [Observation], hasRates: Bool) {
    self.observations = observations
    self.hasRates = hasRates
  }

  /// - Throws: ``ObservationLogError`` with the line that is wrong.
  public init(csv: String) throws(ObservationLogError) {
    var columns: [String: Int] = [:]
    var width = 0
    var reader = RowReader()
    for (index, line) in csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
      if fields.allSatisfy(\.isEmpty) { continue }
      if width == 0 {
        columns = try Self.columns(of: fields, line: index + 1)
        width = fields.count
        continue
      }
      guard fields.count == width else {
        throw ObservationLogError("the line has \(fields.count) fields, the header has \(width)", line: index + 1)
      }
      try reader.append(fields, columns, line: index + 1)
    }
    guard !reader.observations.isEmpty else {
      throw ObservationLogError("the log holds no rows; it needs lines of step,loss under a header")
    }
    self.init(observations: reader.observations, hasRates: columns["lr"] != nil && !reader.lacksRate)
  }

  private static let known = ["step", "loss", "lr", "gradNorm", "valLoss", "gradDot"]

  private static func columns(of names: [String], line: Int) throws(ObservationLogError) -> [String: Int] {
    var columns: [String: Int] = [:]
    for (place, name) in names.enumerated() {
      guard let column = known.first(where: { $0.lowercased() == name.lowercased() }) else { continue }
      guard columns[column] == nil else {
        throw ObservationLogError("the header names the column \(column) twice", line: line)
      }
      columns[column] = place
    }
    guard columns["loss"] != nil else {
      throw ObservationLogError(
        "the header names \(names.joined(separator: ", ")); it must name the column loss, as in \"step,loss,lr\"",
        line: line)
    }
    return columns
  }

  /// Without surrounding blanks, quotes and a byte-order mark.
  private static func trimmed(_ field: Substring) -> String {
    let dropped: Set<Character> = [" ", "\t", "\"", "\u{FEFF}"]
    var field = field
    while let first = field.first, dropped.contains(first) { field.removeFirst() }
    while let last = field.last, dropped.contains(last) { field.removeLast() }
    return String(field)
  }
}

/// A log that cannot be read: what is wrong, and in which line.
public struct ObservationLogError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what would be right.
  public var message: String
  /// From 1, where one line is to blame.
  public var line: Int?

  init(_ message: String, line: Int? = nil) {
    self.message = message
    self.line = line
  }

  public var description: String {
    line.map { "Line \($0): \(message)." } ?? message.prefix(1).uppercased() + message.dropFirst() + "."
  }
}

private struct RowReader {
  var observations: [Observation] = []
  var lacksRate = false

  mutating func append(_ fields: [String], _ columns: [String: Int], line: Int) throws(ObservationLogError) {
    func value(_ name: String) throws(ObservationLogError) -> Double? {
      guard let place = columns[name], !fields[place].isEmpty else { return nil }
      guard let value = Double(fields[place]) else {
        throw ObservationLogError(
          "the \(name) \"\(fields[place])\" is not a number (nan and inf are allowed)", line: line)
      }
      return value
    }
    let last = observations.last?.step
    var step = last.map { $0 + 1 } ?? 0
    if let given = try value("step") {
      guard let whole = Int(exactly: given), whole >= 0 else {
        throw ObservationLogError("the step \"\(given)\" is not a whole number of 0 or more", line: line)
      }
      step = whole
    }
    if let last, step <= last {
      throw ObservationLogError("the step \(step) does not follow on \(last); the steps of a log rise", line: line)
    }
    // A row without a loss may still hold a validation figure; what it does not hold counts as not a number.
    let metric = try value("valLoss")
    guard let loss = try value("loss") ?? (metric == nil ? nil : .nan) else { return }
    let rate = try value("lr")
    if rate == nil { lacksRate = true }
    let norm = try value("gradNorm")
    observations.append(
      Observation(
        step: step, loss: loss, metric: metric, gradientSquaredNorm: norm.map { $0 * $0 },
        gradientDot: try value("gradDot"), scheduledRate: rate ?? 1))
  }
}
