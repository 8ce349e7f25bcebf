import DescentSchedules
import Testing

struct HorizonParsingTests {
  @Test(arguments: [
    ("100", Length.steps(100)), ("1.5ep", .epochs(1.5)), ("50000samples", .samples(50_000)),
    ("1e12tok", .tokens(1_000_000_000_000)), ("2h", .seconds(7200)), (" 5% ", .percent(5)),
  ])
  func `A length reads as in a schedule`(text: String, length: Length) throws {
    #expect(try Length(parsing: text) == length)
  }

  @Test(arguments: ["", "ep", "5 epochs", "5ep 3", "1.5", "-1ep", "101%"])
  func `What is no length is told`(text: String) {
    #expect(throws: ScheduleError.self) { try Length(parsing: text) }
  }

  @Test func `A batch is a number or a ramp`() throws {
    #expect(try BatchPlan(parsing: "64") == .constant(64))
    #expect(
      try BatchPlan(parsing: "ramp(from: 16, to: 64, by: 16, over: 640)") == .ramp(from: 16, to: 64, by: 16, over: 640))
  }

  @Test(arguments: [
    "0", "-5", "big", "ramp(from: 16)", "ramp(from: 64, to: 16, by: 16, over: 640)",
    "ramp(from: 16, to: 64, by: 1.5, over: 640)", "ramp(from: 16, to: 64, by: 16, upto: 640)",
  ])
  func `What is no batch is told with its text`(text: String) {
    let error = #expect(throws: ScheduleError.self) { try BatchPlan(parsing: text) }
    #expect(error?.description.isEmpty == false)
  }
}
