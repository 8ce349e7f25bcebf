import DescentOptimizers

/// The update rules of a comparison with the rates given for them, as read from `--optimizers` and `--lrs`.
struct ContenderList {
  struct Item {
    var optimizer: OptimizerSpec
    /// nil: to be found.
    var rates: [Double]?
  }

  var items: [Item]

  /// - Parameters:
  ///   - optimizers: `'sgd(momentum: 0.9); adam'`; nil: those of `rates`, or `usual`.
  ///   - rates: `1e-3,3e-3` for every rule, or `'adam@1e-3,3e-3; sgd@0.1'`; nil: to be found.
  ///   - usual: the rules where none are named.
  /// - Throws: ``Failure`` with what is wrong; an error of the optimizer's spec.
  init(optimizers: String?, rates: String?, usual: [String]) throws {
    let named = try optimizers.map { try Self.list($0, "--optimizers") }
    let parts = try rates.map { try Self.list($0, "--lrs") } ?? []
    let byRule = parts.contains { $0.contains("@") }
    guard byRule else {
      let common = try rates.map { try Self.rates($0, of: "--lrs") }
      items = try (named ?? usual).map { Item(optimizer: try OptimizerSpec(parsing: $0), rates: common) }
      try checkDistinct()
      return
    }
    var given: [Item] = []
    for part in parts {
      guard let place = part.lastIndex(of: "@") else {
        throw Failure(
          "bad-value", "--lrs holds \"\(part)\" without an update rule, while other rates have one",
          hint: "write them as in 'adam@1e-3,3e-3; sgd@0.1'")
      }
      let optimizer = try OptimizerSpec(parsing: String(part[..<place]).trimming(" "))
      given.append(
        Item(optimizer: optimizer, rates: try Self.rates(String(part[part.index(after: place)...]), of: "--lrs")))
    }
    if let named {
      let wanted = try named.map(OptimizerSpec.init(parsing:))
      if let stranger = given.first(where: { one in !wanted.contains { $0.description == one.optimizer.description } })
      {
        throw Failure(
          "bad-value", "--lrs has rates of \(stranger.optimizer), which --optimizers does not name",
          hint: "name it in --optimizers too, or leave --optimizers out")
      }
      items = wanted.map { optimizer in
        given.first { $0.optimizer.description == optimizer.description } ?? Item(optimizer: optimizer, rates: nil)
      }
    } else {
      items = given
    }
    try checkDistinct()
  }

  /// The list as it would be typed again, once all rates are known.
  static func text(_ items: [(optimizer: String, rates: [Double])]) -> String {
    items.map { "\($0.optimizer)@" + $0.rates.map(decimal).joined(separator: ",") }.joined(separator: "; ")
  }

  private func checkDistinct() throws(Failure) {
    var seen: Set<String> = []
    for item in items where !seen.insert(item.optimizer.description).inserted {
      throw Failure("bad-value", "\(item.optimizer) is named twice", hint: "name each update rule once")
    }
  }

  private static func rates(_ text: String, of option: String) throws -> [Double] {
    do { return try Value.rates(text) } catch let problem as ValueProblem {
      throw Failure("bad-value", "\(option) \(shellQuoted(text)) \(problem.description)")
    }
  }

  /// The parts between semicolons, none of them empty.
  static func list(_ text: String, _ option: String) throws(Failure) -> [String] {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { String($0).trimming(" ") }
    let filled = parts.last?.isEmpty == true ? Array(parts.dropLast()) : parts
    guard !filled.isEmpty, filled.allSatisfy({ !$0.isEmpty }) else {
      throw Failure(
        "bad-value", "\(option) \(shellQuoted(text)) has an empty part", hint: "write the parts with one ; between them"
      )
    }
    return filled
  }
}
