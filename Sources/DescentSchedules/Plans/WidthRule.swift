/// How the rates that were found with a narrow model carry over to a wider one: the maximal update parametrisation
/// (muP; Yang et al. 2022, arXiv:2203.03466, tables 3 and 8).
///
/// Dimensions in which the two models differ grow with the width. Of a parameter with two or more dimensions the last
/// but one counts inputs (fan-in) and the last outputs, as in `[in, out]`.
public struct WidthRule: Sendable, Hashable {
  /// What family the optimizer belongs to.
  public enum Family: String, Sendable, Hashable, CaseIterable {
    /// The update's size does not depend on the gradient's: Adam, RMSprop, Lion, ….
    case adam
    /// The update is proportional to the gradient.
    case sgd
  }

  /// Where the output layer's share of the rule goes.
  public enum Form: String, Sendable, Hashable, CaseIterable {
    /// Into its rate and initial scale; the model's function stays as it is (table 3).
    case plain
    /// Into a multiplier on its output, which the model must apply (table 8; the `mup` package).
    case multiplier
  }

  /// What a parameter is to the width.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// No dimension grows.
    case fixed
    /// A vector that grows, or a matrix whose outputs grow and inputs do not: biases, norms, input layers, embeddings.
    case input
    /// Inputs and outputs grow.
    case hidden
    /// Inputs grow and outputs do not.
    case output
  }

  /// What the rule says of one parameter, relative to the narrow model.
  public struct Factors: Sendable, Hashable {
    public var kind: Kind
    /// On the rate.
    public var rate: Double
    /// On the standard deviation of the initial values, where that is the narrow model's 1/√fan-in law.
    public var initialScale: Double
    /// On the parameter's product with its input; 1 unless the form is `multiplier` and the kind `output`.
    public var multiplier: Double
  }

  public var family: Family
  public var form: Form

  public init(_ family: Family, form: Form = .plain) {
    self.family = family
    self.form = form
  }

  /// The factors of a parameter of `shape` whose narrow model's counterpart has the shape `base`.
  ///
  /// - Throws: ``ScheduleError`` if the two have different numbers of dimensions.
  public func factors(shape: [Int], base: [Int]) throws(ScheduleError) -> Factors {
    guard shape.count == base.count, (shape + base).allSatisfy({ $0 > 0 }) else {
      throw ScheduleError("a parameter of shape \(shape) has no narrow counterpart of shape \(base)")
    }
    let outs = Self.ratio(shape, base, from: 1)
    let ins = shape.count > 1 ? Self.ratio(shape, base, from: 2) : 1
    var factors = Factors(kind: .fixed, rate: 1, initialScale: 1, multiplier: 1)
    switch (ins != 1, outs != 1) {
    case (false, false): break
    case (false, true):
      factors.kind = .input
      if family == .sgd { factors.rate = outs }
    case (true, true):
      factors.kind = .hidden
      factors.rate = family == .adam ? 1 / ins : outs / ins
    case (true, false):
      factors.kind = .output
      switch form {
      case .plain:
        factors.rate = 1 / ins
        factors.initialScale = 1 / ins.squareRoot()
      case .multiplier:
        factors.rate = family == .adam ? 1 : ins
        factors.initialScale = ins.squareRoot()
        factors.multiplier = 1 / ins
      }
    }
    return factors
  }

  private static func ratio(_ shape: [Int], _ base: [Int], from end: Int) -> Double {
    shape.count < end ? 1 : Double(shape[shape.count - end]) / Double(base[base.count - end])
  }

  /// The rule as a plan: a factor on the rate of every parameter whose rate changes, by its name.
  ///
  /// - Parameters:
  ///   - parameters: of the model to be trained.
  ///   - base: of the narrow model, with the same names.
  /// - Throws: ``ScheduleError`` if a name or its number of dimensions has no counterpart.
  public func plan(_ parameters: [PlanParameter], base: [PlanParameter]) throws(ScheduleError) -> Plan {
    var rules: [Plan.Rule] = []
    for parameter in parameters {
      guard let narrow = base.first(where: { $0.name == parameter.name }) else {
        throw ScheduleError(
          "the narrow model has no parameter \"\(parameter.name)\"; it must differ in its widths alone")
      }
      let factors: Factors
      do {
        factors = try self.factors(shape: parameter.shape, base: narrow.shape)
      } catch {
        throw ScheduleError("\(parameter.name): \(error.message)")
      }
      guard factors.rate != 1 else { continue }
      rules.append(Plan.Rule(try ParameterPattern(parameter.name), Plan.rate, .factor(factors.rate)))
    }
    return Plan(rules)
  }
}
