import DescentFinder
import Foundation
import Testing

@Suite struct RecordedCurveTests {
  private func failure(_ csv: String) throws -> FinderError {
    do {
      _ = try RecordedCurve(csv: csv)
    } catch {
      return error
    }
    Issue.record("accepted: \(csv)")
    throw CancellationError()
  }

  @Test func `reads rates and losses under a header`() throws {
    let curve = try RecordedCurve(csv: "rate,loss\n1e-3,2.5\n0.01,nan\n0.1,inf\n1,-inf\n")
    #expect(curve.rates == [1e-3, 0.01, 0.1, 1])
    #expect(curve.losses[0] == 2.5 && curve.losses[1].isNaN)
    #expect(curve.losses[2] == .infinity && curve.losses[3] == -.infinity)
  }

  @Test func `takes columns by name, skips blank lines, carriage returns, quotes and a byte-order mark`() throws {
    let curve = try RecordedCurve(csv: "\u{FEFF}step,\"Loss\", LR \r\n0,2,0.1\r\n\r\n1, 3 ,0.2\r\n")
    #expect(curve.rates == [0.1, 0.2] && curve.losses == [2, 3])
    #expect(try RecordedCurve(csv: "0.1,2\n0.2,3").rates == [0.1, 0.2])
  }

  @Test func `rates at the bottom of the number range are told`() throws {
    let losses = (1...60).map { $0 < 15 ? 12 : $0 < 25 ? 26 - $0 : $0 }
    let lines = losses.enumerated().map { "\(.leastNonzeroMagnitude * Double(1 + $0 / 4)),\($1)" }
    let result = try RecordedCurve(csv: lines.joined(separator: "\n")).result()
    #expect(try #require(result.suggestion).basis.contains("e-32"))
  }

  @Test func `names the line that is wrong`() throws {
    #expect(try failure("").line == nil)
    #expect(try failure("rate,loss\n\n").message.contains("no points"))
    #expect(try failure("rate,loss\n0.1,2\n0.2\n").line == 3)
    #expect(try failure("rate,loss\n0.1,2\n\n0.2,3,4\n").line == 4)
    #expect(try failure("rate,loss\n-0.1,2\n").line == 2)
    #expect(try failure("rate,loss\n0,2\n").line == 2)
    #expect(try failure("rate,loss\ninf,2\n").line == 2)
    #expect(try failure("rate,loss\nnan,2\n").line == 2)
    #expect(try failure("rate,loss\nfast,2\n").message.contains("fast"))
    #expect(try failure("rate,loss\n0.1,low\n").message.contains("low"))
    #expect(try failure("rate,loss\n0.2,1\n0.1,1\n").line == 3)
    #expect(try failure("step,error\n1,2\n").message.contains("error"))
    #expect(try failure("1,2,3\n").line == 1)
    #expect("\(try failure("rate,loss\n0,2\n"))".hasPrefix("line 2: "))
  }

  @Test func `gives the same as a test of one repeat`() throws {
    let test = try defaultTest()
    var playback = Playback(losses: typicalLosses(test.ladder))
    let run = try test.run(spending: &playback)
    let csv = "rate,loss\n" + run.curve.map { "\($0.rate),\($0.loss)" }.joined(separator: "\n")
    let recorded = try RecordedCurve(csv: csv).result()
    let live = RangeTestResult(repeats: [run])
    #expect(recorded.suggestion == live.suggestion && recorded.suggestion != nil)
    #expect(recorded.rules == live.rules)
    #expect(recorded.curve == live.curve)
    #expect(recorded.ceiling == live.ceiling)
  }
}
