internal import DescentCore
internal import DescentSpecs

/// A rule that turns gradients into parameter updates, as a value: hyper-parameters only.
///
/// What a rule remembers between steps lies outside it, in named arrays that an ``Optimizer`` owns. There are two kinds,
/// and a rule conforms to one of them:
///
/// - ``SliceRule`` works on one stretch of the vector at a time: element-wise rules, and tensor-wise ones
///   (``Granularity/tensors``), which are told the tensor's shape.
/// - ``VectorRule`` works on the whole vector: global numbers, further evaluations of the loss, and wrappers
///   (``WrapperRule``) around another rule.
///
/// A new rule is one file and one line in the registry: see the page on adding an update rule.
public protocol UpdateRule: Sendable, Hashable, Codable {
  /// The settings a specification, a parameter group or a step may change; one table drives them all.
  static var settings: [Setting<Self>] { get }

  /// Every array the rule can keep of a tensor, in an order that no setting changes.
  var states: [RuleState] { get }

  /// What it needs of the step besides the gradient.
  var needs: StepNeeds { get }

  /// The name in specifications: `sgd`, `adamw`, ….
  var name: String { get }

  /// The rate to start from when none is given.
  var defaultLearningRate: Double { get }

  /// What the learning rate is to the rule (default: a step size).
  var rateMeaning: RateMeaning { get }

  /// What is wrong with these settings together, each being within its own range; nil if nothing is.
  var conflict: String? { get }

  /// The rule as one of the kinds; never written by a rule itself.
  var kind: RuleKind { get }

  /// The largest eigenvalue of P⁻¹·H (of H, where the rule rescales nothing) for which a step with rate η is stable
  /// on a quadratic.
  func stabilityThreshold(learningRate: Double) -> Double

  /// The diagonal P of the state after `step` steps, so that the rule acts on P⁻¹·g; nil if it rescales nothing.
  ///
  /// - Parameters:
  ///   - step: steps made so far.
  ///   - state: the values of an array of ``states`` by its index, for one stretch of the vector.
  func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]?

  /// The same at the live state of one tensor, for rules whose P depends on its shape or on numbers over the whole vector;
  /// one value where it is the same for all of the tensor (default: what ``preconditioner(step:state:)`` says).
  func preconditioner(_ view: RateView) -> [Double]?

  /// What multiplies the gradient at the live state of one tensor: see ``EffectiveRate`` for the definition.
  func effectiveRate(_ view: RateView) -> RateMultiplier
}

extension UpdateRule {
  public var states: [RuleState] { [] }
  public var needs: StepNeeds { [] }
  public var conflict: String? { nil }
  public var rateMeaning: RateMeaning { .stepSize }
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? { nil }

  public func preconditioner(_ view: RateView) -> [Double]? { preconditioner(step: view.step, state: view.state) }

  /// P from the effective rate e = η·gain/P.
  ///
  /// - Parameter gain: what the averages of gradients have gathered of one that stands still.
  func diagonal(_ view: RateView, gain: Double) -> [Double] {
    effectiveRate(view).values.map { view.rate * gain / $0 }
  }

  /// η/P, or η where the rule rescales nothing.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    guard let diagonal = preconditioner(step: view.step, state: view.state) else { return RateMultiplier(view.rate) }
    return RateMultiplier(elements: diagonal.map { view.rate / $0 })
  }
}

/// A rule by its kind.
public enum RuleKind: Sendable {
  case slice(any SliceRule)
  case vector(any VectorRule)
}

/// How the vector is cut for a ``SliceRule``.
public enum Granularity: Sendable {
  /// Anywhere: the rule treats each element by itself, and stretches are as long as settings allow.
  case elements
  /// By tensor: the rule needs to know which elements belong together.
  case tensors
}

/// A rule that updates one stretch of the vector at a time.
///
/// One generic `func update<S: UpdateScalar>(_ slice: UpdateSlice<S>)` serves for both updates; a hot rule has a fused
/// kernel for Float instead, and the formula for Double as its oracle.
public protocol SliceRule: UpdateRule {
  /// How the vector is cut (default: ``Granularity/elements``).
  static var granularity: Granularity { get }

  /// Elements of scratch memory for one tensor, beside the arrays it keeps (default 0).
  func scratchCount(for tensor: TensorShape) -> Int

  /// One step in double precision.
  func update(_ slice: UpdateSlice<Double>)

  /// One step in single precision.
  func update(_ slice: UpdateSlice<Float>)
}

extension SliceRule {
  public static var granularity: Granularity { .elements }
  public func scratchCount(for tensor: TensorShape) -> Int { 0 }
  public var kind: RuleKind { .slice(self) }
}

/// A ``SliceRule`` whose parameters to evaluate and to keep are not those being trained, as in Schedule-Free.
public protocol EvaluatedSliceRule: SliceRule {
  /// Writes the parameters to evaluate into `view`, which begins where the slice does; changes nothing else.
  func writeEvaluationView(of slice: UpdateSlice<Double>, to view: UnsafeMutablePointer<Double>)

  /// The same in single precision.
  func writeEvaluationView(of slice: UpdateSlice<Float>, to view: UnsafeMutablePointer<Float>)
}

/// A rule that updates the whole vector at once: with numbers over all of it, in several passes, or by evaluating again.
///
/// One generic `func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError)` serves for both updates.
public protocol VectorRule: UpdateRule {
  /// Every number the rule keeps of the whole vector, in an order that no setting changes (default: none).
  var scalars: [RuleScalar] { get }

  /// How the slices it walks over are cut (default: ``Granularity/elements``).
  static var granularity: Granularity { get }

  /// Vectors of scratch memory, each as long as the parameters (default 0).
  var scratchVectors: Int { get }

  /// Which of `scalars` is the rate that the rule found itself and used in the last step; nil if it finds none.
  static var foundRate: Int? { get }

  /// One step in double precision.
  func update(_ step: VectorStep<Double>) throws(OptimizerError)

  /// One step in single precision.
  func update(_ step: VectorStep<Float>) throws(OptimizerError)
}

extension VectorRule {
  public static var granularity: Granularity { .elements }
  public var scalars: [RuleScalar] { [] }
  public var scratchVectors: Int { 0 }
  public static var foundRate: Int? { nil }
  public var kind: RuleKind { .vector(self) }
}

/// A ``VectorRule`` whose parameters to evaluate and to keep are not those being trained.
public protocol EvaluatedVectorRule: VectorRule {
  /// Writes the parameters to evaluate into `view`; changes nothing else.
  func writeEvaluationView(of step: VectorStep<Double>, to view: UnsafeMutablePointer<Double>)

  /// The same in single precision.
  func writeEvaluationView(of step: VectorStep<Float>, to view: UnsafeMutablePointer<Float>)
}

/// A rule around another: it calls ``VectorStep/runInner(gradient:rateFactor:)`` and does something before or after.
///
/// In a specification the inner rule stands first: `lookahead(adam(beta1: 0.95), k: 5)`. Settings that the wrapper does
/// not have are the inner rule's.
public protocol WrapperRule: VectorRule {
  var inner: OptimizerSpec { get set }

  /// The rule that is really run inside: the inner one unless the wrapper changes its settings; nil where the wrapper
  /// does the inner rule's work itself, with arrays of its own.
  var running: OptimizerSpec? { get }

  /// The inner rule's multipliers as they reach the parameters through this one (default: unchanged).
  func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier
}

extension WrapperRule {
  public var running: OptimizerSpec? { inner }
  public var defaultLearningRate: Double { inner.defaultLearningRate }
  public var rateMeaning: RateMeaning { inner.rateMeaning }

  /// The inner rule's at the rate asked for. Wrappers that go part of the way (Lookahead) may stand a little more, and
  /// those that find a rate themselves stand what their inner rule stands at the rate found.
  public func stabilityThreshold(learningRate: Double) -> Double {
    inner.stabilityThreshold(learningRate: learningRate)
  }

  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier { rate }
}

extension UpdateRule {
  /// What this rule wraps, if it is a wrapper.
  var wrapped: (any UpdateRule)? { (self as? any WrapperRule)?.inner.rule }

  /// What runs inside this rule, if it is a wrapper that lets its inner rule run.
  var running: (any UpdateRule)? { (self as? any WrapperRule)?.running?.rule }

  var granularity: Granularity {
    switch kind {
    case .slice(let rule): type(of: rule).granularity
    case .vector(let rule): type(of: rule).granularity
    }
  }

  /// This rule with some settings replaced; those a wrapper does not have go to what it wraps.
  ///
  /// - Throws: ``OptimizerError`` for a setting the rule does not have or a value outside its range.
  func applying(_ overrides: [Hyperparameter: Double]) throws(OptimizerError) -> Self {
    var copy = self
    var passedOn: [Hyperparameter: Double] = [:]
    // In the table's order, so that the first complaint does not depend on a dictionary's order.
    for hyperparameter in Hyperparameter.allCases {
      guard let value = overrides[hyperparameter] else { continue }
      // A choice of a wrapper may share its name with a number of the rule inside, as Lookahead's `momentum` does.
      let setting = Self.settings.first { $0.name == hyperparameter.rawValue && !(wrapped != nil && $0.isChoice) }
      guard let setting else {
        passedOn[hyperparameter] = value
        guard wrapped == nil else { continue }
        throw OptimizerError(
          "\(name) has no setting \"\(hyperparameter.rawValue)\"; "
            + suggestion(for: hyperparameter.rawValue, among: Self.settings.map(\.name)))
      }
      if let problem = setting.set(value, in: &copy) { throw OptimizerError("\(name): \(problem).") }
    }
    if let wrapped, !passedOn.isEmpty { copy.rewrap(OptimizerSpec(try wrapped.applying(passedOn))) }
    if let conflict = copy.conflict { throw OptimizerError("\(name): \(conflict).") }
    return copy
  }

  /// Puts another rule inside a wrapper; does nothing to others.
  mutating func rewrap(_ inner: OptimizerSpec) {
    guard var wrapper = self as? any WrapperRule else { return }
    wrapper.inner = inner
    if let changed = wrapper as? Self { self = changed }
  }
}

/// A setting, group or state that does not fit an optimizer: one sentence with what is wrong and what would be right.
public struct OptimizerError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
