import DescentCore
import DescentData
import DescentRandom
import DescentSchedules
import DescentTraining
import Foundation

/// Makes runs with known faults and keeps them with the truth about them, one JSON object to a line; judges them.
///
///     DescentFaults FOLDER FIRST-SEED LAST-SEED
///     DescentFaults judge FOLDER
///     DescentFaults cost
@main
struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 2, arguments[1] == "cost" {
      let cost = try LiveCost()
      print("microseconds: a step \(cost.step), measuring \(cost.measuring), detecting \(cost.detecting)")
      return
    }
    if arguments.count == 3, arguments[1] == "judge" { return try judge(arguments[2]) }
    guard arguments.count == 4, let first = UInt64(arguments[2]), let last = UInt64(arguments[3]), first <= last else {
      FileHandle.standardError.write(
        Data(
          "usage: DescentFaults FOLDER FIRST-SEED LAST-SEED, DescentFaults judge FOLDER, or DescentFaults cost\n".utf8))
      exit(64)
    }
    try make(arguments[1], first...last)
  }

  /// Makes the runs of these seeds: `runs.jsonl` and, with their rows, `rows.bin`.
  private static func make(_ folder: String, _ seeds: ClosedRange<UInt64>) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let out = folder + "/runs.jsonl"
    _ = FileManager.default.createFile(atPath: out, contents: nil)
    guard let file = FileHandle(forWritingAtPath: out), var rows = RowFile(creating: folder + "/rows.bin") else {
      exit(1)
    }
    for seed in seeds {
      try writeData(folder, seed: seed)
      for injection in Injection.allCases {
        var maker = CaseMaker(
          seed: seed &* 64 &+ UInt64(Injection.allCases.firstIndex(of: injection) ?? 0), folder: folder)
        for one in maker.cases(injection) {
          var one = one
          one.seed = seed
          one.family = "\(injection.rawValue)-\(seed)"
          do {
            let run = try FaultRun(one)
            var facts = run.facts
            facts.columns = try rows.append(run.record.metrics)
            try file.write(contentsOf: encoder.encode(facts) + Data("\n".utf8))
          } catch {
            FileHandle.standardError.write(Data("\(one.family) \(one.rung): \(error)\n".utf8))
          }
        }
      }
    }
  }

  /// Says what the diagnosis finds in every run of a folder: `judged.jsonl`.
  private static func judge(_ folder: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/rows.bin"), options: .mappedIfSafe)
    let lines = try String(contentsOfFile: folder + "/runs.jsonl", encoding: .utf8).split(separator: "\n")
    var out = Data()
    for line in lines {
      let facts = try decoder.decode(RunFacts.self, from: Data(line.utf8))
      let rows = bytes.withUnsafeBytes { RowFile.rows(facts.columns, in: $0.bindMemory(to: Double.self)) }
      out += try encoder.encode(JudgedRun(facts, facts.record(rows))) + Data("\n".utf8)
    }
    try out.write(to: URL(fileURLWithPath: folder + "/judged.jsonl"))
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// Digits with labels that are not what they should be.
  static func writeData(_ folder: String, seed: UInt64) throws {
    var random = RandomSequence(seed: seed, stream: .shuffling, index: 4711)
    func uniform() -> Double { random.uniform(in: 0..<1) }
    let digits = Digits()
    func write(_ name: String, _ rows: [Int], _ label: (Int) -> Int) throws {
      var text = (0..<64).map { "p\($0)" }.joined(separator: ",") + ",label\n"
      for row in rows {
        text += digits.pixels(row).map { String($0) }.joined(separator: ",") + ",c\(label(row))\n"
      }
      try text.write(toFile: "\(folder)/\(name).csv", atomically: false, encoding: .utf8)
    }
    let all = Array(0..<1797)
    try write("random-labels", all) { _ in Int(uniform() * 10) }
    try write("label-noise", all) { uniform() < 0.4 ? Int(uniform() * 10) : digits.label($0) }
    try write("not-shuffled", all.sorted { (digits.label($0), $0) < (digits.label($1), $1) }) { digits.label($0) }
    try write("tiny", all.filter { _ in uniform() < 0.09 }) {
      uniform() < 0.25 ? Int(uniform() * 10) : digits.label($0)
    }
    // A function of five of ten features, and as much noise again.
    var text = (0..<10).map { "x\($0)" }.joined(separator: ",") + ",y\n"
    for _ in 0..<1500 {
      let x = (0..<10).map { _ in random.normal() }
      let y = sin(x[0] * 2) + x[1] * x[2] + abs(x[3]) - x[4] + random.normal()
      text += (x + [y]).map { String($0) }.joined(separator: ",") + "\n"
    }
    try text.write(toFile: "\(folder)/noisy.csv", atomically: false, encoding: .utf8)
  }
}

struct Digits {
  private let data = Dataset.digits()
  func pixels(_ row: Int) -> [Float] {
    guard case .floats(let all) = data.features else { return [] }
    return Array(all[(row * 64)..<(row * 64 + 64)])
  }
  func label(_ row: Int) -> Int {
    guard case .classes(let all, _) = data.targets else { return 0 }
    return Int(all[row])
  }
}
