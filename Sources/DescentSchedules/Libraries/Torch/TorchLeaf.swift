/// The part of the optimizer that PyTorch's schedulers share: its one rate, the rate it began with, and what some of them
/// leave there for themselves, where the next of their kind overwrites it.
struct TorchGroup: Sendable {
  var rate: Double
  /// Set by the first scheduler that is made.
  var initial: Double?
  var cyclePeak: Double?
  var cycleLast: Double?
  var averageRate: Double?
}

/// One scheduler at work, with the counters that PyTorch's keeps, because its quirks are in them.
struct TorchLeaf: Sendable {
  let rule: TorchRule
  private let base: Double
  private var epoch = -1
  private var count = 0
  /// Where in which cycle warm restarts are.
  private var cycle: (place: Int, length: Int) = (-1, 0)

  /// Made as PyTorch makes it: the first step is taken at once.
  init(_ rule: TorchRule, on group: inout TorchGroup) {
    self.rule = rule
    switch rule {
    case .cyclic(let cyclic):
      group.rate = cyclic.low
      group.initial = group.initial ?? group.rate
      base = cyclic.low
    case .oneCycle(let cycle):
      group.initial = cycle.first
      group.cyclePeak = cycle.peak
      group.cycleLast = cycle.last
      base = cycle.first
    default:
      group.initial = group.initial ?? group.rate
      base = group.initial ?? group.rate
    }
    if case .restarts(let first, _, _) = rule { cycle.length = first }
    if case .average(let rate, _, _) = rule { group.averageRate = rate }
    initialStep(&group)
    // CyclicLR takes its first step before it knows its own lowest rate.
    if case .cyclic = rule { group.rate = group.initial ?? group.rate }
  }

  mutating func initialStep(_ group: inout TorchGroup) {
    count = 0
    step(&group, isInitial: true)
  }

  mutating func undo() { epoch -= 1 }

  mutating func step(_ group: inout TorchGroup, isInitial: Bool = false) {
    if case .restarts(_, let growth, _) = rule {
      if epoch < 0 {
        epoch = 0
        cycle.place = 0
      } else {
        epoch += 1
        cycle.place += 1
        if cycle.place >= cycle.length {
          cycle.place %= cycle.length
          cycle.length = cycle.length.multipliedReportingOverflow(by: growth).overflow ? .max : cycle.length * growth
        }
      }
    } else {
      count += 1
      epoch += 1
    }
    group.rate = rate(group, isInitial: isInitial)
  }

  /// `_update_lr(0)`: what a sequence does to the scheduler whose turn comes. The closed forms at step 0.
  mutating func restart(_ group: inout TorchGroup) {
    epoch = 0
    switch rule {
    case .constant(let factor, let total): group.rate = base * (factor + (total <= 0 ? 1 : 0) * (1 - factor))
    case .linear(let start, let end, let total):
      group.rate = base * (start + (end - start) * Double(min(total, 0)) / Double(total))
    case .multiStep(let milestones, let gamma):
      group.rate = base * power(gamma, Double(milestones.reduce(0) { $0 + ($1.key <= 0 ? $1.value : 0) }))
    case .step, .exponential, .polynomial: group.rate = base
    case .cosine(_, let floor): group.rate = floor + (base - floor) * (1 + 1) / 2
    case .restarts, .cyclic, .oneCycle, .average: group.rate = rate(group, isInitial: false)
    }
  }

  /// `get_lr`: the next rate from the one before, which other schedulers may have changed.
  private func rate(_ group: TorchGroup, isInitial: Bool) -> Double {
    let rate = group.rate
    let t = Double(epoch)
    switch rule {
    case .step(let size, let gamma): return epoch == 0 || epoch % size != 0 ? rate : rate * gamma
    case .multiStep(let milestones, let gamma):
      return milestones[epoch].map { rate * power(gamma, Double($0)) } ?? rate
    case .constant(let factor, let total):
      if epoch == 0 { return rate * factor }
      return epoch != total ? rate : rate * (1 / factor)
    case .linear(let start, let end, let total):
      if epoch == 0 { return rate * start }
      if isInitial || epoch > total { return rate }
      return rate * (1 + (end - start) / (Double(total) * start + (t - 1) * (end - start)))
    case .exponential(let gamma): return isInitial ? rate : rate * gamma
    case .polynomial(let total, let exponent):
      if isInitial || epoch > total { return rate }
      let length = Double(total)
      return rate * power((1 - t / length) / (1 - (t - 1) / length), exponent)
    case .cosine(let half, let floor): return annealed(rate, Double(half), floor, isInitial: isInitial)
    case .restarts(_, _, let floor):
      return floor + (base - floor) * (1 + cosine(.pi * Double(cycle.place) / Double(cycle.length))) / 2
    case .cyclic(let cyclic): return cyclic.rate(at: epoch)
    case .oneCycle(let cycle): return cycle.rate(at: epoch, in: group)
    case .average(let goal, let epochs, let isLinear):
      return averaged(rate, group.averageRate ?? goal, epochs, isLinear)
    }
  }

  private func annealed(_ rate: Double, _ half: Double, _ floor: Double, isInitial: Bool) -> Double {
    let t = Double(epoch)
    if isInitial { return rate }
    if count == 1, epoch > 0 { return floor + (base - floor) * (1 + cosine(t * .pi / half)) / 2 }
    if (t - 1 - half).truncatingRemainder(dividingBy: 2 * half) == 0 {
      return rate + (base - floor) * (1 - cosine(.pi / half)) / 2
    }
    return (1 + cosine(.pi * t / half)) / (1 + cosine(.pi * (t - 1) / half)) * (rate - floor) + floor
  }

  private func averaged(_ rate: Double, _ goal: Double, _ epochs: Int, _ isLinear: Bool) -> Double {
    func weight(_ step: Int) -> Double {
      let t = max(0, min(1, Double(step) / Double(max(1, epochs))))
      return isLinear ? t : (1 - cosine(.pi * t)) / 2
    }
    let step = epochs == 0 ? max(1, count - 1) : count - 1
    let before = weight(step - 1)
    let start = before == 1 ? goal : (rate - before * goal) / (1 - before)
    let now = weight(step)
    return goal * now + start * (1 - now)
  }
}
