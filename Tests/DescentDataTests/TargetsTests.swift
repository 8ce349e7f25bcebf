import DescentData
import Testing

@Suite struct TargetsTests {
  private func dataset(_ targets: Dataset.Targets) -> Dataset {
    Dataset(name: "t", featureShape: [1], features: .floats([1, 2, 3]), targets: targets)
  }

  @Test func `classes are numbered as in the run they are for`() throws {
    let letters = dataset(.classes([0, 1, 0], names: ["b", "d"]))
    let names = ["a", "b", "c", "d"]
    #expect(try letters.withClasses(names).targets == .classes([1, 3, 1], names: names))
    let numbers = dataset(.values([3, 5, 3], width: 1))
    #expect(try numbers.withClasses(["5", "3"]).targets == .classes([1, 0, 1], names: ["5", "3"]))
    let error = try #require(throws: DataError.self) { try letters.withClasses(["a", "b"]) }
    #expect(error.description.contains("\"d\"") && error.description.contains("a, b"))
  }

  @Test func `an unused class of the other numbering does no harm`() throws {
    let letters = dataset(.classes([0, 0, 0], names: ["b", "never"]))
    #expect(try letters.withClasses(["a", "b"]).targets == .classes([1, 1, 1], names: ["a", "b"]))
  }

  @Test func `numeric classes can be values`() throws {
    #expect(
      try dataset(.classes([1, 0, 1], names: ["2", "9.5"])).withValues().targets == .values([9.5, 2, 9.5], width: 1))
    #expect(try dataset(.values([1, 2, 3], width: 1)).withValues().targets == .values([1, 2, 3], width: 1))
    let error = try #require(throws: DataError.self) { try dataset(.classes([0, 0, 0], names: ["x"])).withValues() }
    #expect(error.code == .notANumber)
  }

  @Test func `mixed names are in the order of their text`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "x,y\n1,1a\n2,9\n3,10\n4,9\n")
    #expect(try loadDataset(path).targets == .classes([1, 2, 0, 2], names: ["10", "1a", "9"]))
  }
}
