import DescentBench
import Testing

@Suite struct WorkloadTests {
  @Test func `the contract's workloads are there by name`() {
    let names = Workload.all.map(\.name)
    let wanted = [
      "mlp-digits-b32", "mlp-mnist-b128", "sweep32-digits", "grad-digits-full", "hvp-digits-full", "hvp8-digits-full",
      "adam-update-10000", "adam-update-1000000", "adam-update-20000000", "schedule-cosine",
    ]
    for name in wanted { #expect(names.contains(name)) }
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: ["mlp-digits-b32", "grad-digits-full", "hvp8-digits-full", "adam-update-10000", "schedule-cosine"])
  func `a workload runs and takes time`(name: String) throws {
    let workload = try #require(Workload.all.first { $0.name == name })
    let timing = try workload.run(threads: 1, budget: 0.01)
    #expect(timing.fastest > 0 && timing.fastest <= timing.median && timing.median <= timing.slowest)
  }
}
