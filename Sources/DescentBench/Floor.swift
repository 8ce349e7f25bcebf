internal import DescentCore
internal import DescentLinearAlgebra
internal import DescentTraining

/// How near a training step is to what its products and its memory traffic take by themselves.
public struct Floor: Sendable, Hashable {
  /// The workload's name.
  public var name: String
  /// Seconds of a whole step.
  public var step: Double
  /// Seconds of its matrix products and convolutions, each run alone again and again.
  public var products: Double
  /// Seconds that the bytes of all other instructions and of the update take at the speed of a copy of a block as large
  /// as the step's memory.
  public var traffic: Double
  /// The step over the sum of both.
  public var ratio: Double { step / (products + traffic) }
}

extension Workload {
  /// Measures the floor of a training workload; nil for other work.
  ///
  /// - Parameters:
  ///   - threads: threads the work may use.
  ///   - budget: seconds to spend on timing.
  public func floor(threads: Int, budget: Double = 2) throws -> Floor? {
    guard var trainee = try trainee?(threads) else { return nil }
    let step = try time(budget: budget / 2) { _ = try trainee.step(learningRate: 1e-3) }.median
    let runs = max(5, min(101, Int(budget / 4 / step)))
    let program = trainee.programReport(timing: runs)
    var products = 0.0
    // Adam reads parameters, gradient and two averages, and writes all but the gradient.
    var bytes = 7 * program.parameterBytes
    for instruction in program.instructions {
      if instruction.multiplyAdds > 0 {
        products += instruction.seconds?.alone ?? 0
      } else {
        bytes += instruction.bytes
      }
    }
    let speed = try copySpeed(bytes: program.arenaBytes + 4 * program.parameterBytes, threads: threads)
    return Floor(name: name, step: step, products: products, traffic: Double(bytes) / speed)
  }
}

/// Bytes read and written per second by copying half of a block of `bytes` onto the other half, a part on each thread.
func copySpeed(bytes: Int, threads: Int) throws -> Double {
  let half = max(4096, bytes / 2 / threads)
  let speeds = try runLanes(threads, threads: threads) { _ in
    let memory = AlignedMemory(byteCount: 2 * half)
    let timing = time(budget: 0.2) { (memory.pointer + half).copyMemory(from: memory.pointer, byteCount: half) }
    return 2 * Double(half) / timing.median
  }
  return speeds.reduce(0, +)
}
