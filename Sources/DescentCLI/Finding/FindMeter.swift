import Synchronization

/// What short runs have done so far, told by several threads: for the bar, and for an answer cut short.
final class FindMeter: Sendable {
  /// A run that came to its end.
  struct Run: Sendable, Hashable {
    /// The highest rate it asked for.
    var rate: Double
    var steps: Int
    var loss: Double
  }

  private let count = Atomic<Int>(0)
  private let ended = Mutex<[Run]>([])
  private let tick: @Sendable (_ steps: Int, _ loss: Double, _ rate: Double) -> Void

  /// - Parameter tick: called after every step, by any thread.
  init(_ tick: @escaping @Sendable (_ steps: Int, _ loss: Double, _ rate: Double) -> Void) { self.tick = tick }

  /// Steps made in all.
  var steps: Int { count.load(ordering: .relaxed) }

  /// The runs that ended, the shortest first, by their rates: in an order that threads do not decide.
  var runs: [Run] { ended.withLock { $0.sorted { ($0.steps, $0.rate) < ($1.steps, $1.rate) } } }

  func stepped(loss: Double, rate: Double) { tick(count.add(1, ordering: .relaxed).newValue, loss, rate) }

  func ended(rate: Double, steps: Int, loss: Double) {
    ended.withLock { $0.append(Run(rate: rate, steps: steps, loss: loss)) }
  }
}
