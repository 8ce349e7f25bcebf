import DescentSpecs

/// The single schedulers: their arguments, checks and defaults, and the same in our own pieces.
extension TorchReader {
  func leaf(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    let name = arguments.call.name
    switch name {
    case "StepLR":
      let size = try arguments.whole("step_size", atLeast: 1)
      let gamma = try arguments.real("gamma", 0.1)
      return part(
        .step(size: size, gamma: gamma), PieceTrack(.step(by: gamma, every: .steps(size), from: .peak)), on: &group)
    case "MultiStepLR": return try multiStep(arguments, &group)
    case "ConstantLR":
      let factor = try share(arguments, "factor", 1.0 / 3, orZero: false)
      let total = try arguments.whole("total_iters", 5, atLeast: 0)
      let track = PieceTrack(.hold(.steps(total), at: .ofPeak(factor)), .hold(at: .peak))
      return part(.constant(factor: factor, total: total), total > 0 ? track : nil, on: &group)
    case "LinearLR":
      let start = try share(arguments, "start_factor", 1.0 / 3, orZero: false)
      let end = try share(arguments, "end_factor", 1, orZero: true)
      let total = try arguments.whole("total_iters", 5, atLeast: 1)
      let track = PieceTrack(
        .linear(.steps(total), from: .ofPeak(start), to: .ofPeak(end)), .hold(at: .ofPeak(end)))
      return part(.linear(start: start, end: end, total: total), track, on: &group)
    case "ExponentialLR":
      let gamma = try arguments.real("gamma")
      return part(.exponential(gamma: gamma), PieceTrack(.exponential(by: gamma, from: .peak)), on: &group)
    case "PolynomialLR":
      let total = try arguments.whole("total_iters", 5, atLeast: 1)
      let power = try arguments.real("power", 1)
      let track = PieceTrack(.polynomial(power, .steps(total), from: .peak, to: .zero), .hold(at: .zero))
      return part(.polynomial(total: total, power: power), track, on: &group)
    case "CosineAnnealingLR":
      let half = try arguments.whole("T_max", atLeast: 1)
      let floor = try arguments.real("eta_min", 0)
      var part = part(
        .cosine(half: half, floor: floor),
        PieceTrack(.cosine(.steps(half), from: .peak, to: level(floor))).continued, on: &group)
      part.notes = [
        ("CosineAnnealingLR rises again after T_max = \(half) steps, back to its first rate at \(2 * half).", half + 1)
      ]
      return part
    case "CosineAnnealingWarmRestarts":
      let first = try arguments.whole("T_0", atLeast: 1)
      let growth = try arguments.whole("T_mult", 1, atLeast: 1)
      let floor = try arguments.real("eta_min", 0)
      let piece = Piece.restarts(.steps(first), growth: Double(growth), from: .peak, to: level(floor))
      return part(.restarts(first: first, growth: growth, floor: floor), PieceTrack(piece), on: &group)
    case "CyclicLR": return try cyclic(arguments, &group)
    case "OneCycleLR": return try oneCycle(arguments, &group)
    default: return try average(arguments, &group)
    }
  }

  private func part(_ rule: TorchRule, _ track: PieceTrack? = nil, on group: inout TorchGroup) -> Part {
    Part(scheduler: .leaf(TorchLeaf(rule, on: &group)), track: track)
  }

  private func level(_ rate: Double) -> Level { rate == 0 ? .zero : .absolute(rate) }

  /// A factor from 0 to 1, which PyTorch insists on.
  private func share(
    _ arguments: CallArguments, _ name: String, _ standard: Double, orZero: Bool
  ) throws(ScheduleError) -> Double {
    let factor = try arguments.real(name, standard)
    guard factor <= 1, factor > 0 || orZero && factor == 0 else {
      let range = orZero ? "from 0 to 1" : "above 0 and at most 1"
      throw arguments.error(
        "\(arguments.call.name): \(name) must be \(range), not \(number(factor))", at: arguments.place(name))
    }
    return factor
  }

  private func multiStep(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    let milestones = try arguments.wholes("milestones")
    let gamma = try arguments.real("gamma", 0.1)
    var pieces: [Piece] = []
    var start = 0
    for (index, milestone) in milestones.sorted().enumerated() where milestone > 0 {
      pieces.append(.hold(.steps(milestone - start), at: .ofPeak(power(gamma, Double(index)))))
      start = milestone
    }
    pieces.append(.hold(at: .ofPeak(power(gamma, Double(milestones.count)))))
    var part = part(
      .multiStep(milestones: Dictionary(milestones.map { ($0, 1) }, uniquingKeysWith: +), gamma: gamma),
      milestones.allSatisfy { $0 > 0 }
        ? PieceTrack(pieces, alone: .drop(by: gamma, at: milestones.map { .steps($0) }, from: .peak)) : nil, on: &group)
    if Set(milestones).count < milestones.count {
      part.notes = [("MultiStepLR counts a milestone that is named twice twice.", nil)]
    }
    return part
  }

  private func cyclic(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    if arguments.given("scale_fn") {
      throw arguments.error(
        "CyclicLR: scale_fn is a function of yours, which cannot be read here", at: arguments.place("scale_fn"))
    }
    let low = try arguments.real("base_lr")
    let high = try arguments.real("max_lr")
    let up = try arguments.whole("step_size_up", 2000, atLeast: 1)
    let down = try arguments.whole("step_size_down", up, atLeast: 1)
    let mode = try arguments.choice("mode", "triangular", of: ["triangular", "triangular2", "exp_range"])
    let gamma = try arguments.real("gamma", 1)
    let rule = TorchCyclic(low: low, high: high, up: Double(up), down: Double(down), mode: mode, gamma: gamma)
    var part = part(.cyclic(rule), on: &group)
    let ours = Cyclic.Mode(rawValue: mode == "exp_range" ? "exp-range" : mode) ?? .triangular
    part.whole = Twin(.cyclic(high: high, Cyclic(low: low, up: up, down: down, mode: ours, gamma: gamma)))
    part.notes = overwritten("CyclicLR", by: "base_lr")
    return part
  }

  private func overwritten(_ name: String, by argument: String) -> [(text: String, after: Int?)] {
    context.base == nil ? [] : [("\(name) overwrites the optimizer's own rate by \(argument).", nil)]
  }

  private func oneCycle(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    let peak = try arguments.real("max_lr")
    let total = try totalSteps(arguments)
    let share = try arguments.real("pct_start", 0.3)
    let isLinear = try arguments.choice("anneal_strategy", "cos", of: ["cos", "linear"]) == "linear"
    let div = try arguments.real("div_factor", 25)
    let finalDiv = try arguments.real("final_div_factor", 1e4)
    guard share >= 0, share <= 1 else {
      throw arguments.error(
        "OneCycleLR: pct_start must be from 0 to 1, not \(number(share))", at: arguments.place("pct_start"))
    }
    let first = peak / div
    let last = first / finalDiv
    let end = Double(total - 1)
    let top = share * Double(total) - 1
    let isThree = try arguments.flag("three_phase", false)
    let cycle = TorchOneCycle(
      total: total, first: first, peak: peak, last: last,
      phases: isThree
        ? [(top, .first, .peak), (2 * share * Double(total) - 2, .peak, .first), (end, .first, .last)]
        : [(top, .first, .peak), (end, .peak, .last)],
      isLinear: isLinear)
    guard cycle.phases.first?.end != 0 else {
      throw arguments.error("OneCycleLR divides by zero where pct_start·total_steps is 1, as PyTorch's does")
    }
    var part = part(.oneCycle(cycle), on: &group)
    part.notes = overwritten("OneCycleLR", by: "max_lr/div_factor")
    part.notes.append(
      ("OneCycleLR raises an error after step \(total), whose rate holds here; its last step is \(total - 1).", total))
    if top != top.rounded(), share > 0 {
      part.notes.append(("pct_start·total_steps is not whole: the peak lies between two steps and is not used.", nil))
    }
    if top == top.rounded(), top >= 0, !isThree || 2 * top < end {
      let ours = OneCycle(
        warmup: .steps(Int(top) + 1), div: div, finalDiv: finalDiv, anneal: isLinear ? .linear : .cosine,
        threePhase: isThree)
      part.whole = Twin(.oneCycle(peak: peak, ours), exactly: total)
    }
    return part
  }

  private func totalSteps(_ arguments: CallArguments) throws(ScheduleError) -> Int {
    if arguments.given("total_steps") { return try arguments.whole("total_steps", atLeast: 1) }
    guard arguments.given("epochs"), arguments.given("steps_per_epoch") else {
      throw arguments.error("OneCycleLR needs total_steps, or epochs and steps_per_epoch")
    }
    let epochs = try arguments.whole("epochs", atLeast: 1)
    let (total, overflow) = epochs.multipliedReportingOverflow(by: try arguments.whole("steps_per_epoch", atLeast: 1))
    guard !overflow, total < 1 << 53 else { throw arguments.error("OneCycleLR is too long") }
    return total
  }

  private func average(_ arguments: CallArguments, _ group: inout TorchGroup) throws(ScheduleError) -> Part {
    let goal = try arguments.real("swa_lr")
    let epochs = try arguments.whole("anneal_epochs", 10, atLeast: 0)
    let isLinear = try arguments.choice("anneal_strategy", "cos", of: ["cos", "linear"]) == "linear"
    let length = Length.steps(max(epochs, 1))
    let piece: Piece =
      isLinear
      ? .linear(length, from: .peak, to: level(goal)) : .cosine(length, from: .peak, to: level(goal))
    var part = part(.average(rate: goal, epochs: epochs, isLinear: isLinear), on: &group)
    // Only alone: in a sequence it starts from the rate that it finds.
    part.whole = PieceTrack(piece, .hold(at: level(goal))).twin(peak: group.initial ?? group.rate)
    return part
  }
}
