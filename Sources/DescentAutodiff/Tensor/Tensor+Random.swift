extension Tensor {
  /// A mask for dropout: each element is 1/`keep` with probability `keep` and 0 otherwise; no derivative.
  ///
  /// Counter-based: the mask depends on the state, the layer and the element's place alone, so it is the same for any
  /// number of threads and stays as it is until the state changes.
  ///
  /// - Parameters:
  ///   - state: from ``Tape/randomState(_:)``.
  ///   - layer: tells masks with the same state apart, 0 ..< 2³¹.
  ///   - keep: the probability to keep, above 0 and at most 1.
  ///   - shape: of the mask.
  public static func mask(state: Tensor, layer: Int, keep: Double, shape: [Int]) -> Tensor {
    guard state.isLabel, state.shape == [4] else {
      let found = "\(state.shape)" + (state.isLabel ? "" : " numbers")
      return state.tape.fail("dropout", "needs a random state of four whole numbers, not \(found)", shape: shape)
    }
    guard keep > 0, keep <= 1 else {
      return state.tape.fail("dropout", "a probability to keep of \(keep) must be above 0 and at most 1", shape: shape)
    }
    guard (0...Int(Int32.max)).contains(layer) else {
      return state.tape.fail("dropout", "a layer's number of \(layer) must be from 0 to \(Int32.max)", shape: shape)
    }
    return state.tape.record(.mask(keep: keep, layer: layer), [state], shape: shape)
  }
}
