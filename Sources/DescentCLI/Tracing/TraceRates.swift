import DescentOptimizers

/// One value of `--lr` for `trace`: rates for every optimizer, or for a named one as in `adam@1e-3,3e-3;sgd@0.1`.
struct TraceRates: Sendable, Hashable {
  /// The optimizer before the `@`; nil: all of them.
  var optimizer: String?
  var rates: [Double]

  /// Reads the value of one option.
  @Sendable static func read(_ text: String) throws -> [TraceRates] {
    try Value.list(text).map { part in
      guard let at = part.lastIndex(of: "@") else { return TraceRates(rates: try Value.rates(part)) }
      let name = part[..<at].trimming(" ")
      guard !name.isEmpty else { throw ValueProblem("names no optimizer before the @; write adam@1e-3,3e-3") }
      return TraceRates(optimizer: name, rates: try Value.rates(part[part.index(after: at)...].trimming(" ")))
    }
  }
}

/// Which optimizers with which rates.
struct TraceChoice {
  /// Every optimizer, in the order named, with its rates; none where nothing was said about them.
  var entries: [(spec: OptimizerSpec, rates: [Double])]

  /// - Parameters:
  ///   - optimizers: the value of `--optimizer`; nil: those that the rates name, or else `sgd`.
  ///   - rates: all values of `--lr`.
  /// - Throws: ``Failure`` for rates of an optimizer that is not among those given; `SpecError` for one that does not read.
  init(optimizers: String?, rates: [TraceRates]) throws {
    var entries =
      try optimizers.map(Value.list)?.map { (spec: try OptimizerSpec(parsing: $0), rates: [Double]()) } ?? []
    for group in rates {
      guard let name = group.optimizer else { continue }
      let spec = try OptimizerSpec(parsing: name)
      // The whole text names one; a bare name names every one of that rule.
      var meant = entries.indices.filter { entries[$0].spec == spec }
      if meant.isEmpty { meant = entries.indices.filter { entries[$0].spec.name == name } }
      if meant.isEmpty {
        guard optimizers == nil else {
          let given = entries.map(\.spec.description).joined(separator: "; ")
          throw Failure(
            "bad-value", "--lr has rates for \(name), which --optimizer does not name", hint: "it names \(given)")
        }
        entries.append((spec, []))
        meant = [entries.count - 1]
      }
      for index in meant { entries[index].rates += group.rates }
    }
    if entries.isEmpty { entries = [(OptimizerSpec(SGD()), [])] }
    let common = rates.filter { $0.optimizer == nil }.flatMap(\.rates)
    for index in entries.indices { entries[index].rates += common }
    self.entries = entries
  }
}
