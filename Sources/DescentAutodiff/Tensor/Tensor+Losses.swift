extension Tensor {
  /// e^zᵢ / Σⱼ e^zⱼ along the last dimension, with the maximum taken out first so that nothing overflows.
  public func softmax() -> Tensor {
    guard rank >= 1 else { return trace.fail("softmax", "a scalar has no last dimension", shape: shape) }
    return trace.record(.softmax, [self], shape: shape)
  }

  /// −log softmax(self)[label] for each row of logits `[rows, classes]` and labels `[rows]`; gives `[rows]`.
  public func crossEntropy(labels: Tensor) -> Tensor {
    guard rank == 2, labels.shape == [shape[0]], labels.isLabel else {
      return trace.fail(
        "crossEntropy", "needs logits [rows, classes] and labels [rows], not \(shape) and \(labels.shape)",
        shape: [shape.first ?? 1])
    }
    return trace.record(.crossEntropy, [self, labels], shape: [shape[0]])
  }

  /// A row of `classes` elements for each label, 1 at the label and 0 elsewhere.
  public func oneHot(classes: Int) -> Tensor {
    guard isLabel else { return trace.fail("oneHot", "needs class labels", shape: shape + [classes]) }
    return trace.record(.oneHot, [self], shape: shape + [classes])
  }
}
