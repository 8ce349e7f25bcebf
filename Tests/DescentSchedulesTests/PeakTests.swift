import DescentSchedules
import Testing

@Suite struct PeakTests {
  @Test func `a multiplier takes its peak from outside`() throws {
    #expect(try run("linear", steps: 2, peak: 0.5).rates() == [0.5, 0.25])
    let error = #expect(throws: ScheduleError.self) { try run("linear", steps: 2) }
    #expect(
      error?.description
        == "\"linear to 0\" is a multiplier and needs a peak: give one, or write it first, as in 0.1: linear to 0.")
  }

  @Test(arguments: ["0.1: linear", "onecycle(peak: 0.1)", "cyclic(low: 0, high: 0.1, up: 5)"])
  func `a second peak is refused`(text: String) {
    let error = #expect(throws: ScheduleError.self) { try run(text, steps: 10, peak: 0.2) }
    #expect(error?.message == "the schedule has a peak of its own (0.1) and another is given (0.2); leave one out")
  }

  @Test(arguments: [-0.1, .nan, .infinity])
  func `an impossible peak is refused`(peak: Double) {
    #expect(throws: ScheduleError.self) { try run("linear", steps: 10, peak: peak) }
    #expect(throws: ScheduleError.self) { try Schedule(peak: peak, .linear()).resolved(horizon: Horizon(steps: 3)) }
  }

  @Test func `absolute levels do not move with the peak`() throws {
    for peak in [0.1, 10] {
      #expect(try run("linear 5 to 0.01 absolute", steps: 10, peak: peak).rate(at: 7) == 0.01)
    }
  }

  @Test func `what is wrong with a built schedule is found when it is laid over a run`() {
    let wrong: [Schedule] = [
      Schedule(peak: 1, []), Schedule(peak: 1, .hold(), .linear()), Schedule(peak: 1, .hold(.percent(120))),
      Schedule(peak: 1, .hold(.percent(60)), .hold(.percent(60))), Schedule(peak: 1, .hold(.steps(-1))),
      Schedule(peak: 1, .polynomial(0)), Schedule(peak: 1, .exponential(by: -1)),
      Schedule(peak: 1, .drop(by: 0.1, at: [])),
      Schedule(peak: 1, .linear(to: .percent(-5))), Schedule(peak: 1, .inverseTime(.nan)),
      Schedule(peak: 1, .inverseSqrt(0)), Schedule(peak: 1, .noam(width: 0, warmup: 1)),
      Schedule(peak: 1, .restarts(.steps(5), growth: 0.5)), .oneCycle(peak: 1, OneCycle(div: 0)),
      .cyclic(high: 1, Cyclic(low: 0, up: 0)),
    ]
    for schedule in wrong {
      #expect(throws: ScheduleError.self, "\(schedule)") { try schedule.resolved(horizon: Horizon(steps: 10)) }
    }
  }

  @Test func `schedules differ by peak and by piece`() throws {
    #expect(try Schedule(parsing: "0.1: linear") != Schedule(parsing: "0.2: linear"))
    #expect(try Schedule(parsing: "0.1: linear") != Schedule(parsing: "linear"))
    #expect(try Schedule(parsing: "0.1: linear") != Schedule(parsing: "0.1: linear to 1%"))
  }
}
