import DescentCore
import DescentStore
import Foundation
import Testing

/// What a kill −9 leaves behind, and going on after it.
@Suite struct ResumeTests {
  private let folder: TemporaryFolder
  private let store: RunStore
  private let run: RunFolder

  /// A run with rows 0…4 and checkpoints after 2 and 4 steps that ended without a word.
  init() throws {
    folder = try TemporaryFolder()
    store = RunStore(directory: folder.path)
    let writer = try store.create(RunDescription(id: "r", createdAt: ""))
    for step in 0..<5 {
      try writer.record(MetricRow(attempt: 0, step: step, values: [("loss", Double(step))]))
      if step == 1 || step == 3 { try writer.save(Self.checkpoint(step + 1)) }
    }
    run = writer.folder
  }

  private static func checkpoint(_ step: Int) -> Checkpoint {
    Checkpoint(step: step, tensors: [CheckpointTensor("theta", [Float(step)])])
  }

  private var metrics: String { run.path + "/metrics.jsonl" }

  @Test func `a run that ended without a word is told as interrupted`() throws {
    #expect(!run.isLive)
    #expect(try run.description().status == .interrupted)
    let (writer, _) = try store.resume("r")
    #expect(run.isLive)
    #expect(try run.description().status == .running)
    withExtendedLifetime(writer) {}
  }

  @Test func `going on counts attempts and starts at the newest checkpoint`() throws {
    for attempt in 1...3 {
      let (writer, checkpoint) = try store.resume("r")
      #expect(writer.description.attempt == attempt)
      #expect(checkpoint == Self.checkpoint(4))
    }
  }

  @Test func `rows of the highest attempt win, step by step`() throws {
    do {
      let (writer, _) = try store.resume("r")
      for step in [3, 4, 5] {
        try writer.record(MetricRow(attempt: 1, step: step, values: [("loss", Double(step) + 0.5)]))
      }
    }
    // A row of an older attempt further down changes nothing.
    try append("{\"attempt\":0,\"step\":5,\"loss\":99}\n", to: metrics)
    let record = try run.record()
    #expect(record.metrics.map(\.step) == [0, 1, 2, 3, 4, 5])
    #expect(record.metrics.map(\.attempt) == [0, 0, 0, 1, 1, 1])
    #expect(record.metrics.map { $0["loss"] } == [0, 1, 2, 3.5, 4.5, 5.5])
  }

  @Test func `rows of one attempt and step are joined`() throws {
    try append("{\"attempt\":0,\"step\":4,\"valLoss\":7,\"loss\":4.25}\n", to: metrics)
    let last = try #require(try run.record().metrics.last)
    #expect(last == MetricRow(attempt: 0, step: 4, values: [("loss", 4.25), ("valLoss", 7)]))
  }

  @Test func `wherever the last line is torn it is ignored and cut off`() throws {
    let whole = try contents(metrics)
    let line = "{\"attempt\":0,\"step\":5,\"loss\":12.5,\"note\":\"}\"}"
    for count in 1..<line.utf8.count {
      try write(whole + line.prefix(count), to: metrics)
      #expect(try run.record().metrics.count == 5)
    }
    try write(whole + line, to: metrics)
    #expect(try run.record().metrics.count == 6, "only the line break is missing")
    for (tail, steps) in [
      (line, 7), (String(line.dropLast()), 6), ("\0\0\0\0", 6), (String(repeating: "x", count: 9999), 6),
    ] {
      try write(whole + tail, to: metrics)
      do {
        let (writer, _) = try store.resume("r")
        try writer.record(MetricRow(attempt: 1, step: 6, values: []))
      }
      #expect(try run.record().metrics.count == steps)
    }
    try write("{\"attempt\":0,\"st", to: metrics)
    _ = try store.resume("r")
    #expect(try contents(metrics) == "")
  }

  @Test(arguments: [
    ("{\"attempt\":0,\"step\":1,\"lo", "column 26: a string does not end"),
    ("{\"attempt\":0,\"loss\":1}", "needs \"attempt\" and \"step\""),
    ("{\"attempt\":0,\"step\":1.5}", "whole number"),
    ("{\"attempt\":0,\"step\":1,\"loss\":.5}", "column 30: expected a number"),
    ("{\"attempt\":0,\"step\":1,\"loss\":01}", "expected \",\""),
    ("{\"attempt\":0,\"step\":1}{}", "unexpected text"),
    ("[1]", "expected \"{\""),
    ("", "expected \"{\""),
  ])
  func `another bad line is an error with file and line`(line: String, says: String) throws {
    let lines = try contents(metrics).split(separator: "\n")
    try write((lines[..<2] + [Substring(line)] + lines[2...]).joined(separator: "\n") + "\n", to: metrics)
    let error = #expect(throws: StoreError.self) { try run.record() }
    #expect(error?.line == 3)
    #expect(error?.description.hasPrefix(metrics + ":3: column ") == true)
    #expect(error?.description.contains(says) == true, "\(String(describing: error))")
  }

  @Test func `a bad line at the end that is not torn is an error`() throws {
    try append("nonsense\n", to: metrics)
    #expect(throws: StoreError.self) { try run.record() }
  }

  @Test func `members of other kinds in a row are passed over and unknown numbers kept`() throws {
    try append(
      #" { "step" : 9, "tag":"x", "sub":{"a":[1,{}],"b":null}, "q":1E-3,"ok":true ,"attempt":0 } "# + "\n", to: metrics)
    let last = try #require(try run.record().metrics.last)
    #expect(last == MetricRow(attempt: 0, step: 9, values: [("q", 0.001)]))
  }

  @Test func `escapes that other programs write are read`() throws {
    let line = #"{"attempt":0,"step":1,"kind":"\u0041\/\b\f\n\r\t","message":"\ud83e\uDDA6 \u00fc\\","by":["x"]}"#
    try append(line + "\n", to: run.path + "/events.jsonl")
    let event = RunEvent(attempt: 0, step: 1, kind: "A/\u{8}\u{c}\n\r\t", message: "🦦 ü\\")
    #expect(try run.record().events == [event])
  }

  @Test func `temporary files are neither read nor left`() throws {
    let left = [
      run.path + "/run.json.tmp", run.path + "/checkpoints/step-6.safetensors.tmp",
    ]
    for path in left { try write("half", to: path) }
    #expect(run.checkpointSteps == [4, 2])
    _ = try store.resume("r")
    for path in left { #expect(!FileManager.default.fileExists(atPath: path)) }
  }

  @Test func `a damaged newest checkpoint is passed over with a notice`() throws {
    let newest = run.path + "/checkpoints/step-4.safetensors"
    try Data(bytes(newest).dropLast()).write(to: URL(fileURLWithPath: newest))
    do {
      let (writer, checkpoint) = try store.resume("r")
      #expect(checkpoint == Self.checkpoint(2))
      let event = try #require(try run.record().events.last)
      #expect(event.kind == "notice" && event.attempt == 1 && event.step == 2)
      #expect(event.message.contains("step-4.safetensors: is cut short"))
      // The next one saved takes the damaged one's place, and the good one stays to fall back on.
      try writer.save(Self.checkpoint(3))
      #expect(run.checkpointSteps == [3, 2])
    }
    try write("", to: run.path + "/checkpoints/step-3.safetensors")
    try write("", to: run.path + "/checkpoints/step-2.safetensors")
    let (writer, none) = try store.resume("r")
    #expect(none == nil)
    #expect(try run.record().events.count == 3)
    withExtendedLifetime(writer) {}
  }

  @Test func `a checkpoint under a false name is not trusted`() throws {
    let checkpoints = run.path + "/checkpoints/"
    try FileManager.default.moveItem(
      atPath: checkpoints + "step-4.safetensors", toPath: checkpoints + "step-40.safetensors")
    try write("", to: checkpoints + "step-050.safetensors")
    let (checkpoint, notices) = run.latestCheckpoint()
    #expect(checkpoint == Self.checkpoint(2))
    #expect(notices.count == 1)
  }

  @Test func `a run without files of rows, events or checkpoints can be read and goes on`() throws {
    for name in ["metrics.jsonl", "events.jsonl", "checkpoints"] {
      try FileManager.default.removeItem(atPath: run.path + "/" + name)
    }
    #expect(try run.record().metrics.isEmpty)
    let (writer, checkpoint) = try store.resume("r")
    #expect(checkpoint == nil)
    try writer.save(Self.checkpoint(1))
    #expect(run.checkpointSteps == [1])
  }
}
