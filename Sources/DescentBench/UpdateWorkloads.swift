internal import DescentCore
internal import DescentLinearAlgebra
internal import DescentOptimizers

extension Workload {
  /// The optimizer alone.
  static let updates: [Workload] = [10_000, 1_000_000, 20_000_000].map { count in
    Workload("adam-update-\(count)", "one Adam update of \(count) parameters") { threads in
      let machine = Machine(threads: threads)
      var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: "adam"), parameterCount: count)
      let (parameterMemory, parameters) = filled(count) { Float($0 % 1009) / 1009 - 0.5 }
      let (gradientMemory, gradient) = filled(count) { Float($0 % 997) / 997 - 0.5 }
      let request = StepRequest(learningRate: 1e-3)
      let executor = machine.threadPool.map { chunkExecutor(on: $0) }
      return {
        try withExtendedLifetime((machine, parameterMemory, gradientMemory)) {
          _ = try optimizer.step(
            parameters: parameters, gradient: gradient, request: request, executor: executor)
        }
      }
    }
  }
}

private func filled(_ count: Int, _ value: (Int) -> Float) -> (AlignedMemory, UnsafeMutablePointer<Float>) {
  let memory = AlignedMemory(byteCount: count * MemoryLayout<Float>.stride)
  let base = memory.pointer.bindMemory(to: Float.self, capacity: count)
  for i in 0..<count { base[i] = value(i) }
  return (memory, base)
}
