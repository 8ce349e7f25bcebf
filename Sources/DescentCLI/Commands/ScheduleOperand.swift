import DescentCharts
import DescentSchedules

/// One of the schedules a command is given: a text of ours, or another library's call with the library before it, as in
/// `torch: StepLR(optimizer, step_size=30)`.
struct ScheduleOperand {
  enum Kind {
    case own(ResolvedSchedule)
    case library(LibrarySchedule)
  }

  var text: String
  var kind: Kind
  /// Updates in the run.
  var steps: Int
  private let recorded: [Double]

  /// - Parameters:
  ///   - library: whose call the text is; nil: as the text says.
  ///   - lr: the peak of a schedule that has none, the base rate of a library's call.
  ///   - isOnlyOne: then a peak in both places is an error; among several the rate is for those that need one.
  init(_ text: String, from library: Library? = nil, lr: Double?, horizon: Horizon, isOnlyOne: Bool = false) throws {
    steps = horizon.steps
    if let (library, call) = library.map({ ($0, text) }) ?? Self.call(in: text) {
      let theirs = try LibrarySchedule(
        parsing: call, of: library, base: isOnlyOne || library.hasBaseRate ? lr : nil, steps: horizon.steps)
      self.text = "\(library.rawValue): \(call)"
      kind = .library(theirs)
      recorded = theirs.rates(count: try Self.listed(horizon.steps))
    } else {
      let schedule = try Schedule(parsing: text)
      let resolved = try schedule.resolved(peak: isOnlyOne || schedule.peak == nil ? lr : nil, horizon: horizon)
      self.text = resolved.schedule.description
      kind = .own(resolved)
      recorded = []
    }
  }

  /// Most rates that are made into a list.
  static let most = 10_000_000

  /// That number of steps, if a list of so many rates can be made.
  @discardableResult
  static func listed(_ steps: Int) throws -> Int {
    guard steps <= most else {
      throw Failure(
        "bad-value", "--steps \(steps) is too many to list every rate, at most \(most)",
        hint: "ask for --lint, for the summary on a terminal or for a picture (--svg)")
    }
    return steps
  }

  private static func call(in text: String) -> (Library, String)? {
    guard let colon = text.firstIndex(of: ":"),
      let library = Library(rawValue: text[..<colon].trimming(" "))
    else { return nil }
    return (library, text[text.index(after: colon)...].trimming(" "))
  }

  /// The rate that update `step` of the run uses.
  func rate(at step: Int) -> Double {
    if case .own(let resolved) = kind { return resolved.rate(at: step) }
    return recorded[step]
  }

  /// The rates of all updates.
  func rates() throws -> [Double] {
    guard case .own(let resolved) = kind else { return recorded }
    try Self.listed(steps)
    return resolved.rates()
  }

  /// The schedule of ours with these rates, if there is one.
  var own: ResolvedSchedule? {
    switch kind {
    case .own(let resolved): resolved
    case .library(let theirs): try? theirs.equivalent?.resolved(horizon: Horizon(steps: steps))
    }
  }

  /// The line of a picture: enough places for any screen, and every place where something happens, with the step before.
  var line: Series {
    let most = 1500
    let even =
      steps <= most ? Array(0..<steps) : (0..<most).map { Int(Double($0) / Double(most - 1) * Double(steps - 1)) }
    let turns = own.map { $0.breakpoints.count <= most ? $0.breakpoints.filter { $0 < steps } : [] } ?? []
    let places = Set(even + turns + turns.map { max($0 - 1, 0) }).sorted()
    return Series(text, points: places.map { PlotPoint(Double($0), rate(at: $0)) })
  }

  /// Some ten places of the run, and where something happens if that is not too often.
  var places: Set<Int> {
    let places = Set((0...8).map { Int(Double($0) / 8 * Double(steps - 1)) })
    guard let own, own.breakpoints.count <= 12 else { return places }
    return places.union(own.breakpoints.filter { $0 < steps })
  }
}
