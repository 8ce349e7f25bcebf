public import DescentCore
public import DescentOptimizers
public import DescentSchedules
internal import DescentSpecs

/// A plan's groups as an optimizer knows them, and what each step asks for them.
public struct PlannedSteps: Sendable, Hashable {
  public let plan: ResolvedPlan

  /// A group that some steps ask something for.
  private struct Driven: Sendable, Hashable {
    var index: Int
    /// Whether its rate is another than the main group's.
    var hasOwnRate: Bool
    var settings: [Varying]
  }

  private struct Varying: Sendable, Hashable {
    var index: Int
    var hyperparameter: Hyperparameter
  }

  private let driven: [Driven]

  /// - Throws: `ScheduleError` for a hyper-parameter that no step can drive.
  public init(_ plan: ResolvedPlan) throws(ScheduleError) {
    self.plan = plan
    var driven: [Driven] = []
    for (index, group) in plan.groups.enumerated() {
      var varying: [Varying] = []
      for (place, setting) in group.settings.enumerated() where !group.isConstant(setting: place) {
        varying.append(Varying(index: place, hyperparameter: try Self.hyperparameter(setting)))
      }
      let hasOwnRate = index > 0 && !group.hasSameRate(as: plan.main)
      if hasOwnRate || !varying.isEmpty {
        driven.append(Driven(index: index, hasOwnRate: hasOwnRate, settings: varying))
      }
    }
    self.driven = driven
  }

  private static func hyperparameter(_ name: String) throws(ScheduleError) -> Hyperparameter {
    if let known = Hyperparameter(rawValue: name) { return known }
    throw ScheduleError(
      "no step can drive \"\(name)\"; \(DescentSpecs.suggestion(for: name, among: Hyperparameter.allCases.map(\.rawValue)))"
    )
  }

  /// The groups of an optimizer for parameters of this layout, at the values of step 0; those that are as the optimizer
  /// itself are left out.
  ///
  /// - Parameter layout: the one whose trainable slices the plan was laid over.
  /// - Throws: `ScheduleError` for a hyper-parameter that no step can drive.
  public func parameterGroups(_ layout: ParameterLayout) throws(ScheduleError) -> [ParameterGroup] {
    var groups: [ParameterGroup] = []
    for (index, group) in plan.groups.enumerated() where index > 0 || !group.settings.isEmpty {
      var overrides: [Hyperparameter: Double] = [:]
      for (place, setting) in group.settings.enumerated() {
        overrides[try Self.hyperparameter(setting)] = group.value(ofSetting: place, at: 0)
      }
      var ranges: [Range<Int>] = []
      for parameter in group.parameters {
        let range = layout.trainable[parameter].range
        if let last = ranges.last, last.upperBound == range.lowerBound {
          ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
          ranges.append(range)
        }
      }
      groups.append(ParameterGroup(name: group.name, ranges: ranges, overrides: overrides))
    }
    return groups
  }

  /// The request of a step, every rate times `factor`.
  func fill(_ request: inout StepRequest, step: Int, factor: Double) {
    request.learningRate = plan.main.rate(at: step) * factor
    for group in driven {
      let planned = plan.groups[group.index]
      if group.hasOwnRate {
        request.groupOverrides[planned.name, default: [:]][.learningRate] = planned.rate(at: step) * factor
      }
      for setting in group.settings {
        request.groupOverrides[planned.name, default: [:]][setting.hyperparameter] = planned.value(
          ofSetting: setting.index, at: step)
      }
    }
  }

  /// The rates of groups whose rate is another than the main group's, by the names that a run's rows have them under.
  func rates(in request: StepRequest) -> [(name: String, value: Double)] {
    driven.compactMap { group in
      let name = plan.groups[group.index].name
      guard group.hasOwnRate, let rate = request.groupOverrides[name]?[.learningRate] else { return nil }
      return ("lr/" + name, rate)
    }
  }
}
