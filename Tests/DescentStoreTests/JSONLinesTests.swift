import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct JSONLinesTests {
  private let folder: TemporaryFolder
  private let run: RunFolder

  init() throws {
    folder = try TemporaryFolder()
    run = try RunStore(directory: folder.path + "/runs").create(RunDescription(id: "", createdAt: "")).folder
  }

  private func texts() throws -> [String] {
    try JSONLines.lines("outcomes", in: run).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `lines of several threads are there, whole, as soon as they are appended`() async throws {
    #expect(try texts().isEmpty)
    let file = try JSONLines("outcomes", in: run)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          try file.append("{\"number\":\(number),\"text\":\"\(String(repeating: "x", count: 300))\"}".utf8)
        }
      }
      try await group.waitForAll()
    }
    let lines = try texts()
    #expect(lines.count == 200 && Set(lines).count == 200)
    #expect(lines.allSatisfy { $0.hasPrefix("{\"number\":") && $0.hasSuffix("x\"}") })
  }

  @Test func `a torn last line is passed over, and gone when the file is opened again`() throws {
    let path = run.path + "/outcomes.jsonl"
    try Data("{\"a\":1}\n{\"b\":2}\n{\"c\":".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try texts() == ["{\"a\":1}", "{\"b\":2}"])
    let file = try JSONLines("outcomes", in: run)
    try file.append("{\"d\":4}".utf8)
    #expect(try texts() == ["{\"a\":1}", "{\"b\":2}", "{\"d\":4}"])
  }
}
