/// How hyper-parameters change with the size of the batch, κ being the batch over the one they were found with.
public enum BatchScaling: String, Sendable, Hashable, Codable, CaseIterable {
  /// The rate by κ: for SGD (Goyal et al. 2017, arXiv:1706.02677, section 2.1).
  case linear
  /// The rate by √κ, 1 − β by κ, ε by 1/√κ, anything else as it is: for Adam and its kin (Krizhevsky 2014,
  /// arXiv:1404.5997, section 5, for the rate; Malladi et al. 2022, arXiv:2205.10287, for all of them).
  case squareRoot = "sqrt"

  /// A rate for a batch of `size` samples, found with one of `base`.
  public func rate(_ rate: Double, base: Int, size: Int) -> Double {
    scaled(rate, setting: Plan.rate, by: Double(size) / Double(base))
  }

  /// Any hyper-parameter's value for a batch κ times as large.
  ///
  /// By the square root the βs (`beta1`, `beta2`) become 1 − κ(1 − β), and not less than 0: the averages then reach over
  /// as many samples as before.
  public func scaled(_ value: Double, setting: String, by kappa: Double) -> Double {
    switch (self, setting) {
    case (.linear, Plan.rate): return value * kappa
    case (.squareRoot, Plan.rate): return value * kappa.squareRoot()
    case (.squareRoot, "beta1"), (.squareRoot, "beta2"): return max(1 - kappa * (1 - value), 0)
    case (.squareRoot, "epsilon"): return value / kappa.squareRoot()
    default: return value
    }
  }

  /// The hyper-parameters that the rule changes.
  public var settings: [String] {
    switch self {
    case .linear: [Plan.rate]
    case .squareRoot: [Plan.rate, "beta1", "beta2", "epsilon"]
    }
  }

  /// The rule for all hyper-parameters it changes among `settings`: what an optimizer does not have is left out.
  public func plan(base: Int, settings: some Sequence<String> = [Plan.rate, "beta1", "beta2", "epsilon"]) -> Plan {
    let known = Set(settings)
    return Plan(
      self.settings.filter { $0 == Plan.rate || known.contains($0) }.map {
        Plan.Rule(.all, $0, .batch(self, base: base))
      })
  }
}
