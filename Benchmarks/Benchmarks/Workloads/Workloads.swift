import Benchmark
import DescentBench
import Foundation

/// The workloads of `descent bench`, with percentiles and baselines: `swift package benchmark` in the folder Benchmarks.
///
/// `DESCENT_BENCH_THREADS` chooses the number of threads (1). A workload whose repetition holds several products or
/// evaluations says so in its name (×8).
let benchmarks: @Sendable () -> Void = {
  let threads = ProcessInfo.processInfo.environment["DESCENT_BENCH_THREADS"].flatMap { Int($0) } ?? 1
  for workload in Workload.all {
    // Repetitions of microseconds are timed a thousand at a time, well above the clock's own time.
    let repetitions: BenchmarkScalingFactor =
      ["mlp-digits-b32", "adam-update-10000"].contains(workload.name) ? .kilo : .one
    Benchmark(
      workload.parts == 1 ? workload.name : "\(workload.name) ×\(workload.parts)",
      configuration: .init(
        metrics: [.wallClock], warmupIterations: 1, scalingFactor: repetitions, maxDuration: .seconds(2))
    ) { benchmark in
      let work = try workload.prepare(threads)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { try work() }
      benchmark.stopMeasurement()
    }
  }
}
