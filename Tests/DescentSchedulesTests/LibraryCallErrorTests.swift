import DescentSchedules
import Testing

/// A call that does not read: where, what the message says, the name meant.
private struct Refused: CustomTestStringConvertible {
  var library: Library
  var text: String
  var position: Int
  var says: String
  var suggestion: String?
  var testDescription: String { "\(library.rawValue) \(text)" }

  init(_ text: String, _ position: Int, _ says: String, _ suggestion: String? = nil, of library: Library = .torch) {
    (self.library, self.text, self.position, self.says, self.suggestion) = (library, text, position, says, suggestion)
  }
}

private let refused: [Refused] = [
  Refused("", 0, "expected a value, but the text ends"),
  Refused("StepLR", 0, "expected a call"),
  Refused("0.1", 0, "expected a call such as"),
  Refused("StepLR(optimizer, 30", 20, "expected \",\" or \")\", but the text ends"),
  Refused("StepLR(optimizer, 30) 5", 22, "after it there is \"5\""),
  Refused("StepLR(optimizer, step_siz=30)", 18, "the call StepLR has no argument \"step_siz\"", "step_size"),
  Refused("StepLR(optimizer, speed=30)", 18, "there are: optimizer, step_size, gamma"),
  Refused("StepLR(optimizer, 30, step_size=20)", 22, "step_size is given twice"),
  Refused("StepLR(optimizer, 30, 0.1, -1, 5)", 31, "takes 3 arguments at most"),
  Refused("StepLR(optimizer)", 0, "StepLR needs step_size"),
  Refused("StepLR(optimizer, step_size='x')", 28, "must be a whole number, not the string 'x'"),
  Refused("StepLR(optimizer, 30.5)", 18, "must be a whole number, not 30.5"),
  Refused("StepLR(optimizer, 0)", 18, "step_size must be 1 or more, not 0"),
  Refused("StepLR(optimizer, step)", 18, "the name step, whose value is not known here"),
  Refused("StepLR(optimizer, 2*step)", 20, "only numbers can be combined by \"*\""),
  Refused("StepLR(optimizer, 1//0)", 19, "has no result in range"),
  Refused("StepLR(optimizer, 99999999999999999999)", 18, "too large"),
  Refused("StepLR(optimizer, 30, 1e999)", 22, "too large"),
  Refused("StepLR(optimizer, 3x)", 18, "is not a number"),
  Refused("StepLR(optimizer, sizes[0])", 23, "a subscript cannot be read"),
  Refused("StepLR(*args)", 7, "unpacked arguments"),
  Refused("StepLR(optimizer, last_epoch=5, step_size=3)", 29, "last_epoch resumes a run"),
  Refused(
    "get_wsd_schedule(optimizer, 10, 20, 30, last_epoch=4)", 51, "last_epoch resumes a run", of: .pytorchOptimizer),
  Refused("get_chebyshev_schedule(optimizer, 50, last_epoch=4)", 49, "last_epoch resumes a run", of: .pytorchOptimizer),
  Refused(
    "CosineAnnealingWarmupRestarts(optimizer, 50, last_epoch=4)", 56, "last_epoch resumes a run", of: .pytorchOptimizer),
  Refused("StepLr(optimizer, 30)", 0, "has no schedule \"StepLr\"", "StepLR"),
  Refused("Zigzag(optimizer, 30)", 0, "there are: ChainedScheduler"),
  Refused("LambdaLR(optimizer, lr_lambda=lambda e: 0.9**e)", 30, "a lambda is code"),
  Refused("LambdaLR(optimizer, warmup)", 0, "a function of yours"),
  Refused("ReduceLROnPlateau(optimizer)", 0, "follows the loss"),
  Refused("LinearLR(optimizer, start_factor=0)", 33, "must be above 0 and at most 1, not 0"),
  Refused("LinearLR(optimizer, 0.5, end_factor=2.0)", 36, "must be from 0 to 1, not 2"),
  Refused("CyclicLR(optimizer, 0.1, 1.0, mode='triangular3')", 35, "must be one of", "triangular"),
  Refused("CyclicLR(optimizer, 0.1, 1.0, scale_fn=f)", 39, "a function of yours"),
  Refused("OneCycleLR(optimizer, [0.1, 0.2], total_steps=5)", 22, "one value per parameter group"),
  Refused("OneCycleLR(optimizer, 0.1)", 0, "needs total_steps, or epochs and steps_per_epoch"),
  Refused("OneCycleLR(optimizer, 0.1, 10, pct_start=0.1)", 0, "divides by zero"),
  Refused("SequentialLR([StepLR(3), StepLR(4)], milestones=[])", 48, "needs 1 milestones, not 0"),
  Refused("SequentialLR([StepLR(3), 5], milestones=[3])", 25, "needs schedulers, not 5"),
  Refused("SequentialLR([StepLR(3), StepLR(3), StepLR(4)], [9, 3])", 48, "must rise"),
  Refused("SequentialLR([StepLR(3), SequentialLR([StepLR(3)], [])], [3])", 0, "NotImplementedError at step 3"),
  Refused("SequentialLR([])", 13, "needs at least one scheduler"),
  Refused("SequentialLR([StepLR(3), SetpLR(4)], [3])", 25, "has no schedule \"SetpLR\"", "StepLR"),
  Refused("StepLR(optimizer, 'abc", 18, "the string has no end"),
  Refused("MultiStepLR(optimizer, [x for x in y])", 26, "expected \",\" or \"]\""),
  Refused("cosine_decay_schedule(0.1, 0)", 27, "needs decay_steps above 0", of: .optax),
  Refused("optax.cosine_decay_schedul(0.1, 5)", 0, "has no schedule", "cosine_decay_schedule", of: .optax),
  Refused("join_schedules([0.1], [])", 16, "write constant_schedule(0.1)", of: .optax),
  Refused("join_schedules([f], [])", 16, "needs schedules, not the name f", of: .optax),
  Refused("piecewise_constant_schedule(1.0, [3, 4])", 33, "must be a dictionary", of: .optax),
  Refused("sgdr_schedule([dict(5)])", 20, "dict needs named arguments", of: .optax),
  Refused("sgdr_schedule([{3: 4}])", 16, "a key must be a string", of: .optax),
  Refused("PiecewiseConstantDecay([1, 2], [0.1])", 23, "needs 1 boundaries, not 2", of: .keras),
  Refused("ExponentialDecay(0.1, -5, 0.9)", 22, "must be 1 or more, not -5", of: .keras),
  Refused("ReduceLROnPlateau(monitor='loss')", 0, "follows the loss", of: .keras),
  Refused("linear(num_warmup_steps=5)", 0, "linear needs num_training_steps", of: .transformers),
  Refused("get_scheduler('cosin', optimizer)", 14, "must be one of", "cosine", of: .transformers),
  Refused("polynomial(num_warmup_steps=0, num_training_steps=9, lr_end=1)", 60, "must be below", of: .transformers),
  Refused("greedy(optimizer, factor=0.9)", 0, "follows the loss", of: .transformers),
  Refused("CosineLRScheduler(optimizer, 9, noise_range_t=5)", 46, "noise", of: .timm),
  Refused("combine_scheds([0.7, 0.2, 0.1], [SchedLin(1,0),SchedLin(1,0),SchedLin(1,0)])", 15, "exactly", of: .fastai),
  Refused("join_schedules([step_decay(1, 0.5, 3)], [4])", 40, "needs 0 boundaries, not 1", of: .mlx),
]

@Suite struct LibraryCallErrorTests {
  @Test(arguments: refused)
  fileprivate func `points at the place and says what would be right`(call: Refused) {
    let error = #expect(throws: ScheduleError.self) {
      try LibrarySchedule(parsing: call.text, of: call.library, base: 0.1, steps: 100)
    }
    #expect(error?.position == call.position)
    #expect(error?.message.contains(call.says) == true, "\(error?.message ?? "")")
    #expect(error?.suggestion == call.suggestion)
    #expect(error?.text == call.text)
  }

  @Test func `the whole sentence reads well`() {
    let error = #expect(throws: ScheduleError.self) {
      try LibrarySchedule(parsing: "StepLR(optimizer, step_siz=30)", of: .torch, base: 0.1)
    }
    #expect(
      error?.description
        == "the call StepLR has no argument \"step_siz\"; did you mean \"step_size\"? (at character 19 of "
        + "\"StepLR(optimizer, step_siz=30)\").")
  }

  @Test func `deep nesting is refused, not a crash`() {
    let deep = String(repeating: "(", count: 100_000)
    #expect(throws: ScheduleError.self) { try LibrarySchedule(parsing: "StepLR(\(deep)", of: .torch, base: 1) }
    let signs = String(repeating: "-", count: 100_000) + "5)"
    #expect(throws: ScheduleError.self) { try LibrarySchedule(parsing: "StepLR(\(signs)", of: .torch, base: 1) }
    let powers = String(repeating: "1**", count: 100_000) + "5)"
    #expect(throws: ScheduleError.self) { try LibrarySchedule(parsing: "StepLR(\(powers)", of: .torch, base: 1) }
  }

  @Test func `any garbling of a good call is read or refused, never worse`() {
    var generator = SeededGenerator(state: 17)
    let alphabet = Array("0123456789.,()[]{}:='\"*-+/%#_ eLRTNo🙂é\\\n")
    for recorded in ConformanceCase.all {
      for _ in 0..<40 {
        var text = Array(recorded.call)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let place = Int.random(in: 0..<text.count, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: text[place] = alphabet.randomElement(using: &generator) ?? " "
          case 1: text.insert(alphabet.randomElement(using: &generator) ?? " ", at: place)
          default: if text.count > 1 { text.remove(at: place) }
          }
        }
        let garbled = String(text)
        do {
          let read = try LibrarySchedule(parsing: garbled, of: recorded.library, base: 0.1, steps: 50)
          _ = read.rates(count: 50)
          if let equivalent = read.equivalent {
            #expect(try Schedule(parsing: equivalent.description) == equivalent, "\(garbled)")
            _ = try? equivalent.resolved(horizon: Horizon(steps: 50)).lint()
          }
        } catch {
          #expect(error.position.map { (0...garbled.count).contains($0) } ?? true, "\(garbled)")
          #expect(error.description.hasSuffix("."), "\(garbled)")
        }
      }
    }
  }
}
