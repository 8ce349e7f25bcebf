/// The form of one piece of a schedule. The curves themselves are in the folder `Curves`, one file each.
///
/// `u` counts steps from the piece's first one, `L` is the piece's length, `p = u/L` its progress.
public enum Shape: Sendable, Hashable {
  /// A line from `from` to `to`, sampled at (u+1)/L: the first update is not zero and the last one reaches `to`.
  case warmup
  /// The level it starts with, all the way.
  case hold
  /// A line, sampled at u/L.
  case linear
  /// Half a cosine wave.
  case cosine
  /// 1 − √p.
  case oneMinusSqrt
  /// (1 − p) / (1 − p/2): REX (Chen, Wolfe, Kyrillidis 2021).
  case rex
  /// (1 − p)^power.
  case polynomial(power: Double)
  /// factor^u: multiplied by `factor` at every step.
  case exponential(factor: Double)
  /// factor^⌊u/every⌋.
  case step(factor: Double, every: Length)
  /// Multiplied by `factor` from each place on; the places are on the run's clock, not the piece's.
  case drop(factor: Double, at: [Length])
  /// 1/(1 + rate·u).
  case inverseTime(rate: Double)
  /// 1/√(1 + u/timescale).
  case inverseSqrt(timescale: Double)
  /// width^−½ · min(s^−½, s·warmup^−3/2) with s = u + 1 (Vaswani et al. 2017, section 5.3).
  case noam(width: Double, warmup: Double)
  /// Cosine cycles: the first `first` long, each next `growth` times as long and `decay` times as high above the floor.
  case restarts(first: Length, growth: Double, decay: Double)
}

extension Shape {
  /// What `from` and `to` mean for a shape.
  enum Ends {
    /// Runs from `from` to `to`, whatever its length.
    case interpolates
    /// Starts at `from` and goes its own way; `to` is a limit it does not pass.
    case limited
    /// One level only.
    case flat
    /// Neither: the shape has a scale of its own.
    case fixed
  }

  var ends: Ends {
    switch self {
    case .warmup, .linear, .cosine, .oneMinusSqrt, .rex, .polynomial: .interpolates
    case .exponential, .step, .drop, .inverseTime, .inverseSqrt, .restarts: .limited
    case .hold: .flat
    case .noam: .fixed
    }
  }

  /// The word of the text form.
  var name: String {
    switch self {
    case .warmup: "warmup"
    case .hold: "hold"
    case .linear: "linear"
    case .cosine: "cosine"
    case .oneMinusSqrt: "1-sqrt"
    case .rex: "rex"
    case .polynomial: "polynomial"
    case .exponential: "exponential"
    case .step: "step"
    case .drop: "drop"
    case .inverseTime: "inverse-time"
    case .inverseSqrt: "inverse-sqrt"
    case .noam: "noam"
    case .restarts: "restarts"
    }
  }

  /// What is wrong with the shape's own numbers, if anything.
  var problem: String? {
    switch self {
    case .warmup, .hold, .linear, .cosine, .oneMinusSqrt, .rex: nil
    case .polynomial(let power): positive(power, "polynomial's power")
    case .exponential(let factor): positive(factor, "exponential's factor")
    case .step(let factor, let every): positive(factor, "step's factor") ?? every.problem
    case .drop(let factor, let places):
      positive(factor, "drop's factor") ?? places.lazy.compactMap(\.problem).first
        ?? (places.isEmpty ? "drop needs at least one place, as in drop x0.1 at 50%" : nil)
    case .inverseTime(let rate):
      rate.isFinite && rate >= 0 ? nil : "inverse-time's rate must be 0 or more, it is \(number(rate))"
    case .inverseSqrt(let timescale): positive(timescale, "inverse-sqrt's timescale")
    case .noam(let width, let warmup): positive(width, "noam's width") ?? positive(warmup, "noam's warm-up")
    case .restarts(let first, let growth, let decay):
      first.problem ?? positive(decay, "restarts' decay")
        ?? (growth.isFinite && growth >= 1 ? nil : "restarts' cycles must grow by x1 or more, not x\(number(growth))")
    }
  }
}

private func positive(_ value: Double, _ what: String) -> String? {
  value.isFinite && value > 0 ? nil : "\(what) must be above 0, it is \(number(value))"
}
