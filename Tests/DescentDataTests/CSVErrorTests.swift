import DescentData
import Testing

@Suite struct CSVErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var suffix = ""
    var code: DataError.Code
    var line: Int?
    /// What the message must say.
    var says: [String]
    var testDescription: String { "\(code.rawValue): \(says.joined(separator: ", "))" }
  }

  static let cases: [Case] = [
    Case(text: "", code: .empty, says: ["empty"]),
    Case(text: "\n\n  \n", code: .empty, says: ["empty"]),
    Case(text: "a,b,y\n", code: .empty, says: ["header but no rows"]),
    Case(text: "1\n2\n", code: .malformed, line: 1, says: ["one column"]),
    Case(text: "a,y\n1,2\n3,4,5\n", code: .malformed, line: 3, says: ["3 fields", "first has 2"]),
    Case(text: "a,b,y\n1,2,3\n\n4,5\n", code: .malformed, line: 4, says: ["2 fields", "first has 3"]),
    Case(text: "a,y\n1,2\n,4\n", code: .missingValue, line: 3, says: ["column \"a\"", "no value"]),
    Case(text: "a,y\n1,2\n\"\",4\n", code: .missingValue, line: 3, says: ["column \"a\""]),
    Case(text: "1,2\n3,NaN\n", code: .missingValue, line: 2, says: ["column 1 (from 0)", "NaN"]),
    Case(text: "a,y\n1,2\nNA,4\n", code: .missingValue, line: 3, says: ["column \"a\"", "(NA)"]),
    Case(text: "a,y\n1,u\n2,\n", code: .missingValue, line: 3, says: ["column \"y\""]),
    Case(text: "a,y\n1,2\n-inf,4\n", code: .notFinite, line: 3, says: ["column \"a\"", "-inf"]),
    Case(text: "a,y\n1,2\n1e39,4\n", code: .notFinite, line: 3, says: ["1e39", "32-bit"]),
    Case(text: "a,y\n1,2\n1e999,4\n", code: .notFinite, line: 3, says: ["1e999"]),
    Case(
      text: "colour,y\n1,2\nred,4\n", code: .notANumber, line: 3, says: ["\"colour\"", "\"red\"", "only the target"]),
    Case(text: "Iris,1,2\nIris,3,4\n", code: .notANumber, line: 1, says: ["column 0 (from 0)", "\"Iris\""]),
    Case(text: "a,y\n1,2\n0x10,4\n", code: .notANumber, line: 3, says: ["0x10"]),
    Case(text: "a,y\n1,2\n1e,4\n", code: .notANumber, line: 3, says: ["\"1e\""]),
    Case(text: "a,y\n1,2\n1.2.3,4\n", code: .notANumber, line: 3, says: ["1.2.3"]),
    Case(text: "a,price\n1,2\n3,x\n", code: .notANumber, line: 3, says: ["\"price\"", "\"x\""]),
    Case(text: "a,y\n1,u\n3,v\n", suffix: ":y:regression", code: .notANumber, line: 2, says: ["\"y\"", "\"u\""]),
    Case(text: "a,y\n\"two\nlines\",2\n", code: .notANumber, line: 2, says: ["two\nlines"]),
    Case(text: "a,b,y\n1,\"2\n3\",4\n5,6\n", code: .notANumber, line: 2, says: ["\"b\""]),
    Case(text: "y,b\n\"2\n3\",4\n5,6,7\n", suffix: ":y", code: .malformed, line: 4, says: ["3 fields"]),
    Case(text: "a,y\n1,\"open\n2,3\n", code: .malformed, line: 2, says: ["never closed"]),
    Case(text: "a,y\n1,\"shut\" more\n", code: .malformed, line: 2, says: ["closing quote"]),
    Case(text: "a,y\n1,same\n2,same\n", code: .unsupported, says: ["single class \"same\""]),
    Case(text: "width,height,y\n1,2,3\n", suffix: ":hieght", code: .unknownColumn, says: ["did you mean \"height\"?"]),
    Case(text: "1,2,3\n4,5,6\n", suffix: ":y", code: .unknownColumn, says: ["no header", "0 to 2"]),
    Case(text: "1,2,3\n4,5,6\n", suffix: ":3", code: .unknownColumn, says: ["no column 3", "0 to 2"]),
    Case(text: "a,a,y\n1,2,3\n", suffix: ":a", code: .unknownColumn, says: ["2 times"]),
    Case(text: "\u{FF}\u{0}x,\u{1}\n1,2\u{0},3\n", code: .malformed, line: 2, says: ["3 fields"]),
  ]

  @Test(arguments: cases)
  func `a faulty table is refused with place and reason`(_ wanted: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", wanted.text)
    let error = try #require(throws: DataError.self) { try loadDataset(path + wanted.suffix) }
    #expect(error.code == wanted.code)
    #expect(error.path == path)
    #expect(error.line == wanted.line)
    #expect(error.isArgumentError == (wanted.code == .unknownColumn))
    for part in wanted.says { #expect(error.message.contains(part), "\(error)") }
    #expect(error.description.hasPrefix(wanted.line.map { "\(path):\($0): " } ?? "\(path): "))
  }

  @Test func `a thousand and one names are no classes`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "a,y\n" + (0...1000).map { "1,name\($0)\n" }.joined())
    let error = try #require(throws: DataError.self) { try loadDataset(path) }
    #expect(error.code == .unsupported)
    #expect(error.line == 1002)
  }

  @Test func `a cut gzip file is told`() throws {
    let folder = try TemporaryFolder()
    let text = "a,y\n" + (0..<3000).map { "\($0 * 7919 % 3001),\($0).5\n" }.joined()
    let path = try folder.writeCompressed("t.csv.gz", Array(text.utf8), cut: 200)
    let error = try #require(throws: DataError.self) { try loadDataset(path) }
    #expect(error.code == .truncated)
  }
}
