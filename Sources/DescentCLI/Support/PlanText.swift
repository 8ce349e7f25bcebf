import DescentSchedules
import Foundation

extension Plan {
  /// A plan as an option has it: the text itself, or the name of a JSON or JSON5 file with `{version: 1, plan: "…"}`, the
  /// plan being a text or a list of rules.
  ///
  /// - Throws: `ScheduleError` for a text, ``Failure`` for a file that cannot be used.
  init(reading text: String) throws {
    guard text.hasSuffix(".json") || text.hasSuffix(".json5") else {
      try self.init(parsing: text)
      return
    }
    let data = try readFile(text)
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      self = try decoder.decode(Plan.self, from: data)
    } catch let DecodingError.dataCorrupted(context) where context.underlyingError is ScheduleError {
      throw Failure("bad-schedule", flattened(context.debugDescription), status: .failed).at(text)
    } catch let DecodingError.dataCorrupted(context) {
      throw Failure("bad-plan", flattened(context.debugDescription), status: .failed).at(text)
    } catch {
      throw Failure(
        "bad-plan", "\(text): this is not a plan",
        hint: "write it as { version: 1, plan: [\"rate: cosine\", \"[ndim<2] weightDecay = 0\"] }", status: .failed)
    }
  }
}
