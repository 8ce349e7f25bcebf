/// A trainee whose whole state can be written to a file and read back in another process.
///
/// Where ``Restorable/snapshot()`` is for the same process and may be anything, a ``Checkpoint`` is plain tensors and
/// strings: parameters, buffers, optimizer state, position in the data, random state.
public protocol Checkpointable: Restorable {
  /// Everything needed to continue bit for bit from here; `step` counts the steps this trainee has made.
  func checkpoint() throws -> Checkpoint

  /// Continues from `checkpoint`, taken from this trainee or from one made by the same source.
  ///
  /// Tensors and metadata it does not know belong to somebody else and are passed over.
  ///
  /// - Throws: if something it needs is missing or of the wrong shape; the state is then as it was before.
  mutating func restore(from checkpoint: Checkpoint) throws
}
