/// Seconds of a repeated piece of work.
public struct Timing: Sendable, Hashable {
  /// Median over the blocks of the mean time of one repetition.
  public var median: Double
  public var fastest: Double
  public var slowest: Double
}

/// Times `body`: two runs to warm up, one to choose the length of a block, then seven blocks.
///
/// - Parameter budget: seconds for all blocks together.
public func time(budget: Double, _ body: () throws -> Void) rethrows -> Timing {
  let clock = ContinuousClock()
  func seconds(_ count: Int) throws -> Double {
    let start = clock.now
    for _ in 0..<count { try body() }
    return (clock.now - start) / .seconds(1)
  }
  _ = try seconds(2)
  let once = max(try seconds(1), 1e-7)
  let blocks = 7
  let count = max(1, Int(budget / Double(blocks) / once))
  var means: [Double] = []
  for _ in 0..<blocks { means.append(try seconds(count) / Double(count)) }
  means.sort()
  return Timing(median: means[blocks / 2], fastest: means[0], slowest: means[blocks - 1])
}
