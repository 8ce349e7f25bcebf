import DescentCore
import DescentOptimizers
import DescentSpecs
import Foundation
import Testing

@Suite struct OptimizerSpecTests {
  @Test(arguments: [
    ("sgd", "sgd"), ("sgd()", "sgd"), ("sgd(momentum: 0)", "sgd"),
    ("sgd( nesterov: true , momentum=0.90 )", "sgd(momentum: 0.9, nesterov: true)"), ("adam", "adam"),
    ("adam(beta1: 0.9, epsilon: 1e-8)", "adam"), ("adamw", "adamw"), ("adamw(weightDecay: 0.01)", "adamw"),
    ("adamw(weightDecay: 0)", "adamw(weightDecay: 0)"), ("adamw(decoupled: false)", "adam(weightDecay: 0.01)"),
    ("adam(decoupled: true)", "adamw(weightDecay: 0)"), ("rmsprop(beta2: 0.9)", "rmsprop(beta2: 0.9)"),
    ("adagrad(epsilon: 1e-7)", "adagrad(epsilon: 1e-07)"),
    ("adam(biasCorrection: false)", "adam(biasCorrection: false)"),
  ])
  func `text reads and has one canonical form`(_ text: String, _ canonical: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    #expect(spec.description == canonical)
    let again = try OptimizerSpec(parsing: spec.description)
    #expect(again == spec)
    let decoded = try JSONDecoder().decode([OptimizerSpec].self, from: JSONEncoder().encode([spec]))
    #expect(decoded == [spec])
  }

  @Test(arguments: KernelTests.specs)
  func `every setting survives the round trip`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    #expect(try OptimizerSpec(parsing: spec.description) == spec)
    #expect(spec != OptimizerSpec(SGD(momentum: 0.123)))
  }

  @Test(arguments: [
    ("adm", "did you mean \"adam\"?"), ("Adamw", "did you mean \"adamw\"?"), ("sgdd", "did you mean \"sgd\"?"),
    ("zzzzzzzz", "there are: sgd, adam, adamw, rmsprop, adagrad"), ("", "expected a name"),
    ("sgd(momentun: 0.9)", "did you mean \"momentum\"?"), ("adam(0.9)", "every argument needs its name"),
    ("sgd(momentum: 2)", "momentum must be at least 0 and below 1, and 2 is not"),
    ("adam(beta2: 1)", "beta2 must be at least 0 and below 1, and 1 is not"),
    ("adam(epsilon: -1)", "epsilon must be at least 0"), ("sgd(momentum: nan)", "momentum must be a finite number"),
    ("sgd(nesterov: true)", "nesterov needs momentum above 0"), ("sgd(nesterov: 1)", "must be true or false"),
    ("sgd(momentum: 0.9, nesterov: true, dampening: 0.1)", "dampening 0"), ("rmsprop(alpha: 0.9)", "no argument"),
  ])
  func `what does not read is told`(_ text: String, _ expected: String) {
    do {
      _ = try OptimizerSpec(parsing: text)
      Issue.record("\(text) was read")
    } catch {
      #expect("\(error)".contains(expected), "\(error)")
      #expect(error is SpecError)
    }
  }

  @Test(arguments: [
    ("sgd", 0.05), ("adam", 1e-3), ("adamw", 1e-3), ("rmsprop", 1e-3), ("adagrad", 0.01), ("lookahead(sgd)", 0.05),
  ])
  func `rates to start from`(_ text: String, _ rate: Double) throws {
    #expect(try OptimizerSpec(parsing: text).defaultLearningRate == rate)
  }
}
