extension Tensor {
  /// e^zᵢ / Σⱼ e^zⱼ along the last dimension, with the maximum taken out first so that nothing overflows.
  public func softmax() -> Tensor {
    guard rank >= 1 else { return tape.fail("softmax", "a scalar has no last dimension", shape: shape) }
    return tape.record(.softmax, [self], shape: shape)
  }

  /// −log softmax(self)[label] for each row of logits `[rows, classes]` and labels `[rows]`; gives `[rows]`.
  public func crossEntropy(labels: Tensor) -> Tensor {
    guard rank == 2, labels.shape == [shape[0]], labels.isLabel else {
      return tape.fail(
        "crossEntropy", "needs logits [rows, classes] and labels [rows], not \(shape) and \(labels.shape)",
        shape: [shape.first ?? 1])
    }
    return tape.record(.crossEntropy, [self, labels], shape: [shape[0]])
  }

  /// A row of `classes` elements for each label, 1 at the label and 0 elsewhere.
  public func oneHot(classes: Int) -> Tensor {
    guard isLabel else { return tape.fail("oneHot", "needs class labels", shape: shape + [classes]) }
    return tape.record(.oneHot, [self], shape: shape + [classes])
  }
}
