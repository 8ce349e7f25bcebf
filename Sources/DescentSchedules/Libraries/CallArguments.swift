import DescentSpecs

/// The arguments of one call, laid on the parameters that the library gives it.
///
/// Every reading names the call, the argument, and the place in the text if it does not fit.
struct CallArguments: Sendable {
  let text: String
  let call: PythonCall
  /// Where the call begins.
  let position: Int
  private var values: [String: PythonExpression] = [:]

  /// - Parameters:
  ///   - parameters: in the library's order; `optimizer` is skipped where the text leaves it out.
  ///   - ignored: parameters that may be given and make no difference to the rates.
  init(
    _ call: PythonCall, _ parameters: [String], ignoring ignored: [String] = [], in text: String, at position: Int
  ) throws(ScheduleError) {
    self.text = text
    self.call = call
    self.position = position
    var order = parameters[...]
    for argument in call.arguments {
      if let label = argument.label {
        try accept(argument.value, as: label, at: argument.position, among: parameters + ignored)
        continue
      }
      if order.first == "optimizer", !Self.isOptimizer(argument.value) { order.removeFirst() }
      guard let label = order.popFirst() else {
        let known = parameters.filter { $0 != "optimizer" }
        throw error("\(call.name) takes \(known.count) arguments at most", at: argument.position)
      }
      try accept(argument.value, as: label, at: argument.position, among: parameters)
    }
  }

  private mutating func accept(
    _ value: PythonExpression, as label: String, at place: Int, among known: [String]
  ) throws(ScheduleError) {
    guard known.contains(label) else {
      let nearest = nearestName(to: label, among: known)
      let list = nearest == nil ? "; there are: \(known.joined(separator: ", "))" : ""
      throw error("the call \(call.name) has no argument \"\(label)\"\(list)", at: place, suggestion: nearest)
    }
    guard values.updateValue(value, forKey: label) == nil else {
      throw error("\(call.name): \(label) is given twice", at: place)
    }
  }

  /// `optimizer`, `self.opt`, `torch.optim.SGD(model.parameters(), lr=0.1)`: an argument in the optimizer's place that is
  /// no number, list or schedule.
  private static func isOptimizer(_ expression: PythonExpression) -> Bool {
    switch expression.value {
    case .name, .none: true
    case .call(let call): !call.name.hasSuffix("LR") && !call.name.hasSuffix("Scheduler")
    default: false
    }
  }

  func error(_ message: String, at place: Int? = nil, suggestion: String? = nil) -> ScheduleError {
    ScheduleError(message, in: text, at: place ?? position, suggestion: suggestion)
  }

  /// Where `name` is given, or else where the call begins.
  func place(_ name: String) -> Int { values[name]?.position ?? position }

  /// The value of `name`; nil if it is left out or None.
  func value(_ name: String) -> PythonExpression? {
    guard let value = values[name], value.value != .none else { return nil }
    return value
  }

  func given(_ name: String) -> Bool { value(name) != nil }

  private func required<Value>(_ value: Value?, _ name: String) throws(ScheduleError) -> Value {
    guard let value else { throw error("\(call.name) needs \(name)") }
    return value
  }

  private func misfit(_ name: String, _ wanted: String, _ found: PythonExpression) -> ScheduleError {
    error("\(call.name): \(name) must be \(wanted), not \(found.value.kind)", at: found.position)
  }

  // MARK: Numbers

  func real(_ name: String) throws(ScheduleError) -> Double { try required(try optionalReal(name), name) }

  func real(_ name: String, _ standard: Double) throws(ScheduleError) -> Double { try optionalReal(name) ?? standard }

  func optionalReal(_ name: String) throws(ScheduleError) -> Double? {
    guard let found = value(name) else { return nil }
    if case .list = found.value {
      throw error(
        "\(call.name): \(name) is a list, one value per parameter group; give the one value to be read",
        at: found.position)
    }
    return try real(found, name)
  }

  /// A number in a list or a dictionary.
  func real(_ found: PythonExpression, _ name: String) throws(ScheduleError) -> Double {
    guard let number = found.value.number else { throw misfit(name, "a number", found) }
    return number
  }

  func whole(_ name: String) throws(ScheduleError) -> Int { try required(try optionalWhole(name), name) }

  func whole(_ name: String, _ standard: Int) throws(ScheduleError) -> Int { try optionalWhole(name) ?? standard }

  func optionalWhole(_ name: String) throws(ScheduleError) -> Int? {
    guard let found = value(name) else { return nil }
    return try whole(found, name)
  }

  /// A whole number in a list or a dictionary; 100.0 is one.
  func whole(_ found: PythonExpression, _ name: String) throws(ScheduleError) -> Int {
    guard let number = found.value.number, abs(number) < 0x1p53, let whole = Int(exactly: number) else {
      throw misfit(name, "a whole number", found)
    }
    return whole
  }

  /// A whole number of at least `least`.
  func whole(_ name: String, _ standard: Int? = nil, atLeast least: Int) throws(ScheduleError) -> Int {
    let number = try required(try optionalWhole(name) ?? standard, name)
    guard number >= least else {
      throw error("\(call.name): \(name) must be \(least) or more, not \(number)", at: place(name))
    }
    return number
  }

  // MARK: The rest

  func flag(_ name: String, _ standard: Bool) throws(ScheduleError) -> Bool {
    guard let found = value(name) else { return standard }
    guard case .flag(let flag) = found.value else { throw misfit(name, "True or False", found) }
    return flag
  }

  /// One of `choices`.
  func choice(_ name: String, _ standard: String, of choices: [String]) throws(ScheduleError) -> String {
    guard let found = value(name) else { return standard }
    guard case .text(let text) = found.value else { throw misfit(name, "a string", found) }
    guard choices.contains(text) else {
      throw error(
        "\(call.name): \(name) must be one of \(choices.joined(separator: ", ")), not '\(text)'", at: found.position,
        suggestion: nearestName(to: text, among: choices))
    }
    return text
  }

  func list(_ name: String) throws(ScheduleError) -> [PythonExpression] {
    guard let found = value(name) else { throw error("\(call.name) needs \(name)") }
    guard case .list(let elements) = found.value else { throw misfit(name, "a list", found) }
    return elements
  }

  func wholes(_ name: String) throws(ScheduleError) -> [Int] {
    var numbers: [Int] = []
    for element in try list(name) { numbers.append(try whole(element, name)) }
    return numbers
  }

  func reals(_ name: String) throws(ScheduleError) -> [Double] {
    var numbers: [Double] = []
    for element in try list(name) { numbers.append(try real(element, name)) }
    return numbers
  }

  /// `{30: 0.5, 70: 0.2}`, sorted by key.
  func scales(_ name: String) throws(ScheduleError) -> [(boundary: Int, scale: Double)] {
    guard let found = value(name) else { return [] }
    guard case .dictionary(let entries) = found.value else { throw misfit(name, "a dictionary {step: scale}", found) }
    var scales: [Int: Double] = [:]
    for entry in entries { scales[try whole(entry.key, name)] = try real(entry.value, name) }
    return scales.sorted { $0.key < $1.key }.map { (boundary: $0.key, scale: $0.value) }
  }
}
