import DescentCore
import DescentTraining
import Testing

struct RateProbeTests {
  private func probe(_ rate: Double, optimizer: String = "sgd") throws -> RateProbe {
    var specification = RunSpecification()
    specification.training.model = "mlp:32"
    specification.training.optimizer = optimizer
    specification.rate = rate
    specification.steps = 200
    let session = try TrainingSession(specification)
    var trainer = try session.trainer()
    var memory = RunMemory()
    _ = try trainer.run(into: &memory)
    return try RateProbe(
      from: try #require(memory.lastCheckpoint), of: session.specification, seed: 0, steps: 60)
  }

  @Test func `Three times far too small a rate is better`() throws {
    let probe = try probe(1e-3)
    #expect(probe.step == 200 && probe.steps == 60)
    #expect(probe.better?.factor == 3)
    #expect(probe.outcomes.map(\.factor) == [0.5, 1, 3])
  }

  @Test func `Half of far too large a rate is better, and what diverges is infinite`() throws {
    let probe = try probe(1.5)
    #expect(probe.better?.factor == 0.5)
  }

  @Test func `The same twice gives the same`() throws { #expect(try probe(0.05) == probe(0.05)) }
}
