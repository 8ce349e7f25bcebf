import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct RunLockTests {
  @Test func `a live run is not resumed or deleted by a second writer`() throws {
    let folder = try TemporaryFolder()
    let store = RunStore(directory: folder.path)
    var writer: RunWriter? = try store.create(RunDescription(id: "r", createdAt: ""))
    #expect(throws: StoreError.self) { try store.resume("r") }
    let error = #expect(throws: StoreError.self) { try store.delete("r") }
    #expect(error?.code == .locked)
    #expect(try writer?.folder.description().attempt == 0)
    writer = nil
    try store.delete("r")
    #expect(try fileNames(folder.path) == [])
  }

  /// `flock` (util-linux) is another process that takes the same lock.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")))
  func `the lock of another process counts until it is killed`() throws {
    let folder = try TemporaryFolder()
    let store = RunStore(directory: folder.path)
    _ = try store.create(RunDescription(id: "r", createdAt: ""))
    let run = try store.open("r")
    let other = Process()
    other.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    // --no-fork: the process that is killed is the one that holds the lock.
    other.arguments = ["--no-fork", run.path + "/lock", "sleep", "60"]
    try other.run()
    for _ in 0..<500 where !run.isLive { usleep(10_000) }
    #expect(run.isLive)
    #expect(try run.description().status == .running)
    let error = #expect(throws: StoreError.self) { try store.resume("r") }
    #expect(error?.code == .locked)
    kill(other.processIdentifier, SIGKILL)
    other.waitUntilExit()
    #expect(try run.description().status == .interrupted)
    #expect(try store.resume("r").writer.description.attempt == 1)
  }

  @Test func `asking whether a run is live does not keep it from being resumed`() throws {
    let folder = try TemporaryFolder()
    let store = RunStore(directory: folder.path)
    let run = try store.create(RunDescription(id: "r", createdAt: "")).folder
    let asking = Thread { while !Thread.current.isCancelled { _ = run.isLive } }
    asking.start()
    defer { asking.cancel() }
    for _ in 0..<200 { _ = try store.resume("r") }
  }
}
