import ArgumentParser
import DescentSchedules

/// The run that a schedule is laid over: its length, and what epochs, samples, tokens and seconds are worth in it.
struct HorizonOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Updates in the run, or its length on another clock: 90ep, 1e12tok, 2h.", valueName: "n"),
    transform: HorizonOptions.length)
  var steps: Length?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Updates in an epoch, for lengths such as 5ep.", valueName: "n"), transform: Value.steps)
  var stepsPerEpoch: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens in an update, for lengths such as 1000000tok.", valueName: "n"), transform: Value.steps)
  var tokensPerStep: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds of an update, for lengths such as 90s, 5min, 2h.", valueName: "s"),
    transform: Value.limit)
  var secondsPerStep: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples in a batch, or a ramp: 'ramp(from: 16, to: 64, by: 16, over: 640)'.", valueName: "n"),
    transform: HorizonOptions.batch)
  var batch: BatchPlan?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Batches whose gradients make one update. (default: 1)", valueName: "n"), transform: Value.steps)
  var accumulate: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Devices that each take a batch. (default: 1)", valueName: "n"), transform: Value.steps)
  var devices: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Samples in an epoch.", valueName: "n"), transform: Value.steps)
  var samplesPerEpoch: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Tokens in a sample: the context length.", valueName: "n"),
    transform: Value.steps)
  var tokensPerSample: Int?

  /// The run as given.
  ///
  /// - Parameter fallback: updates, where no length is given and the command knows one.
  func horizon(orSteps fallback: Int? = nil) throws -> Horizon {
    var horizon = Horizon(steps: 1, stepsPerEpoch: stepsPerEpoch, tokensPerStep: tokensPerStep)
    horizon.secondsPerStep = secondsPerStep
    horizon.batch = batch
    horizon.accumulation = accumulate
    horizon.dataParallel = devices
    horizon.samplesPerEpoch = samplesPerEpoch
    horizon.tokensPerSample = tokensPerSample
    if let steps { return try horizon.lasting(steps) }
    guard let fallback else {
      throw Failure("usage", "--steps is missing", hint: "give the length of the run, as in --steps 1000")
    }
    horizon.steps = fallback
    return horizon
  }

  /// A number of steps, or a length on another clock.
  @Sendable static func length(_ text: String) throws -> Length {
    do { return .steps(try Value.steps(text)) } catch let problem as ValueProblem {
      // With a unit it is a length on another clock.
      guard Double(text) == nil, text.first?.isNumber == true else { throw problem }
    }
    do { return try Length(parsing: text) } catch { throw ValueProblem("is no length: \(error.message)") }
  }

  @Sendable private static func batch(_ text: String) throws -> BatchPlan {
    do { return try BatchPlan(parsing: text) } catch { throw ValueProblem("does not fit: \(error.message)") }
  }
}
