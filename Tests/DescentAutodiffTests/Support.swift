import DescentAutodiff
import DescentLinearAlgebra
import DescentTestSupport

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
    let memory = NumberMemory(precision)
    arena.bind(inputBuffer, to: memory.holding(input))
    for (buffer, values) in zip(moreBuffers, more) { arena.bind(buffer, to: memory.holding(values)) }
    arena.bind(labelBuffer, to: memory.holding(labels))
    let outputs = results.map { memory.holding([Double](repeating: .nan, count: $0.count)) }
    for (buffer, output) in zip(resultBuffers, outputs) { arena.bind(buffer, to: output) }
    arena.run(on: machine)
    return zip(results, outputs).map { memory.read($1, $0.count) }
  }
}
