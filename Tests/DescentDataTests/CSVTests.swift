import DescentData
import Foundation
import Testing

@Suite struct CSVTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ text: String, _ suffix: String = "", name: String = "t.csv") throws -> Dataset {
    try loadDataset(folder.write(name, text) + suffix)
  }

  private func features(_ dataset: Dataset) -> [Float] { dataset.gather(Array(0..<Int32(dataset.rows))) }

  @Test func `a header, numbers, the last column as target`() throws {
    let table = try load("a,b,y\n1,2,0.5\n3,4,-1e-3\n5,6,+.25\n")
    #expect(table.rows == 3)
    #expect(table.featureShape == [2])
    #expect(table.featureNames == ["a", "b"])
    #expect(features(table) == [1, 2, 3, 4, 5, 6])
    #expect(table.targets == .values([0.5, -0.001, 0.25], width: 1))
    #expect(table.wantsStandardization)
  }

  @Test func `no header`() throws {
    let table = try load("1,2,0.5\n3,4,1.5")
    #expect(table.rows == 2)
    #expect(table.featureNames == nil)
    #expect(features(table) == [1, 2, 3, 4])
  }

  @Test func `the target by name or number, text becoming classes in order of their names`() throws {
    let text = "kind,a,b\nsetosa,1,2\nlily,3,4\nsetosa,5,6\n"
    for suffix in [":kind", ":0"] {
      let table = try load(text, suffix)
      #expect(table.targets == .classes([1, 0, 1], names: ["lily", "setosa"]))
      #expect(features(table) == [1, 2, 3, 4, 5, 6])
      #expect(table.featureNames == ["a", "b"])
    }
  }

  @Test func `text only in the target does not make the first row a header`() throws {
    let table = try load("5.1,3.5,setosa\n4.9,3.0,virginica\n")
    #expect(table.rows == 2)
    #expect(table.targets == .classes([0, 1], names: ["setosa", "virginica"]))
  }

  @Test func `a header with a number in it is told by the second row`() throws {
    let table = try load("name,2020,y\n1,2,0.5\n3,4,1.5\n")
    #expect(table.rows == 2)
    #expect(table.featureNames == ["name", "2020"])
  }

  @Test func `whole numbers are classes if there are few and each comes twice`() throws {
    let classes = try load("x,y\n1,10\n2,9\n3,10\n4,9\n5,2\n6,2\n")
    #expect(classes.targets == .classes([2, 1, 2, 1, 0, 0], names: ["2", "9", "10"]))
    let rare = try load("x,y\n1,10\n2,9\n3,10\n4,9\n5,2\n")
    #expect(rare.targets == .values([10, 9, 10, 9, 2], width: 1))
    let fraction = try load("x,y\n1,10\n2,9\n3,10\n4,9.5\n5,2\n6,2\n7,9.5\n8,9")
    #expect(fraction.classCount == nil)
    let many = try load("x,y\n" + (0..<60).map { "1,\($0 % 21)\n" }.joined())
    #expect(many.classCount == nil)
    let twenty = try load("x,y\n" + (0..<60).map { "1,\($0 % 20)\n" }.joined())
    #expect(twenty.classCount == 20)
  }

  @Test func `the specification overrides what a numeric target is`() throws {
    let text = "x,y\n1,1\n2,0\n3,1\n4,0\n"
    #expect(try load(text, ":y:regression").targets == .values([1, 0, 1, 0], width: 1))
    #expect(try load(text, "::regression").targets == .values([1, 0, 1, 0], width: 1))
    #expect(try load(text, ":regression").targets == .values([1, 0, 1, 0], width: 1))
    let sizes = try load("x,y\n1,10.5\n2,9\n3,10.5\n", ":y:classification")
    #expect(sizes.targets == .classes([1, 0, 1], names: ["9", "10.5"]))
  }

  @Test func `quotes, separators and line ends inside fields`() throws {
    let table = try load("\"a, first\",\"say \"\"y\"\"\"\n\"1.5\",\"two\nlines\"\r\n2,\"x,y\"\n3,\"\"\"\"\n4, plain \n")
    #expect(table.featureNames == ["a, first"])
    #expect(features(table) == [1.5, 2, 3, 4])
    #expect(table.targets == .classes([2, 3, 0, 1], names: ["\"", "plain", "two\nlines", "x,y"]))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `line ends, blank lines, a byte-order mark and a missing last line end`(end: String) throws {
    let lines = ["\u{FEFF}a,b", "1,0.5", "", "2,1.5", "   ", "3,2.5"]
    for trailing in ["", end, end + end + end] {
      let table = try load(lines.joined(separator: end) + trailing)
      #expect(table.featureNames == ["a"])
      #expect(features(table) == [1, 2, 3])
      #expect(table.targets == .values([0.5, 1.5, 2.5], width: 1))
    }
  }

  @Test(arguments: [";", "\t"])
  func `semicolons and tabs separate where there is no comma`(separator: String) throws {
    let table = try load("a\(separator)y\n1\(separator)0.5\n2\(separator)1.5\n")
    #expect(features(table) == [1, 2])
  }

  @Test func `gzip is unpacked`() throws {
    let path = try folder.writeCompressed("t.csv.gz", Array("a,y\n1,0.5\n2,1.5\n".utf8))
    #expect(features(try loadDataset(path)) == [1, 2])
  }

  @Test func `numbers read as the standard library reads them`() throws {
    let texts = [
      "0", "-0", "1", "+7", "3.", ".5", "0.1", "1e5", "1E-5", "1e+05", "123456789012345678901234567890", "3.4028234e38",
      "1.17549435e-38", "1e-45", "1e-400", "9007199254740993", "0.000000000000000000000000123456789", "6.02214076e23",
      "00000000000000000000000000012.5", "2.2250738585072014e-308", "1234567890.12345678901234567890", "16777217",
    ]
    let table = try load("x,y\n" + texts.map { "\($0),0.5\n" }.joined())
    for (text, value) in zip(texts, features(table)) { #expect(value == Float(try #require(Double(text))), "\(text)") }
    #expect(table.rows == texts.count)
  }

  @Test func `a file longer than the reader's buffer, with quotes across its edge`() throws {
    var text = "x,name\n"
    for i in 0..<12_000 { text += "\(i),\"label \(i % 7), \"\"quoted\"\" and long\"\r\n" }
    #expect(text.utf8.count > 400_000)
    let table = try load(text)
    #expect(table.rows == 12_000)
    #expect(table.classCount == 7)
    #expect(features(table) == (0..<12_000).map { Float($0) })
    let names = (0..<7).map { "label \($0), \"quoted\" and long" }
    #expect(table.targets == .classes((0..<12_000).map { Int32($0 % 7) }, names: names))
  }

  @Test(arguments: -4...2)
  func `a doubled quote or a line end across the edge of the buffer`(shift: Int) throws {
    let edge = 1 << 18
    let opening = "x,name\n1,\"", second = "\"\"b\"\r\n2,c\r\n"
    let long = String(repeating: "a", count: edge + shift - opening.utf8.count)
    let table = try load(opening + long + second)
    #expect(features(table) == [1, 2])
    #expect(table.targets == .classes([0, 1], names: [long + "\"b", "c"]))
    let ending = String(repeating: "a", count: edge + shift - opening.utf8.count + 1)
    #expect(try load("x,name\n1," + ending + "\r\n2,c\r\n").rows == 2)
  }

  @Test func `one row longer than the buffer`() throws {
    let width = 80_000
    let row = (0..<width).map { "\($0 % 10).25" }.joined(separator: ",")
    let table = try load(row + "\n" + row)
    #expect(table.featureCount == width - 1)
    #expect(features(table)[2 * width - 3] == 8.25)
  }
}
