/// A range test somebody else ran: rates and raw losses from a CSV text.
///
/// The text has the columns `rate` (or `lr`) and `loss` in any order, named in a header line; other columns are
/// ignored. Without a header there must be exactly two columns, rate and loss. Losses may be `nan`, `inf` or `-inf`;
/// rates are positive and do not fall. Blank lines are skipped.
public struct RecordedCurve: Sendable, Hashable {
  public let rates: [Double]
  /// Raw losses, one per rate.
  public let losses: [Double]

  /// - Throws: ``FinderError`` (`badCurve`) with the line that is wrong.
  public init(csv: String) throws(FinderError) {
    var rates: [Double] = []
    var losses: [Double] = []
    var columns: (rate: Int, loss: Int, count: Int)?
    for (number, line) in csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
      if fields.count == 1, fields[0].isEmpty { continue }
      guard let known = columns else {
        let (header, isHeader) = try Self.columns(of: fields, line: number + 1)
        columns = header
        if isHeader { continue }
        try Self.append(fields, header, to: &rates, &losses, line: number + 1)
        continue
      }
      try Self.append(fields, known, to: &rates, &losses, line: number + 1)
    }
    guard !rates.isEmpty else {
      throw FinderError(.badCurve, "The curve holds no points; it needs lines of rate,loss under a header.")
    }
    self.rates = rates
    self.losses = losses
  }

  /// The rules and the suggestion on this curve, as for a test of one repeat.
  public func result(scheduleKind: ScheduleKind = .constant, window: Int? = nil) -> RangeTestResult {
    let curve = makeCurve(rates: rates, losses: losses, window: window)
    let blewUp = !(losses.last?.isFinite ?? true)
    let only = RepeatResult(seed: 0, stopped: blewUp ? .notANumber : .completed, curve: curve)
    return RangeTestResult(
      curve: curve, repeats: [only], blewUp: blewUp, scheduleKind: scheduleKind, spent: curve.count)
  }

  private static func columns(
    of fields: [String], line: Int
  ) throws(FinderError) -> ((rate: Int, loss: Int, count: Int), isHeader: Bool) {
    let names = fields.map { $0.lowercased() }
    if let rate = names.firstIndex(where: { $0 == "rate" || $0 == "lr" }), let loss = names.firstIndex(of: "loss") {
      return ((rate, loss, fields.count), true)
    }
    guard fields.allSatisfy({ Double($0) != nil }) else {
      throw FinderError(
        .badCurve, "The header names \(fields.joined(separator: ", ")); it must name the columns rate and loss.",
        line: line)
    }
    guard fields.count == 2 else {
      throw FinderError(
        .badCurve, "Without a header a curve has two columns, rate and loss; this one has \(fields.count).", line: line)
    }
    return ((0, 1, 2), false)
  }

  private static func append(
    _ fields: [String], _ columns: (rate: Int, loss: Int, count: Int), to rates: inout [Double],
    _ losses: inout [Double],
    line: Int
  ) throws(FinderError) {
    guard fields.count == columns.count else {
      throw FinderError(.badCurve, "The line has \(fields.count) fields; the first has \(columns.count).", line: line)
    }
    guard let rate = Double(fields[columns.rate]), rate.isFinite, rate > 0 else {
      throw FinderError(.badCurve, "The rate \"\(fields[columns.rate])\" is not a positive number.", line: line)
    }
    guard let loss = Double(fields[columns.loss]) else {
      throw FinderError(
        .badCurve, "The loss \"\(fields[columns.loss])\" is not a number (nan and inf are allowed).", line: line)
    }
    if let last = rates.last, rate < last {
      throw FinderError(
        .badCurve, "The rate \(rate) is below the one before it, \(last); the rates of a range test rise.", line: line)
    }
    rates.append(rate)
    losses.append(loss)
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
