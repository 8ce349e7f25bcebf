/// A scheduler of PyTorch, alone or made of others.
indirect enum TorchScheduler: Sendable {
  case leaf(TorchLeaf)
  case sequential([TorchScheduler], milestones: [Int], epoch: Int)
  case chained([TorchScheduler])

  /// `SequentialLR` as its constructor leaves it: the rate is set back, every part goes back one step, and the part whose
  /// turn is first takes its first step again.
  static func sequence(_ parts: [TorchScheduler], milestones: [Int], on group: inout TorchGroup) -> TorchScheduler {
    var parts = parts
    group.rate = group.initial ?? group.rate
    for index in parts.indices { parts[index].undo() }
    parts[milestones.count { $0 <= 0 }].initialStep(&group)
    return .sequential(parts, milestones: milestones, epoch: 0)
  }

  mutating func step(_ group: inout TorchGroup) {
    switch self {
    case .leaf(var leaf):
      leaf.step(&group)
      self = .leaf(leaf)
    case .sequential(var parts, let milestones, var epoch):
      epoch += 1
      let index = milestones.count { $0 <= epoch }
      if index > 0, milestones[index - 1] == epoch {
        parts[index].restart(&group)
      } else {
        parts[index].step(&group)
      }
      self = .sequential(parts, milestones: milestones, epoch: epoch)
    case .chained(var parts):
      for index in parts.indices { parts[index].step(&group) }
      self = .chained(parts)
    }
  }

  /// Only single schedulers know that they are at their first step; the others just step.
  private mutating func initialStep(_ group: inout TorchGroup) {
    guard case .leaf(var leaf) = self else { return step(&group) }
    leaf.initialStep(&group)
    self = .leaf(leaf)
  }

  private mutating func undo() {
    switch self {
    case .leaf(var leaf):
      leaf.undo()
      self = .leaf(leaf)
    case .sequential(var parts, let milestones, let epoch):
      for index in parts.indices { parts[index].undo() }
      self = .sequential(parts, milestones: milestones, epoch: epoch)
    case .chained(var parts):
      for index in parts.indices { parts[index].undo() }
      self = .chained(parts)
    }
  }

  /// For single schedulers only; reading refuses the others here, as PyTorch raises an error.
  private mutating func restart(_ group: inout TorchGroup) {
    guard case .leaf(var leaf) = self else { return }
    leaf.restart(&group)
    self = .leaf(leaf)
  }
}

/// An optimizer's rate and the scheduler that changes it after each update.
struct TorchRun: Sendable {
  private var group: TorchGroup
  private var scheduler: TorchScheduler

  init(_ scheduler: TorchScheduler, on group: TorchGroup) {
    self.group = group
    self.scheduler = scheduler
  }

  var rate: Double { group.rate }

  mutating func advance() { scheduler.step(&group) }
}
