extension OptimizerSpec {
  /// Rules around another rule, which a specification gives first: `lookahead(adam)`.
  static let wrappers: [any UpdateRule] = [
    ScheduleFree(),
    Mechanic(),
    Hypergradient(),
    LineSearch(),
    Lookahead(),
    SAM(),
    Cautious(),
    Backtracking(),
  ]
}
