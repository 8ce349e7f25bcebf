import DescentCore
import DescentOptimizers
import Foundation
import Testing

/// Thirty steps of every rule beside the reference implementations' (Scripts/fixtures/optimizer_trajectories_parity.py).
@Suite struct TrajectoryTests {
  /// Cases whose references we do not follow, and why.
  static let notFollowed: [String: String] = [
    "amsgrad-optax": "Optax takes the maximum of the corrected averages, PyTorch that of the averages themselves",
    "adopt-po": "pytorch-optimizer counts the clipping limit's steps from the set-up step",
    "rprop-optax": "Optax' step sizes follow one call late",
    "lamb-po": "pytorch-optimizer bounds the norm of parameters by 10 and corrects only the first average",
    "sm3": "not among our rules",
    "sm3-plain": "not among our rules",
    "sm3-po": "not among our rules",
    "ftrl": "not among our rules",
    "amos": "not among our rules",
    "srmm": "not among our rules",
    "spam": "not among our rules",
  ]

  struct Named: Sendable, CustomTestStringConvertible {
    var family: String
    var entry: TrajectoryCase
    var testDescription: String { "\(family)/\(entry.id): \(entry.spec)" }
  }

  /// The cases that our specifications can name.
  static let cases: [Named] = TrajectoryFamily.names.flatMap { name in
    (TrajectoryFamily.all[name]?.cases ?? []).map { Named(family: name, entry: $0) }
  }.filter { notFollowed[$0.entry.id] == nil && (try? OptimizerSpec(parsing: $0.entry.spec)) != nil }

  @Test func `every file is there`() {
    #expect(TrajectoryFamily.all.count == TrajectoryFamily.names.count)
    #expect(TrajectoryConstants.all.count == 4)
    #expect(Self.cases.count >= 45)
  }

  @Test(arguments: TrajectoryFamily.names)
  func `no other rule is missing`(_ name: String) throws {
    for entry in try #require(TrajectoryFamily.all[name]).cases where Self.notFollowed[entry.id] == nil {
      #expect(throws: Never.self, "\(entry.id)") { try OptimizerSpec(parsing: entry.spec) }
    }
  }

  @Test(arguments: cases)
  func `Double follows the reference`(_ named: Named) throws {
    for run in named.entry.runs {
      let found = try Trajectory<Double>(named, run, until: 30)
      let limit = run.tolerance ?? named.entry.tolerance
      let worst = found.worst(from: named.expected(run)?.path ?? [:], floor: 1e-3)
      #expect(worst <= limit, "\(run.problem)")
      if let averaged = run.averaged {
        let worst = found.worst(from: averaged, floor: 1e-3, evaluated: true)
        #expect(worst <= limit, "\(run.problem), parameters to evaluate")
      }
    }
  }

  @Test(arguments: cases)
  func `Float follows the reference in Float`(_ named: Named) throws {
    for run in named.entry.runs {
      guard let reference = named.expected(run), let expected = reference.path32, let gap = reference.gap32 else {
        continue
      }
      let worst = try Trajectory<Float>(named, run, until: 30).worst(from: expected, floor: 0.1)
      // No nearer to the reference's rounding than that is to exact arithmetic, or than rounding of this size carries;
      // factorisations round by their algorithms.
      let rounding = 0x1p29 * (reference.sensitivity ?? 0)
      let slack = named.entry.tolerance > 1e-10 ? 16.0 : 4
      #expect(worst <= max(1e-5, slack * gap, rounding), "\(run.problem)")
    }
  }
}

extension TrajectoryTests.Named {
  /// The run with the points: that of another case where both went the same way.
  func expected(_ run: TrajectoryCase.Run) -> TrajectoryCase.Run? {
    guard let other = entry.sameAs else { return run }
    return TrajectoryFamily.all[family]?.cases.first { $0.id == other }?.runs.first { $0.problem == run.problem }
  }
}

/// What our optimizer does on a run's problem.
struct Trajectory<Scalar: UpdateScalar> {
  /// Parameters after each step, and those to evaluate.
  private(set) var path: [[Double]] = []
  private(set) var evaluated: [[Double]] = []

  init(_ named: TrajectoryTests.Named, _ run: TrajectoryCase.Run, until steps: Int) throws {
    var spec = try OptimizerSpec(parsing: named.entry.spec)
    // The references' casts to bfloat16 are taken out.
    if var muon = spec.rule as? Muon {
      muon.products = .full
      spec = OptimizerSpec(muon)
    }
    try self.init(
      spec, on: run.problem, groups: named.entry.groups ?? [], until: steps,
      rate: { run.rate(at: $0) })
  }

  init(
    _ spec: OptimizerSpec, on name: String, groups: [TrajectoryCase.Group] = [], until steps: Int,
    rate: (Int) -> Double
  ) throws {
    let problem = try #require(TrajectoryConstants.all[name].flatMap { TrajectoryProblem<Scalar>($0) })
    var p = problem.start
    var optimizer = try Optimizer<Scalar>(
      spec, layout: problem.layout, groups: Self.groups(groups, problem.layout))
    for step in 0..<steps {
      let gradient = problem.gradient(p)
      let context = StepContext<Scalar>(loss: problem.loss(p), objective: TrajectoryObjective(problem: problem))
      try p.withUnsafeMutableBufferPointer { p in
        try gradient.withUnsafeBufferPointer { gradient in
          guard let parameters = p.baseAddress, let gradient = gradient.baseAddress else { return }
          try optimizer.step(
            parameters: parameters, gradient: gradient, request: StepRequest(learningRate: rate(step)),
            context: context)
        }
      }
      path.append(p.map { Double($0) })
      evaluated.append(Self.evaluation(optimizer, &p))
    }
  }

  private static func evaluation(_ optimizer: Optimizer<Scalar>, _ p: inout [Scalar]) -> [Double] {
    var view = p
    p.withUnsafeMutableBufferPointer { p in
      view.withUnsafeMutableBufferPointer { view in
        guard let p = p.baseAddress, let view = view.baseAddress else { return }
        optimizer.writeEvaluationParameters(of: p, to: view)
      }
    }
    return view.map { Double($0) }
  }

  private static func groups(_ groups: [TrajectoryCase.Group], _ layout: ParameterLayout) throws -> [ParameterGroup] {
    try groups.map { group in
      let ranges = layout.trainable.filter { group.tensors.contains($0.name) }.map(\.range)
      var overrides: [Hyperparameter: Double] = [:]
      for (name, value) in group.settings { overrides[try #require(Hyperparameter(rawValue: name))] = value }
      return ParameterGroup(
        name: group.tensors.joined(separator: "+"), ranges: ranges, learningRateFactor: group.rateFactor,
        overrides: overrides)
    }
  }

  /// The largest |a − b| / max(floor, |b|) over the recorded steps.
  func worst(from expected: [String: [Double]], floor: Double, evaluated: Bool = false) -> Double {
    var worst = expected.isEmpty ? Double.infinity : 0
    for (step, point) in expected {
      guard let index = Int(step).map({ $0 - 1 }), path.indices.contains(index) else { return .infinity }
      for (a, b) in zip((evaluated ? self.evaluated : path)[index], point) {
        let error = abs(a - b) / max(floor, abs(b))
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return worst
  }
}
