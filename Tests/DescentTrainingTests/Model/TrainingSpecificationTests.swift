import DescentCore
import DescentData
import DescentModels
import DescentTraining
import Testing

@Suite struct TrainingSpecificationTests {
  @Test func `the defaults are the contract's`() throws {
    let setup = try TrainingSpecification().setUp()
    #expect(setup.specification.model == "mlp:64-128-128-10")
    #expect(setup.specification.loss == "cross-entropy" && setup.specification.optimizer == "adam")
    #expect(setup.compiled.batchSize == 32 && setup.compiled.layout.trainableCount == 26122)
    #expect(setup.stepsPerEpoch == setup.task.split.train.count / 32)
  }

  @Test func `the loss follows the targets`() throws {
    var specification = TrainingSpecification()
    specification.data = "linear"
    #expect(try specification.setUp().specification.loss == "squared")
    specification.loss = "cross-entropy"
    #expect(throws: TaskError.self) { try specification.setUp() }
  }

  @Test(arguments: [
    ("optimizer", "adamm"), ("model", "mpl:3"), ("model", "mlp:784-10"), ("model", "mlp:0"), ("activation", "rely"),
    ("init", "hee"), ("loss", "l2"), ("batch", "0"), ("batch", "many"), ("data", "digitz"),
  ])
  func `what does not fit is refused`(key: String, value: String) throws {
    var dictionary = TrainingSpecification().dictionary
    dictionary[key] = value
    #expect(throws: (any Error).self) { try TrainingSpecification(dictionary: dictionary).setUp() }
  }

  @Test func `a model larger than the machine's memory is refused before it is made`() {
    var specification = TrainingSpecification()
    specification.model = "mlp:1000000-1000000"
    let error = #expect(throws: TaskError.self) { try specification.setUp() }
    #expect(error?.description.contains("GB") == true)
  }

  @Test func `a batch whose values do not fit the machine's memory is refused before it is made`() {
    var specification = TrainingSpecification()
    specification.data = "linear(rows: 200000, features: 1)"
    specification.model = "mlp:1000000"
    specification.batch = "full"
    let error = #expect(throws: TaskError.self) { try specification.setUp() }
    #expect(error?.description.contains("or the batch smaller") == true)
  }

  @Test func `a specification survives its dictionary`() {
    var specification = TrainingSpecification()
    specification.data = "moons"
    specification.batch = "full"
    specification.splitSeed = 7
    specification.loss = "squared"
    #expect(TrainingSpecification(dictionary: specification.dictionary) == specification)
  }

  @Test func `a batch larger than the training part is the whole part`() throws {
    var specification = TrainingSpecification()
    specification.batch = "5000"
    let setup = try specification.setUp()
    #expect(setup.compiled.batchSize == setup.task.split.train.count && setup.stepsPerEpoch == 1)
  }
}
