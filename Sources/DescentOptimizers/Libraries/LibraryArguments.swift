internal import DescentSpecs

/// The arguments of one call, laid on the library's own signature, defaults included.
///
/// It keeps account of what was read: whatever remains must stand at its default, since it would change the path in a way
/// that nothing here accounts for.
struct LibraryArguments {
  let call: PythonCall
  let rule: LibraryRule
  let context: LibraryOptimizerContext
  /// Where the call begins.
  let position: Int
  var notes: [String] = []
  /// The rate of the optimizer inside, for a wrapper without one of its own.
  private(set) var innerRate: Double?
  /// The rate, where it depends on other arguments whether there is one.
  var outerRate: Double?
  private let defaults: [(name: String, value: PythonExpression?)]
  private var given: [String: PythonExpression] = [:]
  private var read: Set<String> = []

  init(
    _ call: PythonCall, of rule: LibraryRule, in context: LibraryOptimizerContext, at position: Int
  ) throws(SpecError) {
    self.call = call
    self.rule = rule
    self.context = context
    self.position = position
    guard let text = rule.signature else {
      defaults = []
      return
    }
    let signature = try LibrarySignature(text)
    defaults = signature.parameters
    var order = signature.parameters.prefix(signature.positional).map(\.name)[...]
    let isOverParameters = order.first.map { LibrarySignature.parameterNames.contains($0) } ?? false
    for argument in call.arguments {
      let name: String
      if let label = argument.label {
        name = label
      } else {
        if isOverParameters, order.first == defaults.first?.name, !Self.mayBeParameters(argument.value) {
          order.removeFirst()
        }
        guard let next = order.popFirst() else {
          throw error(
            "\(call.name) takes no more than \(signature.positional) arguments without their names",
            at: argument.position)
        }
        name = next
      }
      try accept(argument, as: name)
    }
    if isOverParameters, let first = defaults.first?.name { try checkGroups(first) }
  }

  private mutating func accept(_ argument: PythonArgument, as name: String) throws(SpecError) {
    let known = defaults.map(\.name)
    guard known.contains(name) else {
      throw error(
        "the call \(call.name) has no argument \"\(name)\"; \(suggestion(for: name, among: known))",
        at: argument.position)
    }
    guard given.updateValue(argument.value, forKey: name) == nil else {
      throw error("\(call.name): \(name) is given twice", at: argument.position)
    }
  }

  /// Not a number or a flag, which would be the next argument: the parameters may be left out.
  private static func mayBeParameters(_ expression: PythonExpression) -> Bool {
    switch expression.value {
    case .integer, .real, .flag, .text: false
    default: true
    }
  }

  /// A list of groups may name their parameters and nothing else.
  private mutating func checkGroups(_ name: String) throws(SpecError) {
    read.insert(name)
    guard case .list(let elements) = given[name]?.value else { return }
    for element in elements {
      guard case .dictionary(let entries) = element.value else { continue }
      for entry in entries where entry.key.value != .text("params") {
        throw error(
          "\(call.name): a group of parameters with settings of its own cannot be followed; give one optimizer for all",
          at: entry.key.position)
      }
    }
  }

  // MARK: Complaints

  func error(_ message: String, at place: Int?) -> SpecError {
    SpecError(message, in: context.text, at: place ?? position)
  }

  /// The argument's name, then `message`.
  func error(_ message: String, on name: String) -> SpecError {
    error("\(call.name): \(name) \(message)", at: given[name]?.position)
  }

  private func misfit(_ name: String, _ wanted: String, _ value: PythonExpression) -> SpecError {
    error(
      "\(call.name): \(name) must be \(wanted), not \(value.value.kind)", at: given[name].map { _ in value.position })
  }

  // MARK: Reading

  func isGiven(_ name: String) -> Bool { given[name] != nil }

  /// The value given or by default; nil for None.
  mutating func value(_ name: String) throws(SpecError) -> PythonExpression? {
    read.insert(name)
    guard let parameter = defaults.first(where: { $0.name == name }) else {
      throw error("\(call.name) has no argument \(name)", at: nil)
    }
    guard let value = given[name] ?? parameter.value else { throw error("\(call.name) needs \(name)", at: nil) }
    return value.value == .none ? nil : value
  }

  mutating func isNone(_ name: String) throws(SpecError) -> Bool { try value(name) == nil }

  mutating func optionalReal(_ name: String) throws(SpecError) -> Double? {
    guard let found = try value(name) else { return nil }
    return try real(found, name)
  }

  mutating func real(_ name: String) throws(SpecError) -> Double {
    guard let number = try optionalReal(name) else { throw error("must be a number, not None", on: name) }
    return number
  }

  private func real(_ found: PythonExpression, _ name: String) throws(SpecError) -> Double {
    if let number = found.value.number { return number }
    if case .name(let path) = found.value, path == "inf" || path.hasSuffix(".inf") { return .infinity }
    throw misfit(name, "a number", found)
  }

  mutating func flag(_ name: String) throws(SpecError) -> Bool {
    guard let found = try value(name) else { return false }
    guard case .flag(let flag) = found.value else { throw misfit(name, "True or False", found) }
    return flag
  }

  /// A string; nil for None.
  mutating func text(_ name: String) throws(SpecError) -> String? {
    guard let found = try value(name) else { return nil }
    guard case .text(let text) = found.value else { throw misfit(name, "a string", found) }
    return text
  }

  mutating func list(_ name: String) throws(SpecError) -> [PythonExpression] {
    guard let found = try value(name) else { throw error("must be a list, not None", on: name) }
    guard case .list(let elements) = found.value else { throw misfit(name, "a list", found) }
    return elements
  }

  mutating func reals(_ name: String) throws(SpecError) -> [Double] {
    var numbers: [Double] = []
    for element in try list(name) { numbers.append(try real(element, name)) }
    return numbers
  }

  /// One number: no schedule, no tensor, no list.
  mutating func rate(_ name: String) throws(SpecError) -> Double {
    guard let found = try value(name) else { throw error("\(call.name) needs \(name)", at: given[name]?.position) }
    switch found.value {
    case .call, .name:
      if let number = try? real(found, name) { return number }
      throw error(
        "\(call.name): \(name) must be one number, not \(found.value.kind); a schedule is given beside the call",
        at: found.position)
    default: break
    }
    let rate = try real(found, name)
    guard rate >= 0, rate.isFinite else {
      throw error("\(call.name): \(name) must be a number of at least 0, not \(found.value.kind)", at: found.position)
    }
    return rate
  }

  /// The specification of an optimizer given as an argument; its rate is ``innerRate``, its notes count.
  mutating func inner(_ name: String) throws(SpecError) -> String {
    guard let found = try value(name), case .call(let call) = found.value else {
      throw error("must be a call of an optimizer, as in \(context.library.example)", on: name)
    }
    return try inner(call, at: found.position)
  }

  mutating func inner(_ call: PythonCall, at place: Int) throws(SpecError) -> String {
    let result = try context.reading(of: call, at: place)
    innerRate = result.rate
    notes += result.notes
    return result.optimizer.description
  }

  /// Takes an argument out of the account, whatever it is.
  mutating func pass(_ name: String) { read.insert(name) }

  // MARK: Writing

  /// The template with the values in place of the names in braces.
  mutating func filled(_ template: String) throws(SpecError) -> String {
    var text = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      text += rest[..<open]
      text += try written(String(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  private mutating func written(_ reference: String) throws(SpecError) -> String {
    let parts = reference.split(separator: ".")
    let name = String(parts[0])
    if parts.count == 2, let place = Int(parts[1]) {
      let elements = try list(name)
      guard elements.indices.contains(place) else {
        throw error("needs at least \(place + 1) numbers", on: name)
      }
      return plain(try real(elements[place], name))
    }
    guard let found = try value(name) else { throw error("must be a number, not None", on: name) }
    if case .flag(let flag) = found.value { return flag ? "true" : "false" }
    return plain(try real(found, name))
  }

  // MARK: The account

  /// Refuses an argument that nothing here has read, unless it stands at its default or changes nothing.
  func refuseWhatIsLeft() throws(SpecError) {
    for (name, standard) in defaults where !read.contains(name) && !rule.idle.contains(name) {
      guard let value = given[name], let standard, !Self.same(value.value, standard.value) else { continue }
      let why = Self.reasons[name].map { ": \($0)" } ?? ", which has no counterpart here"
      throw error(
        "\(call.name) can only be followed with \(name)=\(Self.written(standard.value))\(why)", at: value.position)
    }
  }

  private static let reasons: [String: String] = [
    "maximize": "a trace descends",
    "mask": "every parameter takes part in the weight decay",
    "weight_decay_mask": "every parameter takes part in the weight decay",
    "clipnorm": "the gradients of a trace are not clipped",
    "clipvalue": "the gradients of a trace are not clipped",
    "global_clipnorm": "the gradients of a trace are not clipped",
    "use_ema": "the path is that of the parameters themselves",
    "fixed_decay": "our decay is multiplied by the rate",
  ]

  static func same(_ a: PythonValue, _ b: PythonValue) -> Bool {
    if let a = a.number, let b = b.number { return a == b }
    if case .list(let a) = a, case .list(let b) = b {
      return a.count == b.count && zip(a, b).allSatisfy { same($0.value, $1.value) }
    }
    return a == b
  }

  private static func written(_ value: PythonValue) -> String {
    switch value {
    case .text(let text): "'\(text)'"
    case .list(let elements): "(\(elements.map { written($0.value) }.joined(separator: ", ")))"
    case .name(let name): name
    default: value.kind
    }
  }
}
