internal import DescentSpecs

/// A call of a library: its signature as the library has it, and what our specification of the same steps is.
struct LibraryRule: Sendable {
  typealias Reading = @Sendable (inout LibraryArguments) throws(SpecError) -> String

  var name: String
  /// The parameters with their defaults in Python, `*` before those that need their names:
  /// `params, lr=1e-3, *, maximize=False`. Nil for a call that is refused whatever its arguments.
  var signature: String?
  /// Parameters that change nothing in the path.
  var idle: [String]
  /// The parameter that is the learning rate; nil for a rule without one, run at 1.
  var rate: String?
  /// Gives a template of a specification: in `adam(beta1: {betas.0}, epsilon: {eps})` every name in braces is a parameter
  /// of the call, with the place in it after a point.
  var reading: Reading

  /// Parameters that are about speed and memory, whatever the library.
  private static let alwaysIdle = [
    "foreach", "fused", "capturable", "differentiable", "name", "mu_dtype", "state_dtype", "accumulator_dtype",
    "use_triton", "log_every", "fsdp_in_use", "verbose",
  ]

  init(
    _ name: String, _ signature: String, rate: String? = "lr", idle: [String] = [], reading: @escaping Reading
  ) {
    self.name = name
    self.signature = signature
    self.rate = rate
    self.idle = idle + Self.alwaysIdle
    self.reading = reading
  }

  /// A call whose specification has the same form whatever the arguments.
  init(
    _ name: String, _ signature: String, rate: String? = "lr", idle: [String] = [], _ template: String,
    note: String? = nil
  ) {
    self.init(name, signature, rate: rate, idle: idle) { arguments in
      if let note { arguments.notes.append(note) }
      return template
    }
  }

  /// A known optimizer that has no counterpart among our rules.
  static func refused(_ name: String, _ reason: String) -> LibraryRule {
    var rule = LibraryRule(name, "") { arguments throws(SpecError) in
      throw arguments.error("\(name) cannot be followed: \(reason)", at: nil)
    }
    rule.signature = nil
    return rule
  }
}
