internal import DescentSpecs

/// The optimizer that a call of another library makes, as a specification of ours with the same steps.
///
/// ```swift
/// let theirs = try LibraryOptimizer(parsing: "AdamW(model.parameters(), 3e-4, betas=(0.9, 0.95))", of: .torch)
/// theirs.optimizer      // adamw(beta2: 0.95)
/// theirs.learningRate   // 3e-4
/// ```
///
/// The library's own defaults, names and order of arguments count; parameters or a model in the call are skipped. What is no
/// rule of ours is refused, never replaced by something near. Recorded paths of the libraries are in the tests.
public struct LibraryOptimizer: Sendable {
  public let library: OptimizerLibrary
  /// The call as it was read.
  public let call: String
  /// Our rule with the same steps.
  public let optimizer: OptimizerSpec
  /// The call's rate, in the library's meaning: 1 for rules that find their own.
  public let learningRate: Double
  /// What to know about the path: in which way, and how far, the library's own numbers differ.
  public let notes: [String]

  /// Reads `call`.
  ///
  /// - Parameters:
  ///   - call: a call of `library`, as in `SGD(model.parameters(), lr=0.1, momentum=0.9)`.
  ///   - library: whose call it is.
  /// - Throws: `SpecError` with the place, for text that does not read, an optimizer or argument the library does not have
  ///   (with the nearest name), a value out of range, and whatever no rule of ours follows (with the reason).
  public init(parsing call: String, of library: OptimizerLibrary) throws {
    let (read, position) = try PythonReader.call(in: call, suchAs: library.example)
    let context = LibraryOptimizerContext(text: call, library: library)
    let result = try context.reading(of: read, at: position)
    self.library = library
    self.call = call
    optimizer = result.optimizer
    learningRate = result.rate
    notes = result.notes
  }
}

extension OptimizerLibrary {
  /// A call that reads, for help and complaints.
  public var example: String {
    switch self {
    case .torch, .timm: "AdamW(model.parameters(), lr=1e-3)"
    case .optax: "adamw(1e-3)"
    case .keras: "AdamW(learning_rate=1e-3)"
    case .transformers: "Adafactor(model.parameters())"
    case .mlx: "AdamW(learning_rate=1e-3)"
    case .schedulefree: "AdamWScheduleFree(model.parameters(), lr=0.0025)"
    case .prodigyopt: "Prodigy(model.parameters())"
    case .dadaptation: "DAdaptAdam(model.parameters())"
    case .pytorchOptimizer: "Lion(model.parameters(), lr=1e-4)"
    case .lionPytorch: "Lion(model.parameters(), lr=1e-4)"
    }
  }
}

/// The text and the library, for calls inside calls.
struct LibraryOptimizerContext: Sendable {
  var text: String
  var library: OptimizerLibrary

  struct Result: Sendable {
    var optimizer: OptimizerSpec
    var rate: Double
    var notes: [String]
  }

  func reading(of call: PythonCall, at position: Int) throws(SpecError) -> Result {
    if library == .timm, TimmNames.factories.contains(call.name) {
      return try TimmNames.reading(of: call, at: position, in: self)
    }
    let table = library.table
    guard let rule = table.first(where: { $0.name == call.name }) else {
      throw unknown(call.name, among: table.map(\.name), at: position)
    }
    return try reading(of: call, by: rule, at: position)
  }

  func reading(of call: PythonCall, by rule: LibraryRule, at position: Int) throws(SpecError) -> Result {
    var arguments = try LibraryArguments(call, of: rule, in: self, at: position)
    let template = try rule.reading(&arguments)
    let rate = try rule.rate.map { name throws(SpecError) in try arguments.rate(name) }
    let text = try arguments.filled(template)
    try arguments.refuseWhatIsLeft()
    do {
      return Result(
        optimizer: try OptimizerSpec(parsing: text), rate: rate ?? arguments.outerRate ?? arguments.innerRate ?? 1,
        notes: arguments.notes)
    } catch let error as SpecError {
      throw SpecError("\(call.name) reads as \(text), but \(error.message)", in: self.text, at: position)
    } catch {
      throw SpecError("\(call.name) reads as \(text), which is no optimizer of ours", in: self.text, at: position)
    }
  }

  func unknown(_ name: String, among known: [String], at position: Int) -> SpecError {
    SpecError(
      "\(library.rawValue) has no optimizer \"\(name)\" that can be read here; \(suggestion(for: name, among: known))",
      in: text, at: position)
  }
}
