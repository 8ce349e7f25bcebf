import DescentSchedules
import Testing

@Suite struct KnotsTests {
  @Test func `every way from knot to knot`() throws {
    let knots = "0 = 100%, 10 = 1%, 20 = 1%"
    #expect(abs(try run("1: knots linear \(knots)", steps: 30).rate(at: 5) - 0.505) < 1e-15)
    #expect(abs(try run("1: knots cosine \(knots)", steps: 30).rate(at: 5) - 0.505) < 1e-15)
    #expect(abs(try run("1: knots log \(knots)", steps: 30).rate(at: 5) - 0.1) < 1e-15)
    #expect(try run("1: knots step \(knots)", steps: 30).rate(at: 5) == 1)
    for way in ["linear", "cosine", "log", "step"] {
      let run = try run("1: knots \(way) \(knots)", steps: 30)
      #expect([0, 10, 15, 20, 29].map { run.rate(at: $0) } == [1, 0.01, 0.01, 0.01, 0.01])
    }
  }

  @Test func `before the first knot its level holds, and two at one place jump`() throws {
    let run = try run("1: knots linear 5 = 100%, 10 = 50%, 10 = 20%, 20 = 0", steps: 30)
    #expect([0, 5, 9, 10, 15, 20].map { run.rate(at: $0) } == [1, 1, 0.6, 0.2, 0.1, 0])
  }

  @Test func `a piece that begins between knots enters in the middle`() throws {
    let run = try run("1: warmup 5 -> knots linear 0 = 100%, 10 = 50%, 100% = 0", steps: 20)
    #expect([4, 5, 10, 15].map { run.rate(at: $0) } == [1, 0.75, 0.5, 0.25])
  }

  @Test func `knots that go back are refused`() throws {
    #expect(throws: ScheduleError.self) { try run("1: knots linear 10 = 1%, 5 = 2%", steps: 20) }
    #expect(throws: ScheduleError.self) { try Schedule(parsing: "1: knots log 0 = 1%, 5 = 0") }
  }
}
