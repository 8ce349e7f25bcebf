import DescentCore
import Testing

struct MetricTableTests {
  @Test func `A header names the columns, in any case and with quotes`() throws {
    let table = try MetricTable(csv: "\u{FEFF}Step, \"LR\" ,note\n0,0.1,\"a, b\"\n\n5,nan,\n")
    #expect(table.header == ["Step", "LR", "note"])
    #expect(table.column(named: ["rate", "lr"]) == 1)
    #expect(table.column(named: ["loss"]) == nil)
    #expect(try table.steps() == [0, 5])
    let rates = try table.numbers(inColumn: 1)
    #expect(rates[0] == 0.1 && rates[1]?.isNaN == true)
    #expect(table.rows.map(\.fields[2]) == ["a, b", ""])
    #expect(table.rows.map(\.line) == [2, 4])
  }

  @Test func `Numbers alone are rows, counted from 0`() throws {
    let table = try MetricTable(csv: "0.1,2\n0.2,-inf\n")
    #expect(table.header == nil && table.columnCount == 2)
    #expect(try table.steps() == [0, 1])
    #expect(try table.numbers(inColumn: 1) == [2, -.infinity])
  }

  @Test func `An empty field is no number, and no mistake`() throws {
    #expect(try MetricTable(csv: "loss,valLoss\n1,\n2,3").numbers(inColumn: 1) == [nil, 3])
  }

  @Test(arguments: [
    ("", nil, "The file is empty."), ("a,b\n1\n", 2, "The line has 1 fields; the first has 2."),
    ("step,a\n-1,2\n", 2, "The step \"-1\" is not a whole number of 0 or more."),
    ("step,a\n1,x\n", 2, "The a \"x\" is not a number."),
  ])
  func `A mistake is told with its line`(csv: String, line: Int?, sentence: String) {
    let error = #expect(throws: MetricTableError.self) {
      let table = try MetricTable(csv: csv)
      _ = try table.steps()
      _ = try table.numbers(inColumn: 1)
    }
    #expect(error == MetricTableError(sentence, line: line))
  }
}
