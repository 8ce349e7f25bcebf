import DescentSpecs

/// What is known beside the call itself, and the way from a call to its rates.
struct LibraryContext: Sendable {
  var text: String
  var library: Library
  var base: Double?
  var steps: Int?

  /// A call of the library: its name, its parameters in their order, and what it makes of them.
  struct Entry: Sendable {
    var name: String
    /// nil: any.
    var parameters: [String]?
    var ignored: [String] = []
    var make: @Sendable (CallArguments, LibraryContext) throws(ScheduleError) -> LibraryRates

    init(
      _ name: String, _ parameters: [String]?, ignoring ignored: [String] = [],
      make: @escaping @Sendable (CallArguments, LibraryContext) throws(ScheduleError) -> LibraryRates
    ) {
      self.name = name
      self.parameters = parameters
      self.ignored = ignored
      self.make = make
    }

    /// A known call that has no rates before the run, whatever its arguments.
    static func refused(_ name: String) -> Entry {
      Entry(name, nil) { arguments, context throws(ScheduleError) in
        throw context.followsLoss(name, at: arguments.position)
      }
    }
  }

  func rates(of call: PythonCall, at position: Int) throws(ScheduleError) -> LibraryRates {
    if library == .torch { return try TorchReader(self).rates(of: call, at: position) }
    guard let entry = table.first(where: { $0.name == call.name }) else {
      // pytorch_optimizer passes some of torch's schedulers on.
      if library == .pytorchOptimizer, TorchRule.parameters[call.name] != nil {
        return try TorchReader(self).rates(of: call, at: position)
      }
      throw unknown(call.name, among: table.map(\.name), at: position)
    }
    let known = entry.parameters == nil ? PythonCall(path: call.path, arguments: []) : call
    let arguments = try CallArguments(known, entry.parameters ?? [], ignoring: entry.ignored, in: text, at: position)
    return try entry.make(arguments, self)
  }

  /// The rates of an argument that is a schedule itself.
  func rates(of expression: PythonExpression, in outer: String) throws(ScheduleError) -> LibraryRates {
    guard case .call(let call) = expression.value else {
      throw error("\(outer) needs schedules, not \(expression.value.kind)", at: expression.position)
    }
    return try rates(of: call, at: expression.position)
  }

  private var table: [Entry] {
    switch library {
    case .torch: []
    case .transformers: TransformersCalls.table
    case .timm: TimmCalls.table
    case .optax: OptaxCalls.table
    case .keras: KerasCalls.table
    case .mlx: MLXCalls.table
    case .fastai: FastaiCalls.table
    case .pytorchOptimizer: PytorchOptimizerCalls.table
    }
  }

  /// `{'num_cycles': 3}` or `dict(num_cycles=3)`: labels and values.
  func labelled(_ expression: PythonExpression, _ name: String) throws(ScheduleError) -> [(String, PythonExpression)] {
    var labelled: [(String, PythonExpression)] = []
    switch expression.value {
    case .dictionary(let entries):
      for entry in entries {
        guard case .text(let label) = entry.key.value else {
          throw error("\(name): a key must be a string, not \(entry.key.value.kind)", at: entry.key.position)
        }
        labelled.append((label, entry.value))
      }
    case .call(let call) where call.path == "dict":
      for argument in call.arguments {
        guard let label = argument.label else {
          throw error("\(name): dict needs named arguments", at: argument.position)
        }
        labelled.append((label, argument.value))
      }
    default: throw error("\(name) must be a dictionary, not \(expression.value.kind)", at: expression.position)
    }
    return labelled
  }

  func error(_ message: String, at place: Int? = nil) -> ScheduleError { ScheduleError(message, in: text, at: place) }

  func unknown(_ name: String, among known: [String], at position: Int) -> ScheduleError {
    let nearest = nearestName(to: name, among: known)
    let list = nearest == nil ? "; there are: \(known.joined(separator: ", "))" : ""
    return ScheduleError(
      "\(library.rawValue) has no schedule \"\(name)\" that can be read here\(list)", in: text, at: position,
      suggestion: nearest)
  }

  /// The optimizer's own rate.
  func baseRate(_ call: String) throws(ScheduleError) -> Double {
    guard let base else {
      throw ScheduleError("\(call) changes the optimizer's own rate, which must be given: the base rate (--lr)")
    }
    return base
  }

  /// The refusal of what follows the loss.
  func followsLoss(_ call: String, at place: Int) -> ScheduleError {
    error("\(call) follows the loss of the run, so its rates cannot be known before it", at: place)
  }
}
