import DescentCore
import DescentStore
import Foundation
import Testing

@Suite struct SafetensorsTests {
  private let sample = Checkpoint(
    step: 42,
    tensors: [
      CheckpointTensor(
        "weights", [1.5, -0.0, Float.infinity, Float.leastNonzeroMagnitude, 3.4028235e38, -2.25], shape: [2, 3]),
      CheckpointTensor("moments", [0.1, Double.leastNonzeroMagnitude, -1e308]),
      CheckpointTensor("counter", [UInt64.max, 0]),
      CheckpointTensor(name: "signed", element: .int64, shape: [], bytes: [0, 0, 0, 0, 0, 0, 0, 0x80]),
      CheckpointTensor(name: "flags", element: .uint8, shape: [3, 1], bytes: [0, 255, 7]),
      CheckpointTensor("empty", [Float](), shape: [0, 3]),
    ],
    metadata: ["note": "quotes \" and umlauts ü"])

  private func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.path(forResource: "Fixtures/" + name, ofType: nil))
  }

  @Test func `a file written by Python's safetensors is read`() throws {
    let read = try Safetensors.read(try fixture("python.safetensors"))
    #expect(read.step == sample.step)
    #expect(read.metadata["note"] == sample.metadata["note"])
    #expect(read.tensors.count == sample.tensors.count)
    for tensor in sample.tensors { #expect(read[tensor.name] == tensor) }
  }

  @Test func `halves come back as they were`() throws {
    let path = NSTemporaryDirectory() + "halves-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let halves = CheckpointTensor(name: "halves", element: .bfloat16, shape: [2], bytes: [0, 0x80, 0xc0, 0x3f])
    try Safetensors.write(Checkpoint(step: 1, tensors: [halves]), to: path)
    #expect(try Safetensors.read(path)["halves"] == halves)
  }

  /// `descent.safetensors` is what Scripts/fixtures/safetensors_fixture.py checks with Python's library; with
  /// `RECORD_FIXTURES` in the environment it is written anew.
  @Test func `the bytes are those that Python's safetensors has read`() throws {
    if ProcessInfo.processInfo.environment["RECORD_FIXTURES"] != nil {
      let folder = (#filePath as NSString).deletingLastPathComponent
      try Safetensors.write(sample, to: folder + "/Fixtures/descent.safetensors")
    }
    #expect(try Safetensors.encode(sample) == bytes(try fixture("descent.safetensors")))
  }

  @Test func `the order of tensors and strings comes back and bytes do not depend on it by chance`() throws {
    var metadata: [String: String] = [:]
    for i in 0..<50 { metadata["key\(i)"] = "\u{1}\\\n\"\(i)" }
    var random = SplitMix(state: 7)
    for _ in 0..<50 {
      let tensors = sample.tensors.shuffled(using: &random)
      let shuffled = Checkpoint(step: .max, tensors: tensors, metadata: metadata)
      let encoded = try Safetensors.encode(shuffled)
      #expect(try Safetensors.decode(encoded) == shuffled)
      // A dictionary built in another order has another order of iteration.
      let again = Dictionary(uniqueKeysWithValues: metadata.shuffled(using: &random).map { ($0.key, $0.value) })
      #expect(try Safetensors.encode(Checkpoint(step: .max, tensors: tensors, metadata: again)) == encoded)
    }
  }

  @Test func `header and tensors are aligned`() throws {
    let encoded = try Safetensors.encode(sample)
    #expect(encoded[0] % 8 == 0)
    let header = String(decoding: encoded[8..<8 + Int(encoded[0]) + Int(encoded[1]) << 8], as: UTF8.self)
    #expect(header.contains("\"counter\":{\"dtype\":\"U64\",\"shape\":[2],\"data_offsets\":[0,16]}"))
    #expect(header.contains("\"flags\":{\"dtype\":\"U8\",\"shape\":[3,1],\"data_offsets\":[72,75]}"))
  }

  @Test func `every cut is noticed`() throws {
    let encoded = try Safetensors.encode(sample)
    for count in encoded.indices {
      #expect(throws: StoreError.self) { try Safetensors.decode(Array(encoded[..<count])) }
    }
    #expect(throws: StoreError.self) { try Safetensors.decode(encoded + [0]) }
  }

  @Test func `no single wrong byte in the header brings the reader down`() throws {
    let encoded = try Safetensors.encode(sample)
    let headerEnd = 8 + Int(encoded[0]) + Int(encoded[1]) << 8
    var random = SplitMix(state: 1)
    for position in 0..<headerEnd {
      var damaged = encoded
      damaged[position] = UInt8.random(in: 0...255, using: &random)
      _ = try? Safetensors.decode(damaged)
    }
  }

  static let meta = #""__metadata__":{"step":"1"}"#
  static let broken: [(header: String, data: Int, says: String)] = [
    (
      #"{\#(meta),"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      6, "overlaps"
    ),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "gap"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "belong to none"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "cut short"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "takes 8"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "impossible data_offsets"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4, "impossible data_offsets"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "impossible data_offsets"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "impossible shape"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, 4, "impossible shape"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4, "whole number"),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,4]}}"#, 4, "whole number"),
    (#"{\#(meta),"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, 4, "\"F16\""),
    (#"{\#(meta),"a":{"dtype":"F32","shape":[1]}}"#, 4, "needs dtype, shape and data_offsets"),
    (
      #"{\#(meta),"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
      0, "twice"
    ),
    (#"{"__metadata__":{"step":"1","step":"1"}}"#, 0, "twice"),
    (#"{"__metadata__":{"step":1}}"#, 0, "expected \"\"\""),
    (#"{"__metadata__":{"step":"-1"}}"#, 0, "no checkpoint"),
    (#"{}"#, 0, "no checkpoint"),
    (#"{\#(meta)"#, 0, "expected \",\""),
    (#"{\#(meta)} x"#, 0, "unexpected text"),
    (#"{\#(meta),}"#, 0, "expected \"\"\""),
    (#"{"\ud800":1}"#, 0, "surrogate"),
    (#"[]"#, 0, "expected \"{\""),
    ("", 0, "expected \"{\""),
  ]

  @Test(arguments: broken)
  func `a broken header is told with the file's name`(header: String, data: Int, says: String) throws {
    let bytes = file(Array(header.utf8), data: data)
    let error = #expect(throws: StoreError.self) { try Safetensors.decode(bytes, name: "runs/x.safetensors") }
    let text = try #require(error?.description)
    #expect(error?.code == .malformed)
    #expect(text.hasPrefix("runs/x.safetensors: "))
    #expect(text.contains(says), "\(text)")
  }

  @Test func `invalid UTF-8 and absurd header lengths are errors`() {
    let header = Array("{\"a".utf8) + [0xff] + Array("\":{}}".utf8)
    let error = #expect(throws: StoreError.self) { try Safetensors.decode(file(header, data: 0)) }
    #expect(error?.message.contains("UTF-8") == true)
    for length: [UInt8] in [[255, 255, 255, 255, 255, 255, 255, 255], [1, 225, 245, 5, 0, 0, 0, 0]] {
      let error = #expect(throws: StoreError.self) { try Safetensors.decode(length + Array("{}".utf8)) }
      #expect(error?.message.contains("header of") == true)
    }
  }

  @Test func `what cannot be read back is not written`() {
    let good = CheckpointTensor("a", [Float(1)])
    let unfit = CheckpointTensor(name: "b", element: .float64, shape: [3], bytes: [1, 2])
    let overflowing = CheckpointTensor(name: "b", element: .float64, shape: [.max, .max], bytes: [])
    let reserved = CheckpointTensor("__metadata__", [Float(1)])
    for tensors in [[good, good], [unfit], [overflowing], [reserved]] {
      let error = #expect(throws: StoreError.self) { try Safetensors.encode(Checkpoint(step: 0, tensors: tensors)) }
      #expect(error?.code == .invalid)
    }
    #expect(throws: StoreError.self) {
      try Safetensors.encode(Checkpoint(step: 0, tensors: [], metadata: ["step": "9"]))
    }
    #expect(throws: StoreError.self) { try Safetensors.encode(Checkpoint(step: -1, tensors: [])) }
  }

  @Test func `a file that is not there is told`() {
    let error = #expect(throws: StoreError.self) { try Safetensors.read("/nowhere/x.safetensors") }
    #expect(error?.code == .file)
    #expect(error?.description == "/nowhere/x.safetensors: cannot open: No such file or directory")
  }

  private func file(_ header: [UInt8], data: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { [UInt8]($0) } + header + [UInt8](repeating: 0, count: data)
  }
}
