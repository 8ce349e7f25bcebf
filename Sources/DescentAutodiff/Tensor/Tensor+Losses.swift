extension Tensor {
  /// e^zᵢ / Σⱼ e^zⱼ along the last dimension, with the maximum taken out first so that nothing overflows.
  public func softmax() -> Tensor {
    guard rank >= 1 else { return tape.fail("softmax", "a scalar has no last dimension", shape: shape) }
    return tape.record(.softmax(scale: 1, isCausal: false), [self], shape: shape)
  }

  /// Softmax of `scale` times this tensor of squares `[…, time, time]`, in which row i sees the columns up to i only;
  /// the others are 0.
  public func causalSoftmax(scale: Double = 1) -> Tensor {
    guard rank >= 2, shape[rank - 1] == shape[rank - 2], scale > 0 else {
      return tape.fail(
        "causalSoftmax", "needs […, time, time] and a scale above 0, not \(shape) and \(scale)", shape: shape)
    }
    return tape.record(.softmax(scale: scale, isCausal: true), [self], shape: shape)
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

  /// Cross-entropy against smoothed labels: probability 1 − `smoothing` + smoothing/classes on the label and
  /// smoothing/classes on every other class; gives `[rows]`.
  ///
  /// - Source: Szegedy et al. 2016 (arXiv:1512.00567), section 7; PyTorch's `label_smoothing`.
  public func crossEntropy(labels: Tensor, smoothing: Double) -> Tensor {
    let plain = crossEntropy(labels: labels)
    guard smoothing != 0, rank == 2 else { return plain }
    let excess = (self * labels.oneHot(classes: shape[1])).sum([1]) - mean([1])
    return plain + smoothing * excess.reshaped(plain.shape)
  }

  /// A row of `classes` elements for each label, 1 at the label and 0 elsewhere.
  public func oneHot(classes: Int) -> Tensor {
    guard isLabel else { return tape.fail("oneHot", "needs class labels", shape: shape + [classes]) }
    return tape.record(.oneHot, [self], shape: shape + [classes])
  }
}
