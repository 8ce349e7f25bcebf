internal import DescentSpecs

/// The rates that a call of another library would give, step by step, its quirks included.
///
/// ```swift
/// let theirs = try LibrarySchedule(
///   parsing: "CosineAnnealingLR(optimizer, T_max=100)", of: .torch, base: 0.1)
/// theirs.rate(at: 101)   // rises again, as PyTorch's does; theirs.notes says so
/// ```
///
/// The call is read as one would paste it; Documentation/library-calls.md says what can be read. The rates are computed as that
/// library computes them: PyTorch's by its recursions on the optimizer's rate, Optax', Keras' and MLX' in 32-bit floats,
/// the others' by their closed forms. Recorded rates of all of them are in Documentation/conformance/schedules.json.
public struct LibrarySchedule: Sendable {
  public let library: Library
  /// The call as it was read.
  public let call: String
  /// What to know about these rates: quirks, known bugs, arguments without effect.
  public let notes: [String]
  /// Our own schedule with the same rates (up to their rounding) over the whole run, if there is one: it can be shown, linted
  /// and translated. For a call whose rates agree only for a while it needs the length of the run.
  public let equivalent: Schedule?
  private let rates: LibraryRates

  /// Reads `call`.
  ///
  /// - Parameters:
  ///   - call: a call of `library`, as in `StepLR(optimizer, step_size=30, gamma=0.5)`.
  ///   - library: whose call it is.
  ///   - base: the optimizer's own rate, which torch, transformers, timm and pytorch_optimizer start from; without effect
  ///     (and noted) where the call holds its rates itself.
  ///   - steps: the length of the run. fastai's functions of the position in the run need it.
  /// - Throws: ``ScheduleError`` with the place, what would be right and the nearest known name.
  public init(
    parsing call: String, of library: Library, base: Double? = nil, steps: Int? = nil
  ) throws(ScheduleError) {
    if let base, !(base.isFinite && base >= 0) {
      throw ScheduleError("the base rate must be a number of 0 or more, it is \(number(base))")
    }
    if let steps, steps < 1 { throw ScheduleError("a run must be at least one step long, not \(steps)") }
    let (read, position) = try Self.read(call)
    let context = LibraryContext(text: call, library: library, base: base, steps: steps)
    rates = try context.rates(of: read, at: position)
    self.library = library
    self.call = call
    var notes = rates.notes
    if base != nil, !library.hasBaseRate {
      notes.append("\(library.rawValue)'s calls hold their own rates; the base rate has no effect.")
    }
    self.notes = notes
    equivalent = rates.equivalent(steps: steps)
  }

  private static func read(_ text: String) throws(ScheduleError) -> (call: PythonCall, position: Int) {
    do throws(SpecError) {
      return try PythonReader.call(in: text, suchAs: "StepLR(optimizer, step_size=30)")
    } catch {
      throw ScheduleError(error.message, in: error.text, at: error.position)
    }
  }

  /// The rate that update `step` (0, 1, …) uses; a negative step counts as 0.
  ///
  /// - Complexity: O(1), for torch O(step): its rates are recursions, take ``rates(count:)`` for many of them.
  public func rate(at step: Int) -> Double { rates.rate(at: max(step, 0)) }

  /// The rates of updates 0 ..< `count`.
  public func rates(count: Int) -> [Double] { rates.rates(count: max(count, 0)) }
}
