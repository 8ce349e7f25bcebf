internal import DescentCore

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
    let table: MetricTable
    do { table = try MetricTable(csv: csv) } catch let error where error.line == nil {
      throw FinderError(.badCurve, "The curve holds no points; it needs lines of rate,loss under a header.")
    } catch {
      throw FinderError(.badCurve, error.message, line: error.line)
    }
    let columns = try Self.columns(of: table)
    var rates: [Double] = []
    var losses: [Double] = []
    for row in table.rows { try Self.append(row, columns, to: &rates, &losses) }
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

  private static func columns(of table: MetricTable) throws(FinderError) -> (rate: Int, loss: Int) {
    guard let header = table.header else {
      guard table.columnCount == 2 else {
        throw FinderError(
          .badCurve, "Without a header a curve has two columns, rate and loss; this one has \(table.columnCount).",
          line: table.firstLine)
      }
      return (0, 1)
    }
    guard let rate = table.column(named: ["rate", "lr"]), let loss = table.column(named: ["loss"]) else {
      throw FinderError(
        .badCurve, "The header names \(header.joined(separator: ", ")); it must name the columns rate and loss.",
        line: table.firstLine)
    }
    return (rate, loss)
  }

  private static func append(
    _ row: MetricTable.Row, _ columns: (rate: Int, loss: Int), to rates: inout [Double], _ losses: inout [Double]
  ) throws(FinderError) {
    let (rateText, lossText) = (row.fields[columns.rate], row.fields[columns.loss])
    guard let rate = Double(rateText), rate.isFinite, rate > 0 else {
      throw FinderError(.badCurve, "The rate \"\(rateText)\" is not a positive number.", line: row.line)
    }
    guard let loss = Double(lossText) else {
      throw FinderError(
        .badCurve, "The loss \"\(lossText)\" is not a number (nan and inf are allowed).", line: row.line)
    }
    if let last = rates.last, rate < last {
      throw FinderError(
        .badCurve, "The rate \(rate) is below the one before it, \(last); the rates of a range test rise.",
        line: row.line)
    }
    rates.append(rate)
    losses.append(loss)
  }
}
