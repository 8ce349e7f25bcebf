/// A Python expression that needs no Python to be understood, and where it stands in the text.
package struct PythonExpression: Sendable, Hashable {
  package var value: PythonValue
  /// Characters from the start of the text.
  package var position: Int

  package init(value: PythonValue, position: Int) {
    self.value = value
    self.position = position
  }
}

/// Literals, containers of them, names and calls. Arithmetic is worked out while reading.
package indirect enum PythonValue: Sendable, Hashable {
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
package struct PythonEntry: Sendable, Hashable {
  package var key: PythonExpression
  package var value: PythonExpression
}

/// `torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)`.
package struct PythonCall: Sendable, Hashable {
  /// As written, dots included.
  package var path: String
  package var arguments: [PythonArgument]

  package init(path: String, arguments: [PythonArgument]) {
    self.path = path
    self.arguments = arguments
  }

  /// The part after the last dot.
  package var name: String { path.split(separator: ".").last.map(String.init) ?? path }
}

/// One argument of a call; positional without a label.
package struct PythonArgument: Sendable, Hashable {
  package var label: String?
  package var value: PythonExpression
  /// Where the argument begins, its label included.
  package var position: Int

  package init(label: String?, value: PythonExpression, position: Int) {
    self.label = label
    self.value = value
    self.position = position
  }
}

extension PythonValue {
  /// What it is, for a complaint.
  package var kind: String {
    switch self {
    case .integer(let n): "\(n)"
    case .real(let x): shortest(x)
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
  package var number: Double? {
    switch self {
    case .integer(let n): Double(n)
    case .real(let x): x
    default: nil
    }
  }
}

/// The shortest text that reads back as the same number, without a needless ".0".
func shortest(_ x: Double) -> String {
  let text = "\(x)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
