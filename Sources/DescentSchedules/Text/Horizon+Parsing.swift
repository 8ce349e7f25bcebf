import DescentSpecs

extension Length {
  /// Reads a length as in a schedule: `100`, `5ep`, `50000samples`, `1e12tok`, `90s`, `2h`, `5%`.
  ///
  /// - Throws: ``ScheduleError`` with the place and what would be right.
  public init(parsing text: String) throws(ScheduleError) {
    var parser = ScheduleParser(text)
    parser.scanner.skipSpaces()
    self = try parser.length()
    parser.scanner.skipSpaces()
    guard parser.scanner.isAtEnd else { throw parser.scanner.error("expected nothing after \(self)") }
  }
}

extension BatchPlan {
  /// Reads a batch size, `64`, or a ramp of sizes, `ramp(from: 16, to: 64, by: 16, over: 640)` (in samples).
  ///
  /// - Throws: ``ScheduleError`` with the place and what would be right.
  public init(parsing text: String) throws(ScheduleError) {
    if let size = Int(text) {
      self = .constant(size)
    } else {
      self = try Self.ramp(parsing: text)
    }
    if let problem { throw ScheduleError(problem, in: text, at: 0) }
  }

  private static func ramp(parsing text: String) throws(ScheduleError) -> BatchPlan {
    do {
      let call = try SpecCall(parsing: text)
      guard call.name == "ramp" else {
        throw ScheduleError(
          "a batch is a number, or a ramp as in ramp(from: 16, to: 64, by: 16, over: 640), not \"\(text)\"")
      }
      try call.allowOnly(["from", "to", "by", "over"])
      var numbers: [Int] = []
      for label in ["from", "to", "by", "over"] {
        guard let value = try call.number(label).flatMap(Int.init(exactly:)), value > 0 else {
          throw ScheduleError("a ramp needs a whole number above 0 as \"\(label)\"", in: text, at: 0)
        }
        numbers.append(value)
      }
      guard numbers[1] > numbers[0] else {
        throw ScheduleError("a ramp rises; it cannot go from \(numbers[0]) to \(numbers[1])", in: text, at: 0)
      }
      return .ramp(from: numbers[0], to: numbers[1], by: numbers[2], over: numbers[3])
    } catch let error as SpecError {
      throw ScheduleError(error.message, in: text, at: error.position)
    } catch let error as ScheduleError {
      throw error
    } catch {
      throw ScheduleError("\(error)", in: text, at: 0)
    }
  }
}
