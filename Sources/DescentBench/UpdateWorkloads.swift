internal import DescentCore
internal import DescentLinearAlgebra
internal import DescentOptimizers

extension Workload {
  /// The optimizer alone, beside a copy of as many bytes as Adam reads and writes.
  static let updates: [Workload] =
    [("adam", "adam"), ("adamw", "adamw"), ("sgd-momentum", "sgd(momentum: 0.9)"), ("lion", "lion")].flatMap {
      (name, spec) in
      sizes.map { count in
        update("\(name)-update-\(count)", "one step of \(spec) on \(count) parameters", spec, count)
      }
    } + [
      update(
        "adam-clipped-update-1000000", "the same with the gradient's norm clipped", "adam", 1_000_000,
        clipping: .norm(1)),
      update(
        "adam-averaged-update-1000000", "the same with an average of the parameters", "adam", 1_000_000, averages: true),
    ]
    + sizes.map { count in
      Workload("copy-\(count)", "copying 14 bytes for each of \(count) parameters: Adam's traffic is 28") { threads in
        copy(bytes: 14 * count, threads: threads)
      }
    }

  /// One step of every rule: `update-RULE-1000000`, or of rules that work on tensors `update-RULE-512x512` and
  /// `update-RULE-mlp` (784-512-512-10), Muon also with products in full; and by name `moments-RULE-MOMENTS-COUNT` with averages of every precision. Not among ``all``: there are many.
  static let everyRule: [Workload] =
    OptimizerSpec.presets.filter { $0.needs.subtracting(.loss).isEmpty }.flatMap { rule in
      let spec = OptimizerSpec(rule).description
      guard OptimizerSpec(rule).worksOnTensors else {
        return [update("update-\(rule.name)-1000000", "one step of \(spec) on 1000000 parameters", spec, 1_000_000)]
      }
      return [
        update("update-\(rule.name)-512x512", "one step of \(spec) on a matrix", spec, shapes: [[512, 512]]),
        update("update-\(rule.name)-mlp", "one step of \(spec) on an MLP's weights and biases", spec, shapes: mlp),
      ]
    }
    + [("512x512", [[512, 512]]), ("mlp", mlp)].map { name, shapes in
      update(
        "update-muon-full-\(name)", "one step of muon with products in single precision", "muon(products: full)",
        shapes: shapes)
    }
    + ["adam", "adamw", "lion", "sgd"].flatMap { rule in
      Moments.allCases.flatMap { moments in
        sizes.dropFirst().map { count in
          let spec = rule == "sgd" ? "sgd(momentum: 0.9, moments: \(moments))" : "\(rule)(moments: \(moments))"
          return update(
            "moments-\(rule)-\(moments)-\(count)", "one step of \(spec) on \(count) parameters", spec, count)
        }
      }
    }

  private static let sizes = [10_000, 1_000_000, 20_000_000]
  private static let mlp = [[512, 784], [512], [512, 512], [512], [10, 512], [10]]

  private static func update(
    _ name: String, _ summary: String, _ spec: String, _ count: Int, clipping: GradientClipping? = nil,
    averages: Bool = false
  ) -> Workload {
    Workload(name, summary) { threads in
      let optimizer = Optimizer<Float>(try OptimizerSpec(parsing: spec), parameterCount: count)
      return steps(of: optimizer, threads: threads, clipping: clipping, averages: averages)
    }
  }

  private static func update(_ name: String, _ summary: String, _ spec: String, shapes: [[Int]]) -> Workload {
    Workload(name, summary) { threads in
      var layout = ParameterLayout()
      for (index, shape) in shapes.enumerated() { layout.addTrainable("layer\(index)", shape: shape) }
      return steps(of: try Optimizer<Float>(OptimizerSpec(parsing: spec), layout: layout), threads: threads)
    }
  }

  private static func steps(
    of optimizer: Optimizer<Float>, threads: Int, clipping: GradientClipping? = nil, averages: Bool = false
  ) -> () throws -> Void {
    let machine = Machine(threads: threads)
    let count = optimizer.parameterCount
    var optimizer = optimizer
    let (parameterMemory, parameters) = filled(count) { Float($0 % 1009) / 1009 - 0.5 }
    let (gradientMemory, gradient) = filled(count) { Float($0 % 997) / 997 - 0.5 }
    let (averageMemory, average) = filled(averages ? count : 0) { _ in 0 }
    let request = StepRequest(learningRate: 1e-3)
    let pass = UpdatePass<Float>(
      clipping: clipping, average: averages ? UpdatePass.Average(values: average, weight: 0.01) : nil)
    let context = StepContext<Float>(loss: 1)
    let executor = machine.threadPool.map { chunkExecutor(on: $0) }
    return {
      try withExtendedLifetime((machine, parameterMemory, gradientMemory, averageMemory)) {
        _ = try optimizer.step(
          parameters: parameters, gradient: gradient, request: request, pass: pass, context: context,
          executor: executor)
      }
    }
  }

  private static func copy(bytes: Int, threads: Int) -> () -> Void {
    let machine = Machine(threads: threads)
    let (source, target) = (AlignedMemory(byteCount: bytes), AlignedMemory(byteCount: bytes))
    let executor = machine.threadPool.map { chunkExecutor(on: $0) }
    // The pieces in which an update of so many parameters is shared out.
    let piece = 14 * 65_536
    let pieces = (bytes + piece - 1) / piece
    let run = { (index: Int) in
      let start = index * piece
      (target.pointer + start).copyMemory(from: source.pointer + start, byteCount: min(piece, bytes - start))
    }
    return {
      withExtendedLifetime((machine, source, target)) {
        if let executor, pieces > 1 { executor(pieces, run) } else { for index in 0..<pieces { run(index) } }
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
