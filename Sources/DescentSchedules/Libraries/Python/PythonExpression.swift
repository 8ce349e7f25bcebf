/// A Python expression that needs no Python to be understood, and where it stands in the text.
struct PythonExpression: Sendable, Hashable {
  var value: PythonValue
  /// Characters from the start of the text.
  var position: Int
}

/// Literals, containers of them, names and calls. Arithmetic is worked out while reading.
indirect enum PythonValue: Sendable, Hashable {
  case integer(Int)
  case real(Double)
  case text(String)
  case flag(Bool)
  case none
  /// A list or a tuple.
  case list([PythonExpression])
  case dictionary([PythonEntry])
  /// A name, dotted or not, whose value is not known: `optimizer`, `self.optimizer`.
  case name(String)
  case call(PythonCall)
}

/// `key: value` of a dictionary.
struct PythonEntry: Sendable, Hashable {
  var key: PythonExpression
  var value: PythonExpression
}

/// `torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)`.
struct PythonCall: Sendable, Hashable {
  /// As written, dots included.
  var path: String
  var arguments: [PythonArgument]

  /// The part after the last dot.
  var name: String { path.split(separator: ".").last.map(String.init) ?? path }
}

/// One argument of a call; positional without a label.
struct PythonArgument: Sendable, Hashable {
  var label: String?
  var value: PythonExpression
  /// Where the argument begins, its label included.
  var position: Int
}

extension PythonValue {
  /// What it is, for a complaint.
  var kind: String {
    switch self {
    case .integer(let n): "\(n)"
    case .real(let x): DescentSchedules.number(x)
    case .text(let text): "the string '\(text)'"
    case .flag(let flag): flag ? "True" : "False"
    case .none: "None"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .name(let name): "the name \(name), whose value is not known here"
    case .call(let call): "the call \(call.path)(…)"
    }
  }

  /// As a number; nil if it is none.
  var number: Double? {
    switch self {
    case .integer(let n): Double(n)
    case .real(let x): x
    default: nil
    }
  }
}
