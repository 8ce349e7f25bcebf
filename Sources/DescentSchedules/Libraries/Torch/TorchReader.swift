import DescentSpecs

/// Makes a scheduler of a call, in the order in which Python would make its parts: each changes the optimizer's rate.
struct TorchReader {
  let context: LibraryContext

  init(_ context: LibraryContext) { self.context = context }

  /// A scheduler, the same in our own pieces, and notes with the step after which they hold (nil: always).
  struct Part {
    var scheduler: TorchScheduler
    var track: PieceTrack?
    var notes: [(text: String, after: Int?)] = []
    /// A schedule of ours that takes the whole run.
    var whole: Twin?
  }

  func rates(of call: PythonCall, at position: Int) throws(ScheduleError) -> LibraryRates {
    let ownRates = ["OneCycleLR", "CyclicLR"].contains(call.name)
    var group = TorchGroup(rate: ownRates ? context.base ?? 0 : try context.baseRate(call.name))
    let part = try self.part(call, at: position, &group)
    let notes = part.notes.filter { $0.after.map { after in after < context.steps ?? .max } ?? true }.map(\.text)
    let peak = group.initial ?? group.rate
    return LibraryRates(
      TorchRun(part.scheduler, on: group), notes: notes, twin: part.whole ?? part.track?.twin(peak: peak))
  }

  private func part(_ call: PythonCall, at position: Int, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    switch call.name {
    case "ReduceLROnPlateau": throw context.followsLoss(call.name, at: position)
    case "LambdaLR", "MultiplicativeLR":
      throw context.error("\(call.name) is a function of yours, which cannot be read here", at: position)
    default: break
    }
    guard let parameters = TorchRule.parameters[call.name] else {
      throw context.unknown(call.name, among: TorchRule.parameters.keys.sorted(), at: position)
    }
    let arguments = try CallArguments(
      call, parameters + ["last_epoch"], ignoring: ["verbose"], in: context.text, at: position)
    if try arguments.whole("last_epoch", -1) != -1 {
      throw arguments.error(
        "\(call.name): last_epoch resumes a run and depends on the optimizer's state; leave it out",
        at: arguments.place("last_epoch"))
    }
    switch call.name {
    case "SequentialLR": return try sequence(arguments, &group)
    case "ChainedScheduler": return try chain(arguments, &group)
    default: return try leaf(arguments, &group)
    }
  }

  private func parts(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> [Part] {
    let schedulers = try arguments.list("schedulers")
    guard !schedulers.isEmpty else {
      throw arguments.error(
        "\(arguments.call.name) needs at least one scheduler", at: arguments.place("schedulers"))
    }
    var parts: [Part] = []
    for element in schedulers {
      guard case .call(let call) = element.value else {
        throw arguments.error(
          "\(arguments.call.name) needs schedulers, not \(element.value.kind)", at: element.position)
      }
      parts.append(try part(call, at: element.position, &group))
    }
    return parts
  }

  private func sequence(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    let parts = try parts(arguments, &group)
    let milestones = try arguments.wholes("milestones")
    guard milestones.count == parts.count - 1 else {
      throw arguments.error(
        "SequentialLR of \(parts.count) schedulers needs \(parts.count - 1) milestones, not \(milestones.count)",
        at: arguments.place("milestones"))
    }
    guard milestones == milestones.sorted() else {
      throw arguments.error("the milestones of SequentialLR must rise", at: arguments.place("milestones"))
    }
    for (part, milestone) in zip(parts.dropFirst(), milestones) where milestone > 0 {
      if case .leaf = part.scheduler { continue }
      throw arguments.error(
        "SequentialLR cannot go on to a scheduler that is made of others: PyTorch raises NotImplementedError at step "
          + "\(milestone); put all of them into one SequentialLR")
    }
    var notes: [(text: String, after: Int?)] = []
    for (index, part) in parts.enumerated() {
      let start = index == 0 ? 0 : milestones[index - 1]
      let end = index < milestones.count ? milestones[index] : Int.max
      notes += part.notes.filter { $0.after.map { $0 < end - start } ?? true }
        .map { ($0.text, $0.after.map { $0 + start }) }
    }
    var isSimple = true
    if case .leaf? = parts.first?.scheduler {
    } else {
      isSimple = false
      notes.append(("A SequentialLR or ChainedScheduler inside SequentialLR takes its first step twice.", nil))
    }
    return Part(
      scheduler: .sequence(parts.map(\.scheduler), milestones: milestones, on: &group),
      track: isSimple ? .joined(parts.map(\.track), at: milestones) : nil, notes: notes)
  }

  private func chain(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    let parts = try parts(arguments, &group)
    let order =
      "ChainedScheduler's parts each work on the rate that the one before left, so their order matters and "
      + "the result need not be their product."
    return Part(
      scheduler: .chained(parts.map(\.scheduler)), track: parts.count == 1 ? parts[0].track : nil,
      notes: parts.flatMap(\.notes) + (parts.count > 1 ? [(order, nil)] : []))
  }
}
