/// What one of PyTorch's schedulers does with the optimizer's rate (torch/optim/lr_scheduler.py, 2.15).
enum TorchRule: Sendable {
  case step(size: Int, gamma: Double)
  case multiStep(milestones: [Int: Int], gamma: Double)
  case constant(factor: Double, total: Int)
  case linear(start: Double, end: Double, total: Int)
  case exponential(gamma: Double)
  case polynomial(total: Int, power: Double)
  case cosine(half: Int, floor: Double)
  case restarts(first: Int, growth: Int, floor: Double)
  case cyclic(TorchCyclic)
  case oneCycle(TorchOneCycle)
  case average(rate: Double, epochs: Int, isLinear: Bool)

  /// Parameters in their order, per call. An optimizer that the text leaves out is skipped.
  static let parameters: [String: [String]] = [
    "StepLR": ["optimizer", "step_size", "gamma"],
    "MultiStepLR": ["optimizer", "milestones", "gamma"],
    "ConstantLR": ["optimizer", "factor", "total_iters"],
    "LinearLR": ["optimizer", "start_factor", "end_factor", "total_iters"],
    "ExponentialLR": ["optimizer", "gamma"],
    "PolynomialLR": ["optimizer", "total_iters", "power"],
    "CosineAnnealingLR": ["optimizer", "T_max", "eta_min"],
    "CosineAnnealingWarmRestarts": ["optimizer", "T_0", "T_mult", "eta_min"],
    "CyclicLR": [
      "optimizer", "base_lr", "max_lr", "step_size_up", "step_size_down", "mode", "gamma", "scale_fn", "scale_mode",
      "cycle_momentum", "base_momentum", "max_momentum",
    ],
    "OneCycleLR": [
      "optimizer", "max_lr", "total_steps", "epochs", "steps_per_epoch", "pct_start", "anneal_strategy",
      "cycle_momentum", "base_momentum", "max_momentum", "div_factor", "final_div_factor", "three_phase",
    ],
    "SWALR": ["optimizer", "swa_lr", "anneal_epochs", "anneal_strategy"],
    "SequentialLR": ["optimizer", "schedulers", "milestones"],
    "ChainedScheduler": ["schedulers", "optimizer"],
  ]
}

/// `CyclicLR`: triangles between two rates.
struct TorchCyclic: Sendable {
  var low: Double
  var high: Double
  var up: Double
  var down: Double
  var mode: String
  var gamma: Double

  func rate(at step: Int) -> Double {
    let t = Double(step)
    let total = up + down
    let share = up / total
    let cycle = (1 + t / total).rounded(.down)
    let x = 1 + t / total - cycle
    let scale = x <= share ? x / share : (x - 1) / (share - 1)
    let height = (high - low) * scale
    switch mode {
    case "triangular2": return low + height * (1 / power(2, cycle - 1))
    case "exp_range": return low + height * power(gamma, t)
    default: return low + height
    }
  }
}

/// `OneCycleLR`: two or three phases between the optimizer's first, largest and last rate.
struct TorchOneCycle: Sendable {
  /// The rates between which the phases go.
  enum Corner: Sendable {
    case first, peak, last
  }

  var total: Int
  var first: Double
  var peak: Double
  var last: Double
  /// Where each phase ends, and between which rates it goes.
  var phases: [(end: Double, from: Corner, to: Corner)]
  var isLinear: Bool

  /// The step may be one past the last (`total`); PyTorch raises an error after it, here the rate of that step holds.
  func rate(at step: Int, in group: TorchGroup) -> Double {
    func rate(_ corner: Corner) -> Double {
      switch corner {
      case .first: group.initial ?? first
      case .peak: group.cyclePeak ?? peak
      case .last: group.cycleLast ?? last
      }
    }
    let t = Double(min(step, total))
    var start = 0.0
    for (index, phase) in phases.enumerated() {
      if t <= phase.end || index == phases.count - 1 {
        let (from, to) = (rate(phase.from), rate(phase.to))
        guard phase.end != start else { return to }
        let share = (t - start) / (phase.end - start)
        if isLinear { return (to - from) * share + from }
        return to + (from - to) / 2 * (cosine(.pi * share) + 1)
      }
      start = phase.end
    }
    return 0
  }
}
