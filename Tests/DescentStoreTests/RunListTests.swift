import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct RunListTests {
  private let folder: TemporaryFolder
  private let store: RunStore

  /// Three runs that have ended: a (loss 0.3), b (not a number), c (0.1), begun in that order.
  init() throws {
    folder = try TemporaryFolder()
    store = RunStore(directory: folder.path)
    let losses: [(String, Double, RunStatus)] = [("a", 0.3, .finished), ("b", .nan, .diverged), ("c", 0.1, .finished)]
    for (i, (id, loss, status)) in losses.enumerated() {
      try make(id, createdAt: "2026-01-0\(i + 1)T00:00:00Z", status, ["finalLoss": loss], steps: 10 - i)
    }
  }

  private func make(
    _ id: String, createdAt: String = "", _ status: RunStatus = .finished, _ results: [String: Double] = [:],
    steps: Int = 0
  ) throws {
    let writer = try store.create(
      RunDescription(
        id: id, createdAt: createdAt, command: ["train", "--lr", "0.\(id)"], specification: ["model": "MLP"]))
    var description = writer.description
    description.status = status
    description.results = results
    description.completedSteps = steps
    try writer.update(description)
  }

  private var index: String { folder.path + "/.index.sqlite" }

  private func names(_ query: RunQuery = RunQuery()) throws -> [String] { try store.list(query).runs.map(\.id) }

  @Test func `runs are sorted by time, name, steps or a figure, and what is no number comes last`() throws {
    #expect(try names() == ["c", "b", "a"])
    #expect(try names(RunQuery(descending: false)) == ["a", "b", "c"])
    #expect(try names(RunQuery(order: .id, descending: false)) == ["a", "b", "c"])
    #expect(try names(RunQuery(order: .steps, descending: true)) == ["a", "b", "c"])
    #expect(try names(RunQuery(order: .result("finalLoss"), descending: false)) == ["c", "a", "b"])
    #expect(try names(RunQuery(order: .result("finalLoss"), descending: true)) == ["a", "c", "b"])
    #expect(try names(RunQuery(order: .result("'; DROP TABLE run; --"), descending: false)) == ["a", "b", "c"])
  }

  @Test func `runs are filtered by status and text, and limited`() throws {
    #expect(try names(RunQuery(status: [.diverged])) == ["b"])
    #expect(try names(RunQuery(status: [.diverged, .finished], limit: 2)) == ["c", "b"])
    #expect(try names(RunQuery(status: [])) == [])
    #expect(try names(RunQuery(text: "0.A")) == ["a"])
    #expect(try names(RunQuery(text: "mlp")) == ["c", "b", "a"])
    #expect(try names(RunQuery(text: "%")) == [])
    #expect(try names(RunQuery(limit: 0)) == [])
  }

  @Test func `a listing says what run.json says`() throws {
    for _ in 0..<2 {
      let listed = try #require(try store.list(RunQuery(text: "0.a")).runs.first)
      #expect(listed == (try store.open("a").description()))
    }
  }

  @Test func `changes, new runs and deleted ones show`() throws {
    _ = try store.list()
    try make("d", createdAt: "2027")
    try store.delete("b")
    try write(
      try contents(folder.path + "/a/run.json").replacing("finished", with: "failed"), to: folder.path + "/a/run.json")
    #expect(try names() == ["d", "c", "a"])
    #expect(try names(RunQuery(status: [.failed])) == ["a"])
    #expect(try names(RunQuery(order: .result("finalLoss"), descending: false)) == ["c", "a", "d"])
  }

  @Test func `the index is what is read as long as a file has not changed`() throws {
    _ = try store.list()
    let path = folder.path + "/a/run.json"
    var times = stat()
    #expect(stat(path, &times) == 0)
    // Another content of the same size, in the same file, of the same time: nobody can tell.
    let file = try #require(FileHandle(forWritingAtPath: path))
    file.write(Data(try contents(path).replacing("finished", with: "diverged").utf8))
    try file.close()
    #if canImport(Darwin)
      let old = [times.st_atimespec, times.st_mtimespec]
    #else
      let old = [times.st_atim, times.st_mtim]
    #endif
    #expect(utimensat(AT_FDCWD, path, old, 0) == 0)
    #expect(try names(RunQuery(status: [.finished])) == ["c", "a"])
    try FileManager.default.removeItem(atPath: index)
    #expect(try names(RunQuery(status: [.finished])) == ["c"])
  }

  @Test func `a damaged, foreign or newer index is made anew`() throws {
    _ = try store.list()
    let good = try bytes(index)
    var torn = good
    for i in 100..<min(8192, torn.count) { torn[i] = 0xa5 }
    var newer = good
    newer[63] = 99  // user_version, bytes 60…63 of an SQLite file
    var withoutTables = good
    withoutTables[63] = 0
    for content in [Array("no database at all, but long enough to be one".utf8), torn, newer, withoutTables, []] {
      try Data(content).write(to: URL(fileURLWithPath: index))
      #expect(try names() == ["c", "b", "a"])
      #expect(try Array(bytes(index).prefix(15)) == Array("SQLite format 3".utf8))
      #expect(try bytes(index)[63] == 1)
    }
  }

  @Test func `an index that cannot be written is done without`() throws {
    try FileManager.default.createDirectory(atPath: index + "/full", withIntermediateDirectories: true)
    #expect(try names() == ["c", "b", "a"])
    #expect(try fileNames(index) == ["full"])
    // For a user who is not root, a folder that can only be read.
    try FileManager.default.removeItem(atPath: index)
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    #expect(try names() == ["c", "b", "a"])
  }

  @Test func `a run nobody is running is told as interrupted, again and again`() throws {
    let writer = try store.create(RunDescription(id: "live", createdAt: "2028"))
    for _ in 0..<2 { #expect(try names(RunQuery(status: [.running])) == ["live"]) }
    try make("lost", createdAt: "2029", .running)
    for _ in 0..<2 { #expect(try names(RunQuery(status: [.interrupted])) == ["lost"]) }
    let (again, _) = try store.resume("lost")
    for _ in 0..<2 { #expect(try names(RunQuery(status: [.running])) == ["lost", "live"]) }
    withExtendedLifetime((writer, again)) {}
  }

  @Test func `a run.json that cannot be read is a notice, not the end of the list`() throws {
    _ = try store.list()
    try write("{", to: folder.path + "/b/run.json")
    try FileManager.default.createDirectory(atPath: folder.path + "/no-run", withIntermediateDirectories: true)
    for _ in 0..<2 {
      let listing = try store.list()
      #expect(listing.runs.map(\.id) == ["c", "a"])
      #expect(listing.notices.count == 1)
      #expect(listing.notices.first?.hasPrefix(folder.path + "/b/run.json:1: is not a run description") == true)
    }
  }

  @Test func `no folder is no runs, and none is made`() throws {
    let nowhere = folder.path + "/nowhere"
    #expect(try RunStore(directory: nowhere).list().runs.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: nowhere))
  }

  @Test func `a folder renamed is listed by its new name`() throws {
    try FileManager.default.moveItem(atPath: folder.path + "/a", toPath: folder.path + "/z")
    #expect(try names() == ["c", "b", "z"])
  }
}
