internal import DescentSpecs

/// A Python signature: `params, lr=1e-3, betas=(0.9, 0.999), *, maximize=False`.
struct LibrarySignature {
  /// What libraries call the parameters to be optimized, or what holds them.
  static let parameterNames = ["params", "model", "model_or_params"]

  /// In their order; without a value an argument must be given, except the parameters.
  private(set) var parameters: [(name: String, value: PythonExpression?)] = []
  /// How many may be given without their names.
  private(set) var positional = 0

  init(_ text: String) throws(SpecError) {
    var parts = [text[...]]
    if let star = text.firstRange(of: "*, ") { parts = [text[..<star.lowerBound], text[star.upperBound...]] }
    for (index, part) in parts.enumerated() {
      let call = try PythonReader.call(in: "f(\(part))", suchAs: "f(a, b=1)").call
      for argument in call.arguments {
        if let label = argument.label {
          parameters.append((label, argument.value))
        } else if case .name(let name) = argument.value.value {
          parameters.append((name, nil))
        }
      }
      if index == 0 { positional = parameters.count }
    }
  }
}

extension StringProtocol {
  fileprivate func firstRange(of pattern: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(pattern) { return start..<index(start, offsetBy: pattern.count) }
      start = index(after: start)
    }
    return nil
  }
}
