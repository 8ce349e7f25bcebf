import DescentOptimizers
import DescentSpecs
import Testing

/// What a call is read as, and what is refused.
@Suite struct LibraryOptimizerTests {
  struct Read: Sendable {
    var library: OptimizerLibrary
    var call: String
    var spec: String
    var rate: Double

    init(_ library: OptimizerLibrary, _ call: String, _ spec: String, _ rate: Double) {
      self.library = library
      self.call = call
      self.spec = spec
      self.rate = rate
    }
  }

  @Test(arguments: [
    Read(.torch, "Adam()", "adam", 1e-3),
    Read(.torch, "Adam(1e-2)", "adam", 1e-2),
    Read(.torch, "optimizer = torch.optim.AdamW(model.parameters(), 3e-4, (0.9, 0.95))", "adamw(beta2: 0.95)", 3e-4),
    Read(.torch, "AdamW(params=net.parameters(), lr=1e-3, fused=True)", "adamw", 1e-3),
    Read(.torch, "SGD([{'params': model.parameters()}], lr=0.1, momentum=9/10)", "sgd(momentum: 0.9)", 0.1),
    Read(.optax, "optax.adamw(learning_rate=1e-3)", "adamw(weightDecay: 0.0001)", 1e-3),
    Read(.keras, "keras.optimizers.Adam()", "adam(epsilon: 1e-07, epsilonHat: true)", 1e-3),
    Read(.timm, "create_optimizer_v2(model, 'sgd', 0.1)", "sgd(momentum: 0.9, nesterov: true)", 0.1),
    Read(.timm, "create_optimizer_v2('adamw', lr=1e-3)", "adamw(weightDecay: 0)", 1e-3),
    Read(.timm, "AdamW(model.parameters(), lr=1e-3)", "adamw", 1e-3),
    Read(.transformers, "Adafactor(model.parameters())", "adafactor(epsilon: 1e-30)", 1),
    Read(.mlx, "mlx.optimizers.Adam(learning_rate=1e-3)", "adam(biasCorrection: false)", 1e-3),
    Read(.pytorchOptimizer, "AdamW(model.parameters(), lr=1e-3)", "adamw", 1e-3),
    Read(
      .prodigyopt, "Prodigy(model.parameters(), growth_rate=math.inf)", "prodigy", 1),
    Read(.lionPytorch, "Lion(model.parameters())", "lion", 1e-4),
  ])
  func `defaults and places are the library's`(_ read: Read) throws {
    let found = try LibraryOptimizer(parsing: read.call, of: read.library)
    #expect(found.optimizer.description == read.spec)
    #expect(found.learningRate == read.rate)
  }

  struct Refused: Sendable {
    var library: OptimizerLibrary
    var call: String
    var words: String
    var place: Int

    init(_ library: OptimizerLibrary, _ call: String, _ words: String, at place: Int) {
      self.library = library
      self.call = call
      self.words = words
      self.place = place
    }
  }

  @Test(arguments: [
    Refused(.torch, "Adan(model.parameters())", "torch has no optimizer \"Adan\" that can be read here", at: 0),
    Refused(.torch, "Adm(p)", "did you mean \"Adam\"?", at: 0),
    Refused(.torch, "Adam(p, lr=1e-3, beta=(0.9, 0.99))", "did you mean \"betas\"?", at: 17),
    Refused(
      .torch, "Adam(p, lr=1e-3, maximize=True)", "only be followed with maximize=False: a trace descends", at: 26),
    Refused(.torch, "Adam(p, lr='fast')", "lr must be a number, not the string 'fast'", at: 11),
    Refused(.torch, "Adam(p, lr=-1)", "lr must be a number of at least 0, not -1", at: 11),
    Refused(.torch, "Adam(p, lr=1e-3, lr=1e-2)", "lr is given twice", at: 17),
    Refused(.torch, "Adam(p, betas=(0.9,))", "betas needs at least 2 numbers", at: 14),
    Refused(.torch, "Adam(p, betas=(1.5, 0.9))", "beta1 must be at least 0 and below 1, and 1.5 is not", at: 0),
    Refused(.torch, "Adam(p, 1, 2, 3, 4, 5, 6)", "without their names", at: 23),
    Refused(.torch, "SGD([{'params': p, 'lr': 0.1}])", "a group of parameters with settings of its own", at: 19),
    Refused(.torch, "SGD(p, 0.1, nesterov=True)", "nesterov needs momentum above 0", at: 0),
    Refused(.torch, "SparseAdam(p)", "SparseAdam cannot be followed: it takes sparse gradients", at: 0),
    Refused(.torch, "Muon(p, ns_coefficients=(2, -1.5, 0.5))", "ns_coefficients=(3.4445, -4.775, 2.0315)", at: 24),
    Refused(.torch, "0.1", "expected a call such as AdamW(model.parameters(), lr=1e-3)", at: 0),
    Refused(.optax, "adam()", "adam needs learning_rate", at: 0),
    Refused(.optax, "adam(cosine_decay_schedule(0.1, 100))", "learning_rate must be one number, not the call", at: 5),
    Refused(.optax, "sm3(0.1)", "SM3 is not among our rules", at: 0),
    Refused(
      .optax, "adamw(1e-3, mask=decay_mask)", "only be followed with mask=None: every parameter takes part", at: 17),
    Refused(.keras, "Adam(learning_rate=ExponentialDecay(0.1, 100, 0.9))", "learning_rate must be one number", at: 19),
    Refused(.keras, "Adam(clipnorm=1.0)", "only be followed with clipnorm=None", at: 14),
    Refused(.timm, "create_optimizer_v2(model, 'adamv')", "did you mean \"adam", at: 27),
    Refused(
      .timm, "create_optimizer_v2(model, 'adam', layer_decay=0.7)", "gives every layer a rate of its own", at: 35),
    Refused(.transformers, "Adafactor(p, lr=1e-3)", "lr can only be given with relative_step=False", at: 16),
    Refused(.mlx, "Adamax(1e-3)", "mlx leaves out the bias correction", at: 0),
    Refused(.pytorchOptimizer, "ADOPT(p)", "counts its bound from the set-up step", at: 0),
    Refused(.pytorchOptimizer, "Lookahead(optimizer)", "must be a call of an optimizer", at: 10),
  ])
  func `what cannot be followed is told in one sentence with its place`(_ refused: Refused) throws {
    let error = #expect(throws: SpecError.self) {
      try LibraryOptimizer(parsing: refused.call, of: refused.library)
    }
    #expect(error?.description.contains(refused.words) == true, "\(String(describing: error))")
    #expect(error?.position == refused.place, "\(String(describing: error))")
  }

  @Test(arguments: OptimizerLibrary.allCases)
  func `every signature reads`(_ library: OptimizerLibrary) {
    for name in library.names {
      do {
        _ = try LibraryOptimizer(parsing: "\(name)(nonsense=1)", of: library)
        Issue.record("\(name) takes an argument it does not have")
      } catch {
        let words = "\(error)"
        #expect(words.contains("no argument \"nonsense\"") || words.contains("cannot be followed"), "\(name): \(words)")
      }
    }
  }

  @Test func `notes say where the library's numbers differ`() throws {
    let muon = try LibraryOptimizer(parsing: "Muon(p)", of: .torch)
    #expect(muon.notes.contains { $0.contains("bfloat16") })
    #expect(try LibraryOptimizer(parsing: "Adam(p)", of: .torch).notes.isEmpty)
  }
}
