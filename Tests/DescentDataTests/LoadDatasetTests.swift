import DescentData
import Testing

@Suite struct LoadDatasetTests {
  @Test(arguments: datasetNames)
  func `every listed name loads`(name: String) throws {
    #expect(try loadDataset(name).rows > 0)
    #expect(try loadDataset(name).name.hasPrefix(name))
  }

  @Test func `a misspelt name gets the nearest, a strange one the list`() throws {
    let near = try #require(throws: DataError.self) { try loadDataset("digit") }
    #expect(near.code == .unknownDataset && near.isArgumentError)
    #expect(near.description.contains("did you mean \"digits\"?"))
    let far = try #require(throws: DataError.self) { try loadDataset("imagenet(rows: 3)") }
    #expect(far.description.contains("\"imagenet\"") && far.description.contains("chebyshev"))
  }

  @Test(arguments: ["missing.csv", "missing.csv.gz:y", "missing.npy", "./missing", "folder/missing", "a.csv:b.npy"])
  func `a path that does not exist is a missing file, not a name`(path: String) throws {
    let error = try #require(throws: DataError.self) { try loadDataset(path) }
    #expect(error.code == .fileNotFound)
    #expect(!error.isArgumentError)
    #expect(error.description.contains("no such file"))
  }

  @Test func `files of other kinds are refused`() throws {
    let folder = try TemporaryFolder()
    for name in ["a.text", "a.parquet", "a"] {
      let path = try folder.write(name, "hello")
      let error = try #require(throws: DataError.self) { try loadDataset(path) }
      #expect(error.code == .unsupported)
      #expect(error.description.contains(".csv"))
    }
  }

  @Test func `a folder named like a file is no file`() throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: DataError.self) { try loadDataset(folder.path) }
    #expect(error.code == .fileNotFound)
    #expect(error.description.contains("train-images-idx3-ubyte"))
  }

  @Test func `upper-case endings and dots in names are fine`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("my.csv.data.v2.CSV", "a,y\n1,0.5\n2,1.5\n")
    #expect(try loadDataset(path + ":a").featureNames == ["y"])
  }
}
