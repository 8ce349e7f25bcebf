import Foundation
import Testing

/// The two streams and what becomes of them.
struct OutputTests {
  @Test func `A reader that goes away is no failure`() throws {
    let run = try shell("\(builtCommand.path) schedule '0.1: cosine' --steps 200000 | head -1")
    #expect(run.output == "0.1\n")
    #expect(run.errors.isEmpty)
  }

  @Test func `Output that cannot be written is`() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let run = try shell("\(builtCommand.path) schedule '0.1: cosine' --steps 2 > /dev/full")
    #expect(run.errors == "error: standard output cannot be written: No space left on device.\n")
    #expect(run.status == 1)
  }

  @Test func `--quiet leaves only the result`() throws {
    let loud = try descent("schedule", "0.1: cosine 5", "--steps", "10")
    #expect(loud.errors.hasPrefix("note: "))
    let quiet = try descent("schedule", "0.1: cosine 5", "--steps", "10", "--quiet")
    #expect(quiet.errors.isEmpty)
    #expect(quiet.output == loud.output)
  }
}
