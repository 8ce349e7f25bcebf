/// What random numbers are for. Each purpose draws from streams of its own, so that using more of one never shifts
/// another.
///
/// The raw values are part of what a seed means and never change.
public enum RandomStream: UInt16, Sendable, Hashable, Codable, CaseIterable {
  /// Initial weights; the index is the tensor's place in the layout.
  case initialization = 1
  /// Order of the rows; the index is the epoch.
  case shuffling = 2
  /// Division of the rows into training, validation and test parts; the index is the class.
  case split = 3
  /// Rows of generated datasets; the index is the class or column.
  case generation = 4
  /// Dropout masks; the index is the step.
  case dropout = 5
  /// Starting vectors and probes (Lanczos, Hutchinson).
  case probing = 6
  /// Resampling in statistics (bootstrap intervals).
  case resampling = 7
  /// Random changes to the input.
  case augmentation = 8
  /// Drawing tokens or samples from a trained model.
  case sampling = 9

  /// The stream number of this purpose's part `index`: the purpose in the upper 16 bits, the index below.
  ///
  /// - Parameter index: below 2⁴⁸; higher bits are cut off.
  public func id(_ index: UInt64 = 0) -> UInt64 {
    UInt64(rawValue) << 48 | index & 0xFFFF_FFFF_FFFF
  }
}
