internal import DescentRandom

/// Which rows make up the mini-batch of each step: a pure function of the step, so that resuming is one number.
///
/// An epoch is ⌊n / batch⌋ steps over a fresh permutation of the n rows, drawn from (seed, epoch) alone. All batches have
/// the same size; the n mod batch rows a permutation leaves over are skipped in that epoch, others each time. A batch of n
/// rows or more is the whole part, in its own order, every step.
public struct BatchOrder: Sendable {
  private let rows: [Int32]
  /// Rows in every batch: the size asked for, at most the number of rows.
  public let batchSize: Int
  /// Steps in one pass over the rows.
  public let stepsPerEpoch: Int
  public let seed: UInt64
  private let isShuffled: Bool
  // The permutation of the epoch in use; replaced in place.
  private var order: [Int32]
  private var orderedEpoch: Int?

  /// The order of batches for some rows.
  ///
  /// - Parameters:
  ///   - rows: row numbers, at least one.
  ///   - batchSize: at least 1; nil for all rows.
  ///   - seed: chooses the order and nothing else.
  public init(rows: [Int32], batchSize: Int?, seed: UInt64) {
    self.init(rows: rows, batchSize: batchSize, seed: seed, shuffled: true)
  }

  /// - Parameter shuffled: false gives every epoch the rows' own order.
  package init(rows: [Int32], batchSize: Int?, seed: UInt64, shuffled: Bool) {
    precondition(!rows.isEmpty && batchSize ?? 1 > 0, "a batch needs at least one row")
    self.rows = rows
    self.batchSize = min(batchSize ?? rows.count, rows.count)
    stepsPerEpoch = rows.count / self.batchSize
    self.seed = seed
    isShuffled = shuffled
    order = rows
  }

  /// True if every step sees all rows.
  public var isFullBatch: Bool { batchSize == rows.count }

  /// The epoch `step` belongs to.
  public func epoch(ofStep step: Int) -> Int { step / stepsPerEpoch }

  /// Calls `body` with the rows of `step` (from 0). Nothing is allocated, whichever step comes after whichever.
  public mutating func withIndices<Result>(
    forStep step: Int, _ body: (UnsafeBufferPointer<Int32>) throws -> Result
  ) rethrows -> Result {
    arrange(epoch: epoch(ofStep: step))
    let start = step % stepsPerEpoch * batchSize
    return try order.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[start..<(start + batchSize)]))
    }
  }

  /// Copies the rows of `step` into `output` (``batchSize`` elements).
  public mutating func indices(forStep step: Int, into output: UnsafeMutableBufferPointer<Int32>) {
    withIndices(forStep: step) { _ = output.update(fromContentsOf: $0) }
  }

  /// The rows of `step`.
  public mutating func indices(forStep step: Int) -> [Int32] {
    withIndices(forStep: step) { Array($0) }
  }

  private mutating func arrange(epoch: Int) {
    guard !isFullBatch, isShuffled, orderedEpoch != epoch else { return }
    var random = RandomSequence(seed: seed, stream: .shuffling, index: UInt64(epoch))
    order.withUnsafeMutableBufferPointer { order in
      _ = order.update(fromContentsOf: rows)
      random.shuffle(order)
    }
    orderedEpoch = epoch
  }
}
