import DescentAutodiff
import DescentLinearAlgebra

/// A small generator with a fixed seed (SplitMix64), so that failures can be made again.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func values(_ count: Int, in range: ClosedRange<Double> = -1.5...1.5) -> [Double] {
    (0..<count).map { _ in Double.random(in: range, using: &self) }
  }
}

/// Evaluates a function of one traced vector in Float64 (or Float32), with labels if it wants them.
struct Evaluation {
  var options = CompileOptions()
  var precision = Precision.float64
  var machine = Machine()

  /// Results of `function` at `input`, one after another.
  func callAsFunction(
    _ input: [Double], labels: [Int32] = [], more: [[Double]] = [],
    _ function: (Tensor, Tensor, [Tensor]) -> [Tensor]
  ) throws -> [[Double]] {
    let tape = Tape()
    let inputBuffer = tape.buffer("input")
    let labelBuffer = tape.buffer("labels")
    let moreBuffers = more.indices.map { tape.buffer("more\($0)") }
    let x = tape.source(inputBuffer, shape: [input.count])
    let y = tape.labels(labelBuffer, shape: [labels.count])
    let extra = zip(moreBuffers, more).map { tape.source($0, shape: [$1.count]) }
    let results = function(x, y, extra)
    let resultBuffers = results.indices.map { tape.buffer("result\($0)") }
    let program = try tape.compile(zip(results, resultBuffers).map { ProgramOutput($0, to: $1) }, options: options)
    let arena = Arena(for: program, precision: precision)
    let memory = Memory(precision)
    arena.bind(inputBuffer, to: memory.holding(input))
    for (buffer, values) in zip(moreBuffers, more) { arena.bind(buffer, to: memory.holding(values)) }
    let labelMemory = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, labels.count))
    labelMemory.initialize(repeating: 0, count: max(1, labels.count))
    for (i, label) in labels.enumerated() { labelMemory[i] = label }
    defer { labelMemory.deallocate() }
    arena.bind(labelBuffer, to: labelMemory)
    let outputs = results.map { memory.holding([Double](repeating: .nan, count: $0.count)) }
    for (buffer, output) in zip(resultBuffers, outputs) { arena.bind(buffer, to: output) }
    arena.run(on: machine)
    return zip(results, outputs).map { memory.read($1, $0.count) }
  }
}

/// Memory of either precision, freed together.
final class Memory {
  let precision: Precision
  private var blocks: [UnsafeMutableRawPointer] = []
  init(_ precision: Precision) { self.precision = precision }
  deinit { for block in blocks { block.deallocate() } }

  func holding(_ values: [Double]) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(8, values.count * 8), alignment: 64)
    blocks.append(block)
    for (i, value) in values.enumerated() {
      switch precision {
      case .float64: block.storeBytes(of: value, toByteOffset: i * 8, as: Double.self)
      case .float32: block.storeBytes(of: Float(value), toByteOffset: i * 4, as: Float.self)
      }
    }
    return block
  }

  func read(_ block: UnsafeMutableRawPointer, _ count: Int) -> [Double] {
    (0..<count).map { i in
      switch precision {
      case .float64: block.load(fromByteOffset: i * 8, as: Double.self)
      case .float32: Double(block.load(fromByteOffset: i * 4, as: Float.self))
      }
    }
  }
}

/// |a − b| ≤ tolerance·max(1, |b|) everywhere; returns the worst excess for the failure message.
func worstError(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  var worst = 0.0
  for (x, y) in zip(a, b) {
    if x.isNaN && y.isNaN || x == y { continue }
    let error = abs(x - y) / max(1, abs(y))
    worst = error.isNaN ? .infinity : max(worst, error)
  }
  return worst
}
