internal import DescentCore
internal import DescentSpecs

/// A rule that turns gradients into parameter updates, as a value: hyper-parameters only.
///
/// What a rule remembers between steps lies outside it, in named flat vectors (its state slices) that an ``Optimizer``
/// owns. The Double update is written as the formula reads and is the oracle; the Float update runs a fused kernel.
///
/// A new rule is one file: the struct with its formula and source, its table of ``Setting``s, the two updates, and
/// its stability threshold; then one line in ``OptimizerSpec/presets``.
public protocol UpdateRule: Sendable, Hashable, Codable {
  /// The settings a specification, a parameter group or a step may change; one table drives them all.
  static var settings: [Setting<Self>] { get }

  /// Names of every state slice the rule can have, by the names PyTorch uses.
  static var stateNames: [String] { get }

  /// The name in specifications: `sgd`, `adamw`, ….
  var name: String { get }

  /// The rate to start from when none is given.
  var defaultLearningRate: Double { get }

  /// True if slice `index` of ``stateNames`` is needed with these settings.
  func uses(state index: Int) -> Bool

  /// What slice `index` holds before the first step.
  func initialValue(ofState index: Int) -> Double

  /// What is wrong with these settings together, each being within its own range; nil if nothing is.
  var conflict: String? { get }

  /// One step in double precision, as the formula reads.
  func update(_ slice: UpdateSlice<Double>)

  /// One step in single precision by the fused kernel.
  func update(_ slice: UpdateSlice<Float>)

  /// The largest eigenvalue of P⁻¹·H (of H, where the rule rescales nothing) for which a step with rate η is stable
  /// on a quadratic.
  func stabilityThreshold(learningRate: Double) -> Double

  /// The diagonal P of the state after `step` steps, so that the rule acts on P⁻¹·g; nil if it rescales nothing.
  ///
  /// - Parameters:
  ///   - step: steps made so far.
  ///   - state: the values of a slice by its index in ``stateNames``.
  func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]?
}

extension UpdateRule {
  public func uses(state index: Int) -> Bool { true }
  public func initialValue(ofState index: Int) -> Double { 0 }
  public var conflict: String? { nil }
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? { nil }
}

extension UpdateRule {
  /// This rule with some settings replaced.
  ///
  /// - Throws: ``OptimizerError`` for a setting the rule does not have or a value outside its range.
  func applying(_ overrides: [Hyperparameter: Double]) throws(OptimizerError) -> Self {
    var copy = self
    // In the table's order, so that the first complaint does not depend on a dictionary's order.
    for hyperparameter in Hyperparameter.allCases {
      guard let value = overrides[hyperparameter] else { continue }
      guard let setting = Self.settings.first(where: { $0.name == hyperparameter.rawValue }) else {
        throw OptimizerError(
          "\(name) has no setting \"\(hyperparameter.rawValue)\"; "
            + suggestion(for: hyperparameter.rawValue, among: Self.settings.map(\.name)))
      }
      if let problem = setting.set(value, in: &copy) { throw OptimizerError("\(name): \(problem).") }
    }
    if let conflict = copy.conflict { throw OptimizerError("\(name): \(conflict).") }
    return copy
  }
}

/// A setting, group or state that does not fit an optimizer: one sentence with what is wrong and what would be right.
public struct OptimizerError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
