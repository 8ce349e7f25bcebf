import Foundation

/// What one run of the built command printed, and how it ended.
struct Run {
  var output: String
  var errors: String
  var status: Int32

  /// Standard output read as one JSON object.
  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
  }
  /// The `error` member of the JSON object.
  var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
}

/// Runs the command that was built beside these tests.
///
/// - Parameters:
///   - directory: where it runs; a scratch folder of its own by default.
///   - environment: variables beyond a bare environment in a UTF-8 locale.
func descent(
  _ arguments: [String], in directory: URL? = nil, environment: [String: String] = [:]
) throws -> Run {
  try runProcess(builtCommand, arguments, in: directory, environment: environment)
}

func descent(_ arguments: String..., in directory: URL? = nil) throws -> Run {
  try descent(arguments, in: directory)
}

/// Runs a line of shell, for pipes and redirections.
func shell(_ line: String) throws -> Run {
  try runProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", line])
}

private func runProcess(
  _ program: URL, _ arguments: [String], in directory: URL? = nil, environment: [String: String] = [:]
) throws -> Run {
  let scratch = try ScratchFolder()
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.currentDirectoryURL = directory ?? scratch.url
  process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm"].merging(environment) { $1 }
  process.standardInput = FileHandle.nullDevice
  // Files, not pipes: nothing can fill up while the other stream is read.
  process.standardOutput = try scratch.file("stdout")
  process.standardError = try scratch.file("stderr")
  try process.run()
  process.waitUntilExit()
  return Run(
    output: try scratch.text("stdout"), errors: try scratch.text("stderr"), status: process.terminationStatus)
}

/// The executable, which the build puts beside the tests' own.
let builtCommand: URL = {
  #if os(macOS)
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let folder = bundle?.bundleURL.deletingLastPathComponent()
  #else
    let folder = Bundle.main.executableURL?.deletingLastPathComponent()
  #endif
  return (folder ?? URL(fileURLWithPath: ".")).appendingPathComponent("descent")
}()

/// A folder that is there as long as this value.
final class ScratchFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("descent-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file, with the folders it needs, and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: false, encoding: .utf8)
    return file.path
  }

  func text(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }

  func file(_ name: String) throws -> FileHandle {
    let file = url.appendingPathComponent(name)
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    return try FileHandle(forWritingTo: file)
  }
}
